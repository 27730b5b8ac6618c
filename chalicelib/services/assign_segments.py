"""Make the rules live for cases that are open already: case by case, in the background.

    request ── a message per page of open cases ── a message per customer ── assign_customer

The first page is read when no request can be under way any more that read other rules, so that
whatever isn't on a page was posted under these. Each case goes over in a transaction of its own,
with its invoice. What comes twice, or after a death on the way, finds what is left to do; nothing
is remembered between two messages. Each message asks the rules as they are then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.assignment import Move, moves
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.customer import Change
from chalicelib.domain.moving import moved
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.tenant import Tenant, tenant_of
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor, Record, Write
from chalicelib.services.ask_approval import tasks_ended
from chalicelib.services.choose_sequence import newest, segmentation_of
from chalicelib.services.common import changing, load_invoice, now_of, retrying, rules_for
from chalicelib.services.try_later import TryLaterError

QUEUE = "action"
WORK = "segments"
"""What a message of this work has, and its kind."""
PAGE, CUSTOMER = "page", "customer"
WHY = "assign segments"
LONGER_THAN_A_REQUEST = 30
"""Seconds: the API's timeout is 29."""
LOOKS_AGAIN_AFTER = 900
"""Seconds after which a case is looked at again about which a message was on its way: the longest
that SQS delays a message by."""
MOST_LOOKS = 8
"""Two hours; what becomes of a message is known within one."""
AT_ONCE = 100


def request_assignment(ports: Ports, tenant: Tenant, change: Change) -> None:
    """Ask for all open cases to follow what the rules say."""
    message = {"tenant": tenant.key, WORK: PAGE, "by": change.by, "why": WHY}
    ports.queues.put(QUEUE, [message], delay=LONGER_THAN_A_REQUEST)


def request_for_customer(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, *, delay: int = 0
) -> None:
    """Ask for the open cases of one customer to follow what the rules say."""
    message = {"tenant": tenant.key, WORK: CUSTOMER, "customer": customer_id}
    ports.queues.put(QUEUE, [{**message, "by": change.by, "why": change.why}], delay=delay)


def do_segment_work(ports: Ports, message: Mapping[str, str]) -> None:
    """Do what one message asks for. Raises ValueError for a kind that there isn't."""
    tenant = tenant_of(message["tenant"])
    match message[WORK]:
        case "page":
            _ask_for_customers(ports, tenant, message)
        case "customer":
            _assign(ports, tenant, message)
        case other:
            raise ValueError(f"{other!r} is no work on segments")


def assign_customer(ports: Ports, tenant: Tenant, change: Change, customer_id: str) -> bool:
    """Let a customer's open cases follow what the rules say, each in a transaction of its own.

    False where some can't yet: a message about them is on its way, or the file has to be lived
    through first. Raises NotFoundError, StaleRecordError.
    """

    def attempt() -> bool:
        file = ports.ledger.file(tenant, customer_id)
        if file is None:
            return True
        if file.lost:
            return False
        now = now_of(ports, file.customer)
        wanted = list(moves(file, segmentation_of(ports, tenant), now))
        free = [move for move in wanted if move.case.claim is None]
        after = _planned(ports, file, free, now)
        for move in free:
            dated = change.when(now)
            ports.ledger.commit(_writes(ports, move.case, after[move.case.id], dated, now))
        return len(free) == len(wanted)

    return retrying(attempt)


def over_to(ports: Ports, move: Move) -> Case:
    """Return the case as it goes over, not scheduled yet: to the newest version of a sequence that
    it didn't follow, or else only with what decided."""
    if not move.changes_sequence:
        return replace(move.case, choice=move.choice)
    key = newest(ports, move.case.tenant, move.sequence)
    rules = rules_for(ports, move.case.tenant, [move.case, replace(move.case, sequence=key)])
    old, new = rules.sequences[move.case.sequence], rules.sequences[key]
    return moved(move.case, old, new, move.choice)


def _writes(
    ports: Ports, before: Case, after: Case, change: Change, now: datetime
) -> list[Write[Record]]:
    """Return the writes of a case that goes over, with its invoice's where that says otherwise,
    and the end of what was asked under the sequence before."""
    writes: list[Write[Record]] = [changing(before, after, change)]
    if before.sequence != after.sequence:
        invoice = load_invoice(ports, before.tenant, before.invoice_id)
        writes.append(changing(invoice, replace(invoice, sequence=after.sequence), change))
        writes += tasks_ended(ports, before, now)
    return writes


def _planned(ports: Ports, file: CustomerFile, free: list[Move], now: datetime) -> dict[str, Case]:
    """Return the cases that go over as they are to stand, scheduled by what they follow then."""
    over = {move.case.id: over_to(ports, move) for move in free}
    cases = tuple(over.get(case.id, case) for case in file.cases)
    edited = CustomerFile(file.customer, cases)
    rules = rules_for(ports, file.customer.tenant, cases)
    return {case.id: case for case in reschedule(edited, rules, now).cases if case.id in over}


def _ask_for_customers(ports: Ports, tenant: Tenant, message: Mapping[str, str]) -> None:
    """Ask for each customer of a page of open cases, and for the next page."""
    cursor = Cursor(limit=AT_ONCE, after=message.get("after"))
    page = ports.ledger.cases_page(tenant, cursor, status="open")
    whose = dict.fromkeys(case.customer_id for case in page.data)
    asked = [{**_common(message), WORK: CUSTOMER, "customer": each} for each in whose]
    if page.has_more and page.data:
        asked.append({**_common(message), WORK: PAGE, "after": page.data[-1].id})
    ports.queues.put(QUEUE, asked)


def _assign(ports: Ports, tenant: Tenant, message: Mapping[str, str]) -> None:
    change = Change(by=message["by"], why=message["why"])
    if assign_customer(ports, tenant, change, message["customer"]):
        return
    looks = int(message.get("looks", "1"))
    if looks >= MOST_LOOKS:
        raise TryLaterError("a case stays claimed, or its file can't be lived through")
    again = {**message, "looks": str(looks + 1)}
    ports.queues.put(QUEUE, [again], delay=LOOKS_AGAIN_AFTER)


def _common(message: Mapping[str, str]) -> dict[str, str]:
    return {name: message[name] for name in ("tenant", "by", "why")}
