"""Where money goes: named invoices first, then the oldest due; the rest is unapplied credit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chalicelib.domain.payment import Allocation


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice that can take money: what is left of it in minor units, and its due date."""

    invoice_id: str
    remaining: int
    due_date: date


MOST_AT_ONCE = 30
"""How many invoices a payment newly pays, or no longer pays, in one transaction of at most 100
items: an invoice, and a case that leaves the file for the archive, are 3. 10 are for the rest."""
MOST_WAIVED_AT_ONCE = 22
"""The same where charges are waived once the invoice itself is paid (4 items each)."""
MOST_PROMISED_AT_ONCE = 17
"""The same where the customer has promised to pay or pays by a plan: each may end a promise, too,
and have its charges waived (5 items each)."""


def allocate(
    amount: int, items: Iterable[OpenItem], named: tuple[str, ...] = ()
) -> tuple[Allocation, ...]:
    """Spread `amount` minor units over open items of one currency.

    The named invoices come first in the order named, then the others by due date and id. What
    they don't take is left over: `amount` minus the sum of the answer.
    """
    rank = {invoice_id: index for index, invoice_id in reversed(list(enumerate(named)))}
    order = sorted(
        items,
        key=lambda item: (rank.get(item.invoice_id, len(named)), item.due_date, item.invoice_id),
    )
    allocations: list[Allocation] = []
    for item in order:
        share = min(amount, item.remaining)
        if share > 0:
            allocations.append(Allocation(item.invoice_id, share))
            amount -= share
    return tuple(allocations)


def merge(first: tuple[Allocation, ...], more: tuple[Allocation, ...]) -> tuple[Allocation, ...]:
    """Add allocations up per invoice, keeping the order in which invoices were first paid."""
    amounts: dict[str, int] = {}
    for allocation in (*first, *more):
        amounts[allocation.invoice_id] = amounts.get(allocation.invoice_id, 0) + allocation.amount
    return tuple(Allocation(invoice_id, amount) for invoice_id, amount in amounts.items())


def take_back(
    allocations: tuple[Allocation, ...], amount: int, *, at_most: int | None = None
) -> tuple[Allocation, ...]:
    """Lower allocations by `amount` in all, the last one made first (for refunds).

    No more than `at_most` of them are touched: then some of the amount is still to be taken back.
    """
    untouched = 0 if at_most is None else max(0, len(allocations) - at_most)
    kept: list[Allocation] = []
    for allocation in reversed(allocations[untouched:]):
        taken = min(amount, allocation.amount)
        amount -= taken
        if allocation.amount > taken:
            kept.append(Allocation(allocation.invoice_id, allocation.amount - taken))
    return (*allocations[:untouched], *reversed(kept))
