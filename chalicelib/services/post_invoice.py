"""Ingest: one transaction writes the invoice, its case, the number's uniqueness and the balance."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from chalicelib.domain import ids
from chalicelib.domain.books import Books
from chalicelib.domain.case import CustomerFile, open_case
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import FieldError, InvalidError, NumberTakenError
from chalicelib.domain.invoice import Invoice, Line
from chalicelib.domain.money import Currency
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import (
    Record,
    Reference,
    ReferenceTakenError,
    Write,
    WriteConflictError,
)
from chalicelib.services.bookkeeping import OpenBooks, books_on
from chalicelib.services.choose_sequence import Chosen, choose_sequence
from chalicelib.services.common import creating, is_id, load_invoice, new_part, retrying
from chalicelib.services.create_customer import (
    EXTERNAL_ID,
    NewCustomer,
    build_customer,
    references_of,
)
from chalicelib.services.erase_customer import not_erased
from chalicelib.services.portions import spend_credit

INVOICE_NUMBER = "invoice_number"
UNDECIDED = ("", 0)
"""Stands for the sequence of an invoice until its customer's books, which have it in, are asked."""
CONTENT = ("currency", "amount", "issue_date", "due_date", "lines", "pdf_url", "metadata")
"""What makes an invoice the same when its number is posted again, beside its customer."""


@dataclass(frozen=True, slots=True)
class NewInvoice:
    """What a billing system posts. `customer` is an id or the details; amounts in minor units."""

    number: str
    customer: str | NewCustomer
    currency: Currency
    amount: int
    issue_date: date
    due_date: date
    lines: tuple[Line, ...] = ()
    pdf_url: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    sequence: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """The stored invoice; `created` is False where the same one had been posted before.

    `has_credit`: the customer had money in that currency that no invoice had taken yet.
    """

    invoice: Invoice
    created: bool
    has_credit: bool = False


def post_invoice(ports: Ports, tenant: Tenant, change: Change, order: NewInvoice) -> Posted:
    """Store an invoice and start its case.

    Posting the same number with the same content again returns the first invoice. Raises
    NumberTakenError for other content, InvalidError for an unknown customer or sequence,
    CustomerErasedError for one who was erased.
    """
    posted = retrying(lambda: _attempt(ports, tenant, change, order))
    owner, of = posted.invoice.customer_id, order.currency
    if posted.has_credit and spend_credit(ports, tenant, change, owner, of):
        return replace(posted, invoice=load_invoice(ports, tenant, posted.invoice.id))
    return posted


def _attempt(ports: Ports, tenant: Tenant, change: Change, order: NewInvoice) -> Posted:
    customer, is_new = _customer_of(ports, tenant, order)
    opened = books_on(ports, change, CustomerFile(customer, ()))  # the other cases don't matter
    invoice = _build(ports, customer, order, opened.books.now)
    opened.books.add_invoice(invoice, open_case(invoice, test_clock=customer.test_clock))
    opened.books.follow(invoice.id, *_sequence_of(ports, opened.books, invoice, order))
    references = [Reference(tenant, INVOICE_NUMBER, invoice.number, invoice.id)]
    if is_new:
        references += references_of(customer)
    writes = _with_new_customer(opened) if is_new else opened.close()
    try:
        ports.ledger.commit(writes, references)
    except ReferenceTakenError as taken:
        return _known(ports, tenant, order, taken.reference)
    stored = next(write.after for write in writes if isinstance(write.after, Invoice))
    has_credit = bool(customer.credit.get(invoice.currency.code))
    return Posted(stored, created=True, has_credit=has_credit)


def _with_new_customer(opened: OpenBooks) -> list[Write[Record]]:
    writes = [write for write in opened.close() if not isinstance(write.after, Customer)]
    return [creating(opened.books.customer, opened.books.change), *writes]


def _customer_of(ports: Ports, tenant: Tenant, order: NewInvoice) -> tuple[Customer, bool]:
    wanted = order.customer
    if isinstance(wanted, NewCustomer):
        known = (
            ports.ledger.reference(tenant, EXTERNAL_ID, wanted.external_id)
            if wanted.external_id
            else None
        )
        if known is None:
            return build_customer(ports, tenant, wanted), True
        wanted = known
    customer = ports.ledger.customer(tenant, wanted) if is_id(ids.CUSTOMER, wanted) else None
    if customer is None:
        fault = FieldError("/customer", f"There is no customer {wanted}.")
        raise InvalidError("The invoice's customer is unknown.", fields=(fault,))
    return not_erased(customer), False


def _build(ports: Ports, customer: Customer, order: NewInvoice, now: datetime) -> Invoice:
    return Invoice(
        id=ids.child_id(ids.INVOICE, customer.id, new_part(ports, now)),
        tenant=customer.tenant,
        customer_id=customer.id,
        number=order.number,
        currency=order.currency,
        amount=order.amount,
        issue_date=order.issue_date,
        due_date=order.due_date,
        sequence=UNDECIDED,
        created_at=now,
        lines=order.lines,
        pdf_url=order.pdf_url,
        metadata=order.metadata,
    )


def _sequence_of(ports: Ports, books: Books, invoice: Invoice, order: NewInvoice) -> Chosen:
    case = books.cases[invoice.id]
    return choose_sequence(ports, books.customer, case, books.now, named=order.sequence)


def _known(ports: Ports, tenant: Tenant, order: NewInvoice, taken: Reference) -> Posted:
    if taken.kind != INVOICE_NUMBER:
        raise WriteConflictError("the customer was created in between")
    invoice = load_invoice(ports, tenant, taken.target)
    owner = ports.ledger.customer(tenant, invoice.customer_id)
    other = _differences(order, invoice)
    if not (owner and _is_same(owner, order.customer)):
        other = ["customer", *other]
    if owner and not other:
        has_credit = bool(owner.credit.get(invoice.currency.code))
        return Posted(invoice, created=False, has_credit=has_credit)
    raise NumberTakenError(
        f"Invoice {invoice.id} ({invoice.status}) has the number {order.number!r}; "
        f"it differs in {', '.join(other)}.",
        fields=tuple(FieldError(f"/{name}", "differs from the stored invoice's") for name in other),
    )


def _is_same(owner: Customer, wanted: str | NewCustomer) -> bool:
    if isinstance(wanted, str):
        return wanted in {owner.id, owner.external_id}
    if wanted.external_id:
        return wanted.external_id == owner.external_id
    return (wanted.name, wanted.email) == (owner.name, owner.email)


def _differences(order: NewInvoice, stored: Invoice) -> list[str]:
    other = [name for name in CONTENT if getattr(order, name) != getattr(stored, name)]
    override = stored.override
    posted = override.instead_of if override and override.instead_of else stored.sequence[0]
    return other if order.sequence in {None, posted} else [*other, "sequence"]
