"""Give a customer, or one invoice, a sequence whatever the segments say; and take that back.

A customer's open cases follow in the background: a message is on its way before the override is
stored, so that whoever dies after that leaves nothing half done, and another goes out at once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.assignment import Move, chosen
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.choice import Choice, ChosenBy, Override
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import CaseInFlightError, CaseNotOpenError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.ask_approval import tasks_ended
from chalicelib.services.assign_segments import (
    LONGER_THAN_A_REQUEST,
    over_to,
    request_for_customer,
)
from chalicelib.services.choose_sequence import newest, segmentation_of
from chalicelib.services.common import (
    changing,
    load_customer,
    load_invoice,
    now_of,
    retrying,
    rules_for,
)
from chalicelib.services.erase_customer import not_erased
from chalicelib.services.update_customer import edit_customer

Wanted = Callable[[Invoice, CustomerFile, Case], tuple[Move, Override | None]]
"""Says where an invoice's case goes over to, and which override the invoice has then."""


def override_for_customer(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, sequence_id: str
) -> Customer:
    """Let all invoices of a customer, those to come too, follow a sequence, but for what was posted
    with its own. The same again keeps who decided first.

    Raises NotFoundError, CustomerErasedError, InvalidError for an unknown sequence.
    """
    load_customer(ports, tenant, customer_id)
    newest(ports, tenant, sequence_id)

    def edit(customer: Customer) -> Customer:
        known = customer.override
        if known and (known.sequence_id, known.why) == (sequence_id, change.why):
            return customer
        override = Override(sequence_id, change.by, change.why, now_of(ports, customer))
        return replace(customer, override=override)

    return _edited(ports, tenant, change, customer_id, edit)


def reset_for_customer(ports: Ports, tenant: Tenant, change: Change, customer_id: str) -> Customer:
    """Let a customer's invoices follow what the segments say again.

    Raises NotFoundError, CustomerErasedError.
    """

    def edit(customer: Customer) -> Customer:
        return replace(customer, override=None)

    return _edited(ports, tenant, change, customer_id, edit)


def override_for_invoice(
    ports: Ports, tenant: Tenant, change: Change, invoice_id: str, sequence_id: str
) -> Invoice:
    """Let an open invoice follow a sequence. The same again changes nothing.

    Raises NotFoundError, CaseNotOpenError, CaseInFlightError, CustomerErasedError, and InvalidError
    for an unknown sequence.
    """
    load_invoice(ports, tenant, invoice_id)
    newest(ports, tenant, sequence_id)

    def wanted(invoice: Invoice, file: CustomerFile, case: Case) -> tuple[Move, Override | None]:
        known = invoice.override
        if known and (known.sequence_id, known.why) == (sequence_id, change.why):
            return Move(case, sequence_id, Choice(ChosenBy.INVOICE)), known
        override = Override(
            sequence_id=sequence_id,
            by=change.by,
            why=change.why,
            at=now_of(ports, file.customer),
            instead_of=_named_when_posted(case, known),
        )
        return Move(case, sequence_id, Choice(ChosenBy.INVOICE)), override

    return _moved(ports, tenant, change, invoice_id, wanted)


def reset_for_invoice(ports: Ports, tenant: Tenant, change: Change, invoice_id: str) -> Invoice:
    """Take an invoice's override back: it follows what it was posted with, or what the rules say.

    Raises NotFoundError, CaseNotOpenError, CaseInFlightError, CustomerErasedError.
    """

    def wanted(invoice: Invoice, file: CustomerFile, case: Case) -> tuple[Move, Override | None]:
        known = invoice.override
        if known is None:
            return Move(case, case.sequence[0], case.choice or Choice(ChosenBy.INVOICE)), None
        if known.instead_of:
            return Move(case, known.instead_of, Choice(ChosenBy.INVOICE)), None
        free = replace(case, choice=Choice(ChosenBy.DEFAULT))
        now = now_of(ports, file.customer)
        return Move(case, *chosen(file.customer, free, segmentation_of(ports, tenant), now)), None

    return _moved(ports, tenant, change, invoice_id, wanted)


def _edited(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    customer_id: str,
    edit: Callable[[Customer], Customer],
) -> Customer:
    not_erased(load_customer(ports, tenant, customer_id))
    request_for_customer(ports, tenant, change, customer_id, delay=LONGER_THAN_A_REQUEST)
    customer = edit_customer(ports, tenant, change, customer_id, edit, reschedules=False)
    request_for_customer(ports, tenant, change, customer_id)
    return customer


def _moved(
    ports: Ports, tenant: Tenant, change: Change, invoice_id: str, wanted: Wanted
) -> Invoice:
    def attempt() -> Invoice:
        invoice = load_invoice(ports, tenant, invoice_id)
        file, case = _open_case_of(ports, invoice)
        move, override = wanted(invoice, file, case)
        told = case.choice is None or case.choice.source == move.choice.source
        if override == invoice.override and told and not move.changes_sequence:
            return invoice
        if case.claim or file.lost:
            raise CaseInFlightError("A message is on its way; try again in a while.")
        now = now_of(ports, file.customer)
        after = _scheduled(ports, file, over_to(ports, move), now)
        dated = change.when(now)
        changed = replace(invoice, sequence=after.sequence, override=override)
        write = changing(invoice, changed, dated)
        ended = tasks_ended(ports, case, now) if move.changes_sequence else []
        ports.ledger.commit([changing(case, after, dated), write, *ended])
        return write.after

    return retrying(attempt)


def _open_case_of(ports: Ports, invoice: Invoice) -> tuple[CustomerFile, Case]:
    file = ports.ledger.file(invoice.tenant, invoice.customer_id)
    case = next((each for each in file.cases if each.id == invoice.case_id), None) if file else None
    if file is None or case is None or not case.is_open:
        raise CaseNotOpenError(f"The invoice is {invoice.status.value}.")
    not_erased(file.customer)
    return file, case


def _scheduled(ports: Ports, file: CustomerFile, over: Case, now: datetime) -> Case:
    rest = tuple(case for case in file.cases if case.id != over.id)
    cases = (over, *rest)
    rules = rules_for(ports, over.tenant, cases)
    return reschedule(CustomerFile(file.customer, cases), rules, now).cases[0]


def _named_when_posted(case: Case, known: Override | None) -> str | None:
    if known:
        return known.instead_of
    by_itself = case.choice is not None and case.choice.by is ChosenBy.INVOICE
    return case.sequence[0] if by_itself else None
