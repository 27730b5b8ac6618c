"""What a message's templates see: the notice's facts, written once for text, HTML and SMS alike.

Templates choose words; they neither calculate nor format. So the two bodies of an e-mail can't
differ in an amount or a date, and nothing that somebody typed reaches a template unclean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from chalicelib.domain.creditor import BankDetails, Creditor
from chalicelib.domain.money import Money, totals_by_currency
from chalicelib.domain.notice import Notice, NoticeItem
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.hygiene import one_line, web_address

State = Literal["upcoming", "today", "overdue"]

SEPA_REFERENCE_LENGTH = 140
"""Characters of unstructured remittance information (EPC SEPA Credit Transfer rulebook, AT-05)."""

_IBAN_GROUP = 4


@dataclass(frozen=True, slots=True)
class CreditorFacts:
    """The sender as the customer sees it."""

    name: str
    reply_to: str
    phone: str | None
    address: tuple[str, ...]
    website: str | None
    bank: BankDetails | None


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """One invoice, formatted. `days` is the distance to the due date, never negative.

    `remaining` is what is asked for; `disputed` is owed besides and set aside (None: nothing is).
    `charges` are fees and interest, `settled` what was paid or credited; none are empty.
    """

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
    disputed: str | None = None


@dataclass(frozen=True, slots=True)
class AgreedFacts:
    """One line of what was agreed, formatted."""

    day: str
    amount: str


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """One notice, formatted for one locale.

    `one` is the invoice when there is only one. `upcoming`, `today` and `overdue` count
    invoices by state. `longest` names those that are overdue the longest (all of them if none
    is overdue): the ones that gave the notice its firmness. `disputed_total` is what is set aside
    of all (None: nothing is). `pay_by` is the day until which the notice gives time to pay, and
    `agreed` what a confirmation tells of.
    """

    creditor: CreditorFacts
    customer: str
    items: tuple[InvoiceFacts, ...]
    one: InvoiceFacts | None
    count: int
    upcoming: int
    today: int
    overdue: int
    partly_paid: bool
    longest: tuple[str, ...]
    totals: tuple[str, ...]
    total: str
    overdue_total: str
    disputed_total: str | None
    reference: str | None
    date: str
    pay_url: str
    pay_by: str | None
    agreed: tuple[AgreedFacts, ...]
    mails_url: str
    test_mode: bool
    plural: Callable[[int, str, str], str]
    join: Callable[[list[str]], str]


def notice_facts(notice: Notice, formats: Formats) -> NoticeFacts:
    """Write down the facts of a notice in the given formats."""
    items = tuple(_invoice(item, formats) for item in notice.items)
    states = [item.state for item in items]
    overdue = [item.remaining for item in notice.items if item.days_overdue > 0]
    totals = tuple(formats.money(total) for total in notice.totals)
    return NoticeFacts(
        creditor=creditor_facts(notice.creditor, formats),
        customer=one_line(notice.customer_name),
        items=items,
        one=items[0] if len(items) == 1 else None,
        count=len(items),
        upcoming=states.count("upcoming"),
        today=states.count("today"),
        overdue=states.count("overdue"),
        partly_paid=any(item.partly_paid for item in items),
        longest=_longest(notice.items),
        totals=totals,
        total=formats.join(totals),
        overdue_total=_total(overdue, formats),
        disputed_total=_total([item.disputed for item in notice.items if item.disputed], formats)
        or None,
        reference=reference(item.number for item in items),
        date=formats.date(notice.today),
        pay_url=one_line(notice.pay_url),
        pay_by=formats.date(notice.pay_by) if notice.pay_by else None,
        agreed=tuple(
            AgreedFacts(formats.date(each.day), formats.money(each.amount))
            for each in notice.agreed
        ),
        mails_url=one_line(notice.mails_url),
        test_mode=notice.test_mode,
        plural=formats.plural,
        join=formats.join,
    )


def creditor_facts(creditor: Creditor, formats: Formats) -> CreditorFacts:
    """Write down who the creditor is; the IBAN in groups of four, as on paper (ISO 13616).

    An address ends with its country, as the reader calls it.
    """
    lines = tuple(line for line in map(one_line, creditor.address) if line)
    return CreditorFacts(
        name=one_line(creditor.name),
        reply_to=one_line(creditor.reply_to),
        phone=one_line(creditor.phone) if creditor.phone else None,
        address=(*lines, formats.country(creditor.country)) if lines else (),
        website=web_address(creditor.website),
        bank=_bank(creditor.bank),
    )


def state_of(days_overdue: int) -> State:
    """Name an invoice's state on its customer's local date."""
    if days_overdue > 0:
        return "overdue"
    return "today" if days_overdue == 0 else "upcoming"


def _invoice(item: NoticeItem, formats: Formats) -> InvoiceFacts:
    return InvoiceFacts(
        number=one_line(item.number),
        amount=formats.money(item.amount),
        remaining=formats.money(item.remaining),
        partly_paid=bool(item.settled),
        charges=formats.money(item.charges) if item.charges else "",
        settled=formats.money(item.settled) if item.settled else "",
        issued=formats.date(item.issue_date),
        due=formats.date(item.due_date),
        state=state_of(item.days_overdue),
        days=abs(item.days_overdue),
        disputed=formats.money(item.disputed) if item.disputed else None,
    )


def _longest(items: tuple[NoticeItem, ...]) -> tuple[str, ...]:
    most = max(item.days_overdue for item in items)
    return tuple(one_line(item.number) for item in items if most <= 0 or item.days_overdue == most)


def _total(amounts: list[Money], formats: Formats) -> str:
    return formats.join([formats.money(total) for total in totals_by_currency(amounts)])


def reference(numbers: Iterable[str]) -> str | None:
    """Return what to write on a transfer, or None when the numbers don't fit on one."""
    reference = ", ".join(numbers)
    return reference if len(reference) <= SEPA_REFERENCE_LENGTH else None


def _bank(bank: BankDetails | None) -> BankDetails | None:
    if bank is None:
        return None
    iban = "".join(one_line(bank.iban).split())
    return BankDetails(
        account_holder=one_line(bank.account_holder),
        iban=" ".join(
            iban[start : start + _IBAN_GROUP] for start in range(0, len(iban), _IBAN_GROUP)
        ),
        bic=one_line(bank.bic) if bank.bic else None,
    )
