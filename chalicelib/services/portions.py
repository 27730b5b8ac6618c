"""A payment may move more than one transaction holds: then it is posted portion by portion.

What later portions will settle is held back first, so that nobody is reminded of it meanwhile. Each
portion leaves books that add up; if the worker dies between two, the same event goes on there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.holding import hold_ahead
from chalicelib.ports.transactions import MAX_TRANSACTION_ITEMS
from chalicelib.services.bookkeeping import OpenBooks, open_books
from chalicelib.services.common import changing, creating, load_payment, retrying
from chalicelib.services.judge_promises import BESIDE

if TYPE_CHECKING:
    from chalicelib.domain.customer import Change
    from chalicelib.domain.money import Currency
    from chalicelib.domain.payment import Payment
    from chalicelib.domain.tenant import Tenant
    from chalicelib.ports.all import Ports
    from chalicelib.ports.storage import Record, Write


@dataclass(frozen=True, slots=True)
class Portion:
    """A payment as it stands after a transaction; not `is_last` if that couldn't change it all."""

    payment: Payment
    is_last: bool


def held_ahead(opened: OpenBooks, payment: Payment) -> OpenBooks:
    """Hold what a payment will pay after its first transaction, and return books opened since.

    Whoever was about to claim one of those cases loses, before the payment is recorded.
    """
    while hold_ahead(opened.books, payment, MAX_TRANSACTION_ITEMS - BESIDE):
        ports, change = opened.ports, opened.books.change
        ports.ledger.commit(opened.close())
        opened = open_books(ports, payment.tenant, change, payment.customer_id)
    return opened


def commit_portion(
    opened: OpenBooks, before: Payment | None, after: Payment, *more: Write[Record]
) -> Portion:
    """Write a new or changed payment with as much of what follows as fits, and `more` records."""
    applied = opened.post(before, after)
    writes = [*more, *opened.close()]
    if applied == before and not writes:
        return Portion(before, is_last=True)
    change = opened.books.change
    write = changing(before, applied, change) if before else creating(applied, change)
    opened.ports.ledger.commit([write, *writes])
    return Portion(write.after, opened.is_done(applied))


def apply_rest(ports: Ports, change: Change, portion: Portion) -> Payment:
    """Go on with a payment that is too large for one transaction, until nothing is left to do."""
    payment = portion.payment

    def attempt() -> Portion:
        before = load_payment(ports, payment.tenant, payment.id)
        opened = open_books(ports, payment.tenant, change, payment.customer_id)
        return commit_portion(opened, before, before)

    while not portion.is_last:
        portion = retrying(attempt)
    return portion.payment


def spend_credit(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, of: Currency
) -> bool:
    """Apply the customer's credit in a currency to what is open; say whether there was any to.

    Each payment that holds credit is a transaction of its own, so nothing is too large for one.
    """

    def attempt() -> bool:
        opened = open_books(ports, tenant, change, customer_id)
        if not opened.customer.credit.get(of.code) or not opened.books.open_items(of):
            return False
        for payment_id in opened.customer.credit_payments:
            before = ports.ledger.payment(tenant, payment_id)
            if before and before.currency == of and before.unapplied:
                commit_portion(opened, before, before)
                return True
        return False

    spent = False
    while retrying(attempt):
        spent = True
    return spent
