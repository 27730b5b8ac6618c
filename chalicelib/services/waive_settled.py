"""Waive what is left of the charges on invoices that are paid, where that is the policy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.domain.books import Books
from chalicelib.domain.charge import Charge, ChargeKind, waive_all
from chalicelib.domain.late_payment import WhenPaid
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import load_creditor, new_part

if TYPE_CHECKING:
    from chalicelib.domain.case import CustomerFile

BY_POLICY = "paid"
"""Why: the invoice itself is."""


def waives(ports: Ports, file: CustomerFile) -> bool:
    """Say whether anything is charged on the invoices of a file, and is waived once they are paid.

    Who is charged with nothing costs no look at the policy.
    """
    if not any(case.charges for case in file.open_cases):
        return False
    policy = load_creditor(ports, file.customer.tenant.creditor_id).late_payment
    return policy.when_paid is WhenPaid.WAIVE


def waive_charges_of(ports: Ports, books: Books, invoice_ids: Sequence[str]) -> list[Charge]:
    """Waive in the books, and return the waivers to store with them; one per invoice.

    Raises WriteConflictError where charges were changed since the books were opened.
    """
    if not (invoice_ids and books.waives_charges):
        return []
    customer = books.customer
    charges = ports.ledger.charges_of(customer.tenant, customer.id)
    return [_waiver(ports, books, each, charges) for each in invoice_ids]


def _waiver(ports: Ports, books: Books, invoice_id: str, charges: tuple[Charge, ...]) -> Charge:
    invoice = books.invoices[invoice_id]
    on_it = tuple(each for each in charges if each.invoice_id == invoice_id)
    if sum(each.amount for each in on_it) != invoice.charges:
        raise WriteConflictError(f"the charges on {invoice_id} were changed in between")
    left = invoice.open_charges
    books.charge(invoice_id, -left)
    return Charge(
        id=ids.child_id(ids.CHARGE, invoice.customer_id, new_part(ports, books.now)),
        tenant=invoice.tenant,
        invoice_id=invoice_id,
        kind=ChargeKind.WAIVER,
        currency=invoice.currency,
        amount=-left,
        created_at=books.now,
        reason=BY_POLICY,
        waives=waive_all(on_it, left),
    )
