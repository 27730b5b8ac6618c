"""The worker behind an erasure: everything in the customer's file becomes nameless.

It goes through the file pass by pass. Done is what a whole pass finds nothing in, with no message
still on its way, and only if the pass before it saw the event of the erasure itself: the stream
tells in order, so whatever was committed before the erasure has been told by then, and no event of
it comes later with a name in it. (Where the event itself was lost, so is whatever was before it,
once the stream has forgotten.) A record that nobody can make out is passed over, and fails the last
message: the rest is nameless by then, and the erasure isn't done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.erasure import is_nameless, nameless, nameless_event
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.whole_file import FiledRecord
from chalicelib.ports.all import Ports
from chalicelib.services.common import changing, load_customer, now_of, retrying
from chalicelib.services.erase_customer import QUEUE
from chalicelib.services.go_through_file import go_through, refuse_passing_over

TOLD = "customer.erasure_requested"
STREAM_LAGS = 900
"""Seconds until the next look where the stream hasn't told of the erasure yet."""
WAITS = 4
"""How often that is waited for in a row."""
STREAM_FORGETS = timedelta(days=2)
"""When nothing is told of a change any more: a day of DynamoDB's memory, and one to be sure."""


class WithoutIdentity:
    """The rule of `go_through` by which everything becomes nameless."""

    def is_kept(self, record: FiledRecord) -> bool:
        return is_nameless(record)

    def record(self, record: FiledRecord) -> FiledRecord:
        return nameless(record)

    def event(self, event: Event) -> Event:
        return nameless_event(event)


@dataclass(frozen=True, slots=True)
class Pass:
    """Where a pass through the file stands. `found` is how much it rewrote, `passed_over` how much
    it couldn't make out, `sees` whether it came by the event of the erasure, `knew` whether the
    pass before it did; `waits` counts passes that didn't."""

    after: str = ""
    found: int = 0
    sees: bool = False
    knew: bool = False
    waits: int = 0
    passed_over: int = 0

    def message(self) -> dict[str, str]:
        """Return the pass as a part of a message."""
        flags = {"sees": str(int(self.sees)), "knew": str(int(self.knew))}
        numbers = {"found": self.found, "waits": self.waits, "passed_over": self.passed_over}
        counts = {name: str(number) for name, number in numbers.items()}
        return {"after": self.after, **counts, **flags}


def pass_in(message: Mapping[str, str]) -> Pass:
    """Return the pass of a message; one that says nothing of it begins a first one."""
    names = ("found", "sees", "knew", "waits", "passed_over")
    found, sees, knew, waits, passed_over = (int(message.get(name, 0)) for name in names)
    return Pass(message.get("after", ""), found, bool(sees), bool(knew), waits, passed_over)


def finish_erasure(ports: Ports, tenant: Tenant, customer_id: str, at: Pass) -> None:
    """Do a portion of a pass, and ask for the next.

    A customer who isn't to be erased is left alone. Raises NotFoundError, and UnreadableRecordError
    where nothing is left to do but what can't be made out.
    """
    customer = load_customer(ports, tenant, customer_id)
    if customer.erasure is None:
        return
    now = now_of(ports, customer)
    on_the_wall = customer.test_clock is None  # a test clock's days pass in no time
    is_forgotten = on_the_wall and now > customer.erasure.asked_at + STREAM_FORGETS
    change = Change("system", "erasure").when(now)
    done = go_through(ports, tenant, customer_id, at.after or None, WithoutIdentity(), change)
    at = replace(
        at,
        found=at.found + done.rewritten,
        sees=at.sees or is_forgotten or TOLD in done.told,
        passed_over=at.passed_over + done.passed_over,
    )
    if done.next is not None:
        _ask(ports, customer, replace(at, after=done.next))
    elif not at.sees:
        if at.waits < WAITS:  # then the night asks again: nothing may go round for ever
            _ask(ports, customer, Pass(waits=at.waits + 1), delay=STREAM_LAGS)
    elif at.found or not at.knew:  # what came or moved meanwhile was missed, perhaps
        _ask(ports, customer, Pass(knew=True, waits=at.waits))
    else:
        refuse_passing_over(at.passed_over, customer_id)
        ports.documents.remove(tenant, customer_id)
        _conclude(ports, customer)


def _ask(ports: Ports, customer: Customer, at: Pass, *, delay: int = 0) -> None:
    where = {"tenant": customer.tenant.key, "customer": customer.id, "privacy": "erase"}
    ports.queues.put(QUEUE, [{**where, **at.message()}], delay=delay)


def _conclude(ports: Ports, customer: Customer) -> None:
    """Say that it is done, unless a message is under way: then the night looks again."""

    def attempt() -> None:
        file = ports.ledger.file(customer.tenant, customer.id)
        if file is None or any(case.claim for case in file.cases):
            return
        before = file.customer
        if before.erasure is None or before.erasure.done_at:
            return
        now = now_of(ports, before)
        after = replace(before, erasure=replace(before.erasure, done_at=now))
        change = Change(before.erasure.by, before.erasure.reason.value, now)
        ports.ledger.commit([changing(before, after, change)])

    retrying(attempt)
