"""Every variable and filter that a creditor's own text may use; docs/templates.md is held to it.

The fields of these classes are the whole vocabulary: what isn't a field here can't be written, and
every field is text, a number, a yes or no, or a list of such records. Absent facts are empty texts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from chalicelib.domain.creditor import BankDetails
from chalicelib.rendering.facts import CreditorFacts, InvoiceFacts, NoticeFacts
from chalicelib.rendering.hygiene import isolate


class Amount(str):
    """An amount of money as it is written, between two marks by which it is known afterwards."""

    __slots__ = ()


FROM, TO = "\ue000", "\ue001"
MARKS = frozenset({FROM, TO})
"""Of private use in Unicode; no text and no name may bring them along."""


@dataclass(frozen=True, slots=True)
class CreditorWords:
    """`creditor`: who is owed."""

    name: Annotated[str, "the creditor's name"]
    email: Annotated[str, "where questions and objections go"]
    phone: Annotated[str, "telephone number, or empty"]
    contact: Annotated[str, "the telephone number, or else the e-mail address"]
    address: Annotated[tuple[str, ...], "lines of the postal address, the country last"]
    website: Annotated[str, "address of the website, or empty"]
    account_holder: Annotated[str, "holder of the bank account, or empty"]
    iban: Annotated[str, "IBAN in groups of four, or empty"]
    bic: Annotated[str, "BIC, or empty"]


@dataclass(frozen=True, slots=True)
class InvoiceWords:
    """One of `invoices`, and `invoice`."""

    number: Annotated[str, "the invoice's number"]
    amount: Annotated[Amount, "what it was issued for, with its currency"]
    owed: Annotated[Amount, "what is to be paid on it, with its currency"]
    disputed: Annotated[Amount, "what of it is disputed and set aside, not in `owed`, or empty"]
    issued: Annotated[str, "date of issue"]
    due: Annotated[str, "due date"]
    state: Annotated[str, '`"upcoming"`, `"today"` or `"overdue"`']
    days: Annotated[int, "days to or since the due date, never negative"]
    partly_paid: Annotated[bool, "whether something was paid or credited"]
    charges: Annotated[Amount, "fees and interest charged on it, or empty"]
    settled: Annotated[Amount, "what was paid or credited, or empty"]


@dataclass(frozen=True, slots=True)
class MessageWords:
    """What stands at the top: everything that one message says."""

    creditor: Annotated[CreditorWords, "who is owed"]
    customer: Annotated[str, "the customer's name, or empty"]
    invoices: Annotated[tuple[InvoiceWords, ...], "the invoices, earliest due first; up to 80"]
    invoice: Annotated[InvoiceWords, "the first of them: the only one where `count` is 1"]
    count: Annotated[int, "how many invoices there are"]
    overdue_count: Annotated[int, "how many of them are overdue"]
    numbers: Annotated[str, "the numbers of all invoices, as a list"]
    total: Annotated[Amount, "all that is to be paid on these invoices, with its currency"]
    overdue_total: Annotated[Amount, "what is to be paid on the overdue ones, or empty"]
    disputed_total: Annotated[Amount, "what is disputed and set aside, not in `total`, or empty"]
    reference: Annotated[str, "what to write on a transfer, or empty where it would be too long"]
    today: Annotated[str, "the date of the message"]
    pay_url: Annotated[str, "the link to the customer's page, where to pay"]


@dataclass(frozen=True, slots=True)
class LoopWords:
    """`loop`, within a `for`."""

    first: Annotated[bool, "whether this is the first turn"]
    last: Annotated[bool, "whether this is the last turn"]
    index: Annotated[int, "the number of the turn, from 1"]


RECORDS = (CreditorWords, InvoiceWords, MessageWords, LoopWords)
FILTERS: dict[str, tuple[Callable[[str], str], str]] = {
    "upper": (str.upper, "in capitals"),
    "lower": (str.lower, "in small letters"),
    "capitalize": (str.capitalize, "with a capital first, all others small"),
}
"""What a text can be passed through, and what that does."""


def message_words(facts: NoticeFacts) -> MessageWords:
    """Return the facts of a notice under the names that creditors know; names keep their order."""
    invoices = tuple(_invoice(each) for each in facts.items)
    return MessageWords(
        creditor=_creditor(facts.creditor),
        customer=_name(facts.customer),
        invoices=invoices,
        invoice=invoices[0],
        count=facts.count,
        overdue_count=facts.overdue,
        numbers=facts.join([each.number for each in invoices]),
        total=_amount(facts.total),
        overdue_total=_amount(facts.overdue_total if facts.overdue else ""),
        disputed_total=_amount(facts.disputed_total or ""),
        reference=_plain(facts.reference),
        today=facts.date,
        pay_url=facts.pay_url,
    )


def _creditor(facts: CreditorFacts) -> CreditorWords:
    bank = facts.bank or BankDetails(account_holder="", iban="", bic=None)
    return CreditorWords(
        name=_name(facts.name),
        email=_plain(facts.reply_to),
        phone=_plain(facts.phone),
        contact=_plain(facts.phone or facts.reply_to),
        address=tuple(map(_name, facts.address)),
        website=_plain(facts.website),
        account_holder=_name(bank.account_holder),
        iban=_plain(bank.iban),
        bic=_plain(bank.bic),
    )


def _invoice(facts: InvoiceFacts) -> InvoiceWords:
    return InvoiceWords(
        number=_name(facts.number),
        amount=_amount(facts.amount),
        owed=_amount(facts.remaining),
        disputed=_amount(facts.disputed or ""),
        issued=facts.issued,
        due=facts.due,
        state=facts.state,
        days=facts.days,
        partly_paid=facts.partly_paid,
        charges=_amount(facts.charges),
        settled=_amount(facts.settled),
    )


def _amount(text: str) -> Amount:
    """Mark an amount; none stays empty, so that it counts as absent."""
    return Amount(f"{FROM}{text}{TO}" if text else "")


def _name(text: str) -> str:
    return isolate(_plain(text))


def _plain(text: str | None) -> str:
    """Return a fact without marks that it may have brought along; absent ones are empty."""
    return "".join(each for each in text or "" if each not in MARKS)


@cache
def kinds(record: type) -> dict[str, Any]:
    """Return the kind of each field of a record: a type, or for a list a tuple of what is in it."""
    return get_type_hints(record)


def of_list(kind: Any) -> Any | None:  # noqa: ANN401 - a type or a generic alias
    """Return what a list has in it; None for what is no list."""
    return get_args(kind)[0] if get_origin(kind) is tuple else None


def names(record: type) -> Iterable[tuple[str, str]]:
    """Yield the fields of a record, each with what it is about."""
    hints = get_type_hints(record, include_extras=True)
    return ((name, get_args(hint)[1]) for name, hint in hints.items())
