"""A customer's payments, credit notes and charges, newest first.

Their ids don't follow time (the provider's reference or an Idempotency-Key makes them), so what
the customer has is read in one query and put in order by when it was recorded. What a page costs
grows with what that customer has of them, never with what others have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.charge import Charge
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor, Page

P = TypeVar("P", Payment, CreditNote, Charge)


def payments_page(
    ports: Ports,
    tenant: Tenant,
    cursor: Cursor,
    *,
    customer_id: str | None = None,
    invoice_id: str | None = None,
) -> Page[Payment]:
    """Return the payments of a customer, those that pay an invoice, or both: one must be named.

    An invoice of another customer has none. Raises InvalidError for a cursor that is none of them.
    """

    def pays(payment: Payment) -> bool:
        allocated = (each.invoice_id for each in payment.allocations)
        return invoice_id is None or invoice_id in allocated

    owner = _owner(customer_id, invoice_id)
    payments = ports.ledger.payments_of(tenant, owner) if owner else ()
    return _page(payments, cursor, pays)


def credit_notes_page(
    ports: Ports,
    tenant: Tenant,
    cursor: Cursor,
    *,
    customer_id: str | None = None,
    invoice_id: str | None = None,
) -> Page[CreditNote]:
    """Return the credit notes of a customer, of an invoice, or both, as `payments_page` does."""

    def lowers(note: CreditNote) -> bool:
        return invoice_id in {None, note.invoice_id}

    owner = _owner(customer_id, invoice_id)
    notes = ports.ledger.credit_notes_of(tenant, owner) if owner else ()
    return _page(notes, cursor, lowers)


def charges_page(
    ports: Ports,
    tenant: Tenant,
    cursor: Cursor,
    *,
    customer_id: str | None = None,
    invoice_id: str | None = None,
) -> Page[Charge]:
    """Return the charges of a customer, of an invoice, or both, as `payments_page` does."""

    def is_on(charge: Charge) -> bool:
        return invoice_id in {None, charge.invoice_id}

    owner = _owner(customer_id, invoice_id)
    charges = ports.ledger.charges_of(tenant, owner) if owner else ()
    return _page(charges, cursor, is_on)


def _owner(customer_id: str | None, invoice_id: str | None) -> str | None:
    """Return whose records are asked for; None where the two contradict each other."""
    if invoice_id is None:
        return customer_id
    owner = ids.owner_of(invoice_id)
    return owner if customer_id in {None, owner} else None


def _page(oldest_first: Sequence[P], cursor: Cursor, fits: Callable[[P], bool]) -> Page[P]:
    """Cut the page beyond the cursor; a record that no longer fits may still be the cursor."""
    if cursor.before:
        beyond = oldest_first[_place(oldest_first, cursor.before, "/ending_before") + 1 :]
    elif cursor.after:
        beyond = oldest_first[: _place(oldest_first, cursor.after, "/starting_after")][::-1]
    else:
        beyond = oldest_first[::-1]
    taken = tuple(islice(filter(fits, beyond), cursor.limit + 1))
    data = taken[: cursor.limit]
    return Page(data[::-1] if cursor.before else data, len(taken) > cursor.limit)


def _place(records: Sequence[P], identifier: str, pointer: str) -> int:
    for place, record in enumerate(records):
        if record.id == identifier:
            return place
    fault = FieldError(pointer, "is not a record of this list")
    raise InvalidError(f"{identifier} isn't in this list.", fields=(fault,))
