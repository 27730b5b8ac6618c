"""The nightly look at everything: every customer's whole file is held against the invariants, and
what is personal in it against the time for which it is kept.

    nightly ── a message per tenant ── a message per customer, page by page ── check, one file each
       └ the comparison with the provider's balance (see compare_payments)

So no invocation does more than one page or ten files, and a file that can't be read holds up no
other. A message that comes twice looks twice, which changes nothing.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.chasing import followed_by
from chalicelib.domain.consent import opt_in_channels
from chalicelib.domain.customer import Customer
from chalicelib.domain.decide import Rules
from chalicelib.domain.invariants import NEWS_FOR, PRESENT, Violation, check
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.test_clock import ClockStatus
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor
from chalicelib.services.common import now_of, sequence_at
from chalicelib.services.compare_payments import (
    QUEUE,
    ask_for_balances,
    ask_for_payments,
    period_of,
)
from chalicelib.services.keep_references import find_again
from chalicelib.services.keep_retention import keep_retention
from chalicelib.services.last_look import waiting_credit
from chalicelib.services.rank_tasks import rank_file
from chalicelib.services.stuck import look_again
from chalicelib.services.try_later import TryLaterError

PAGE = 100
"""Customers whose files one message asks for: ten calls of SQS."""
LOOKS = 4
CLOCK_SETTLES_WITHIN = timedelta(hours=1)
"""By the wall clock: months of a test clock pass in seconds, and the stream takes its time."""


def nightly(ports: Ports) -> None:
    """Ask for a look at every tenant's customers, live and test, and at their online payments.

    Tenants that the catch-up doesn't know yet are listed for it: creditors older than it is.
    """
    tenants = [Tenant(each, mode) for each in ports.configuration.creditors() for mode in Mode]
    marked = {mark.tenant for mark in ports.payment_marks.all()}
    for tenant in tenants:
        if tenant not in marked:
            ports.payment_marks.begin(tenant)
    ports.queues.put(QUEUE, [{"tenant": tenant.key} for tenant in tenants])
    ask_for_balances(ports, period_of(ports.clock.now()))


def ask_for_customers(ports: Ports, tenant: Tenant, after: str | None = None) -> None:
    """Ask for a look at each customer of one page, and for the next page.

    Customers come from their list, so one whose creation no event tells isn't found here.
    """
    page = ports.ledger.customers_page(tenant, Cursor(limit=PAGE, after=after))
    messages = [{"tenant": tenant.key, "customer": customer.id} for customer in page.data]
    if page.has_more and page.data:
        messages.append({"tenant": tenant.key, "after": page.data[-1].id})
    ports.queues.put(QUEUE, messages)


def look_after(ports: Ports, tenant: Tenant, customer_id: str) -> list[Violation]:
    """Ask for what payments, personal data and old flags need tonight, and check the file; a
    customer who can't be found by their number yet is from now on.

    Where credit stands beside a debt, whoever was about to spend it died: a follow-up does so, on a
    test clock the next one that its advance brings. Tasks are ranked by their age as of today.
    """
    file = ports.ledger.whole_file(tenant, customer_id)
    if file:
        ask_for_payments(ports, file, period_of(ports.clock.now()))
    if file and not _is_moving(ports, file):
        keep_retention(ports, file)
        find_again(ports, file.customer)
        look_again(ports, file, now_of(ports, file.customer))
        if waiting_credit(file.customer) and not file.customer.test_clock:
            ports.queues.put("action", [{"tenant": tenant.key, "customer": customer_id}])
        rank_file(ports, file)
    return _checked(ports, tenant, customer_id, file)


def check_customer(ports: Ports, tenant: Tenant, customer_id: str) -> list[Violation]:
    """Return what in a customer's file breaks a rule; nothing where there is no such customer.

    A file is read page by page, and may change meanwhile. Two looks in a row that see the same
    are a snapshot: so it stood between them. Raises TryLaterError where no two looks agree.
    """
    return _checked(ports, tenant, customer_id, ports.ledger.whole_file(tenant, customer_id))


def _checked(
    ports: Ports, tenant: Tenant, customer_id: str, file: WholeFile | None
) -> list[Violation]:
    for _ in range(LOOKS):
        if file is None or _is_moving(ports, file):
            return []
        found = _violations(ports, file)
        again = ports.ledger.whole_file(tenant, customer_id) if found else file
        if again == file:
            return found
        file = again
    raise TryLaterError("the file changes faster than it can be read")


def _violations(ports: Ports, file: WholeFile) -> list[Violation]:
    customer = file.customer
    sequences = {}
    unfinished = (case for case in file.cases if case.is_unfinished)
    for key in {key for case in unfinished for key in followed_by(case)}:
        if sequence := sequence_at(ports, customer.tenant, key):
            sequences[key] = sequence
    opt_in = opt_in_channels(ports.configuration.creditor(customer.tenant.creditor_id))
    found = check(file, Rules(sequences, opt_in=opt_in), now_of(ports, customer))
    if customer.test_clock is None:
        return found
    moved = _moved_within(ports, customer, NEWS_FOR)  # its months say nothing of our nights
    return [replace(each, is_news=moved or each.rule in PRESENT) for each in found]


def _is_moving(ports: Ports, file: WholeFile) -> bool:
    """Say whether the customer's test clock moves, or did a while ago.

    Then much is due that is about to happen, or happened and isn't told yet.
    """
    return _moved_within(ports, file.customer, CLOCK_SETTLES_WITHIN)


def _moved_within(ports: Ports, customer: Customer, while_: timedelta) -> bool:
    """Say whether a customer's test clock moves, or did so lately by the wall clock."""
    if customer.test_clock is None:
        return False
    clock = ports.ledger.test_clock(customer.tenant, customer.test_clock)
    if clock is None:
        return False
    moved_at = clock.change.at or clock.created_at
    return clock.status is ClockStatus.ADVANCING or ports.clock.now() <= moved_at + while_
