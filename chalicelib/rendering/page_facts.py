"""What the customer's page sees: invoices by currency, since each currency is paid by itself."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.money import totals_by_currency
from chalicelib.domain.notice import MailPage, PayPage, PayPageInvoice
from chalicelib.rendering.facts import CreditorFacts, State, creditor_facts, reference, state_of
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.hygiene import one_line, web_address

OPEN = "open"


@dataclass(frozen=True, slots=True)
class LineFacts:
    """One invoice on the page, formatted."""

    id: str
    number: str
    amount: str
    remaining: str
    partly_paid: bool
    charges: str
    settled: str
    issued: str
    due: str
    state: State
    days: int
    ticked: bool
    pdf_url: str | None
    disputed: str | None


@dataclass(frozen=True, slots=True)
class FormFacts:
    """The open invoices of one currency: `payable` can be chosen, `processing` are on their way,
    and of `disputed` nothing is asked for."""

    currency: str
    payable: tuple[LineFacts, ...]
    processing: tuple[LineFacts, ...]
    disputed: tuple[LineFacts, ...]
    total: str
    placeholder: str


@dataclass(frozen=True, slots=True)
class MailPageFacts:
    """The page about reminders by e-mail, formatted."""

    creditor: CreditorFacts
    customer: str
    state: str
    form_action: str
    notice: str | None
    test_mode: bool


def mail_page_facts(page: MailPage, formats: Formats) -> MailPageFacts:
    """Write down the facts of the page about reminders by e-mail."""
    return MailPageFacts(
        creditor=creditor_facts(page.creditor, formats),
        customer=one_line(page.customer_name),
        state=page.state,
        form_action=page.form_action,
        notice=page.notice,
        test_mode=page.test_mode,
    )


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The page, formatted for one locale."""

    creditor: CreditorFacts
    customer: str
    forms: tuple[FormFacts, ...]
    payable: bool
    settled: tuple[LineFacts, ...]
    credit: str | None
    part_payment: bool
    form_action: str
    unlisted: int
    reference: str | None
    date: str
    notice: str | None
    test_mode: bool


def page_facts(page: PayPage, formats: Formats) -> PageFacts:
    """Write down the facts of a page in the given formats."""
    unpaid = [invoice for invoice in page.invoices if _is_unpaid(invoice)]
    currencies = list(dict.fromkeys(invoice.remaining.currency for invoice in unpaid))
    return PageFacts(
        creditor=creditor_facts(page.creditor, formats),
        customer=one_line(page.customer_name),
        forms=tuple(
            _form([each for each in unpaid if each.remaining.currency == currency], page, formats)
            for currency in currencies
        ),
        payable=any(_is_payable(each) for each in unpaid),
        settled=tuple(
            _line(invoice, page, formats)
            for invoice in page.invoices
            if not _is_unpaid(invoice) and invoice.status == "paid"
        ),
        credit=formats.join([formats.money(each) for each in page.credit if each]) or None,
        part_payment=page.part_payment,
        form_action=page.form_action,
        unlisted=len(page.unlisted),
        reference=reference(one_line(each.number) for each in unpaid if _is_payable(each)),
        date=formats.date(page.today),
        notice=page.notice,
        test_mode=page.test_mode,
    )


def _is_unpaid(invoice: PayPageInvoice) -> bool:
    return invoice.status == OPEN and bool(invoice.remaining or invoice.disputed)


def _is_payable(invoice: PayPageInvoice) -> bool:
    return not invoice.processing and bool(invoice.remaining)


def _form(invoices: list[PayPageInvoice], page: PayPage, formats: Formats) -> FormFacts:
    payable = [invoice for invoice in invoices if _is_payable(invoice)]
    disputed = [each for each in invoices if not each.processing and not each.remaining]
    of = invoices[0].remaining.currency
    unlisted = [each for each in page.unlisted if each.currency == of]
    remaining = totals_by_currency([*(invoice.remaining for invoice in payable), *unlisted])
    return FormFacts(
        currency=of.code,
        payable=tuple(_line(invoice, page, formats) for invoice in payable),
        processing=tuple(_line(each, page, formats) for each in invoices if each.processing),
        disputed=tuple(_line(each, page, formats) for each in disputed),
        total=formats.join([formats.money(each) for each in remaining]),
        placeholder=formats.number(payable[0].remaining.split(2)[0]) if payable else "",
    )


def _line(invoice: PayPageInvoice, page: PayPage, formats: Formats) -> LineFacts:
    return LineFacts(
        id=invoice.id,
        number=one_line(invoice.number),
        amount=formats.money(invoice.amount),
        remaining=formats.money(invoice.remaining),
        partly_paid=bool(invoice.settled),
        charges=formats.money(invoice.charges) if invoice.charges else "",
        settled=formats.money(invoice.settled) if invoice.settled else "",
        issued=formats.date(invoice.issue_date),
        due=formats.date(invoice.due_date),
        state=state_of(invoice.days_overdue),
        days=abs(invoice.days_overdue),
        ticked=not page.highlighted or invoice.id in page.highlighted,
        pdf_url=web_address(invoice.pdf_url),
        disputed=formats.money(invoice.disputed) if invoice.disputed else None,
    )
