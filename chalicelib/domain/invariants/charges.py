"""I4 for charges: what is charged on an invoice is what its charges say, and each only once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.charge import Charge, ChargeKind
from chalicelib.domain.interest import DAY
from chalicelib.domain.invariants.evidence import Evidence


def charges_add_up(evidence: Evidence) -> Iterator[str]:
    """Charges are what the invoice says, waivers what was charged; no day bears interest twice."""
    yield from _charged_is_noted(evidence)
    yield from _waived_was_charged(evidence)
    yield from _day_bears_interest_once(evidence)


def _charged_is_noted(evidence: Evidence) -> Iterator[str]:
    """What an invoice calls charges is the sum of its charges, less what was waived of them."""
    charged: Counter[str] = Counter()
    for charge in evidence.file.charges:
        charged[charge.invoice_id] += charge.amount
        about = evidence.invoices.get(charge.invoice_id)
        if about and about.currency != charge.currency:
            yield charge.id
    for invoice in evidence.file.invoices:
        if invoice.charges != charged[invoice.id]:
            yield invoice.id


def _waived_was_charged(evidence: Evidence) -> Iterator[str]:
    """A waiver takes back what was charged on its own invoice, and no more of it than there was."""
    charges = {charge.id: charge for charge in evidence.file.charges}
    waived: Counter[str] = Counter()
    for charge in evidence.file.charges:
        is_waiver = charge.kind is ChargeKind.WAIVER
        taken = sum(part.amount for part in charge.waives)
        if charge.amount != -taken if is_waiver else charge.amount <= 0 or charge.waives:
            yield charge.id
        for part in charge.waives:
            waived[part.charge_id] += part.amount
            of = charges.get(part.charge_id)
            if part.amount <= 0 or of is None or of.invoice_id != charge.invoice_id:
                yield charge.id
    for charge in evidence.file.charges:
        if waived[charge.id] > max(0, charge.amount):
            yield charge.id


def _day_bears_interest_once(evidence: Evidence) -> Iterator[str]:
    """The days of an invoice's interest follow each other and begin after its due date.

    What they bear adds up to the charge. There is one compensation.
    """
    until = {invoice.id: invoice.due_date for invoice in evidence.file.invoices}
    compensated: set[str] = set()
    for charge in sorted(evidence.file.charges, key=_first_day):
        if charge.kind is ChargeKind.COMPENSATION:
            if charge.invoice_id in compensated:
                yield charge.id
            compensated.add(charge.invoice_id)
        parts = charge.basis.parts if charge.basis else ()
        if bool(parts) != (charge.kind is ChargeKind.INTEREST):
            yield charge.id
        if parts and sum(part.amount for part in parts) != charge.amount:
            yield charge.id
        for place, part in enumerate(parts):
            known = until.get(charge.invoice_id, part.since - DAY)
            follows = part.since == known + DAY if place else part.since > known
            if not follows or part.until < part.since:
                yield charge.id
            until[charge.invoice_id] = part.until


def _first_day(charge: Charge) -> tuple[str, str]:
    parts = charge.basis.parts if charge.basis else ()
    return (parts[0].since.isoformat() if parts else "", charge.id)
