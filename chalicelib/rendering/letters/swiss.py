"""The Swiss QR-bill: what its code says, and what its payment part and receipt show.

Source: SIX, Swiss Implementation Guidelines for the QR-bill, version 2.3: version 0200 of the code,
structured addresses only, UTF-8, errors corrected at level M; and the style guide beside it. The
creditor is Swiss or Liechtenstein's, like its IBAN, and the currency CHF or EUR.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.money import Money, total
from chalicelib.domain.notice import Notice, NoticeItem
from chalicelib.rendering.formats import decimal
from chalicelib.rendering.hygiene import one_line
from chalicelib.rendering.letters.postal import address_of
from chalicelib.rendering.letters.references import (
    creditor_reference,
    groups,
    is_qr_iban,
    qr_reference,
)

COUNTRIES = ("CH", "LI")
CURRENCIES = ("chf", "eur")
LONGEST_NAME = 70
LONGEST_MESSAGE = 140
_LONGEST = {"street": 70, "building": 16, "postal_code": 16, "city": 35}
_NUMBER_LAST = re.compile(r"(\S.*?) ([0-9]+ ?[a-zA-Z]?)")
_IBAN_LENGTH = 21
_MOST = 99_999_999_999
"""Minor units of what a bill may ask for: 999,999,999.99."""
_PERMITTED = re.compile("[\x20-\x7e\xa0-\u017f\u0218-\u021b\u20ac]*")
"""Basic Latin, Latin-1 Supplement, Latin Extended-A, and Ș, ș, Ț, ț and € (section 4.1.1)."""


@dataclass(frozen=True, slots=True)
class Party:
    """Who is to get the money, or to pay it."""

    name: str
    street: str
    postal_code: str
    city: str
    country: str
    building: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """How the payment part shows it: without the country where that is Swiss."""
        prefix = "" if self.country in COUNTRIES else f"{self.country}-"
        last = f"{prefix}{self.postal_code} {self.city}".strip()
        street = f"{self.street} {self.building}".strip()
        return tuple(line for line in (self.name, street, last) if line)

    @property
    def elements(self) -> tuple[str, ...]:
        """Return the seven elements of the code."""
        where = (self.street, self.building, self.postal_code, self.city, self.country)
        return ("S", self.name, *where)


@dataclass(frozen=True, slots=True)
class QrBill:
    """One payment part with its receipt. `debtor` is None where the payer writes it by hand."""

    iban: str
    creditor: Party
    owed: Money
    debtor: Party | None
    reference: str | None
    message: str

    @property
    def payload(self) -> str:
        """Return what the code says."""
        kind = "NON" if self.reference is None else "SCOR"
        if is_qr_iban(self.iban):
            kind = "QRR"
        elements = [
            *("SPC", "0200", "1", self.iban),
            *self.creditor.elements,
            *[""] * 7,
            *(self.amount.replace(" ", ""), self.owed.currency.code.upper()),
            *(self.debtor.elements if self.debtor else [""] * 7),
            *(kind, self.reference or "", self.message, "EPD"),
        ]
        return "\n".join(elements)

    @property
    def amount(self) -> str:
        """Return the amount as it is printed: thousands apart, two digits after a point."""
        return f"{decimal(self.owed):,.2f}".replace(",", " ")

    @property
    def printed_reference(self) -> str | None:
        """Return the reference in the groups in which it is printed."""
        if self.reference is None:
            return None
        if self.reference.startswith("RF"):
            return groups(self.reference, 4)
        return groups(self.reference, 5, first=2)


def qr_bills(notice: Notice) -> tuple[QrBill, ...]:
    """Return the payment parts of a letter; none where the creditor's account takes none.

    To a QR-IBAN each payment needs its invoice's own reference, so there is one for each invoice;
    to another account, one for each currency.
    """
    creditor = notice.creditor
    seller = _party(creditor.bank.account_holder, address_of(creditor)) if creditor.bank else None
    iban = _iban(creditor)
    if seller is None or iban is None:
        return ()
    debtor = _party(notice.customer_name, notice.recipient)
    bills = []
    for items in _together(notice.asked, apart=is_qr_iban(iban)):
        owed = total([item.remaining for item in items], items[0].remaining.currency)
        reference = _reference(iban, items)
        if not 0 < owed.amount <= _MOST or (is_qr_iban(iban) and reference is None):
            continue
        bills.append(QrBill(iban, seller, owed, debtor, reference, _message(items)))
    return tuple(bills)


def _iban(creditor: Creditor) -> str | None:
    iban = "".join(one_line(creditor.bank.iban).split()).upper() if creditor.bank else ""
    swiss = creditor.country in COUNTRIES and iban[:2] in COUNTRIES
    return iban if swiss and len(iban) == _IBAN_LENGTH else None


def _together(items: tuple[NoticeItem, ...], *, apart: bool) -> list[tuple[NoticeItem, ...]]:
    payable = [item for item in items if item.remaining.currency.code in CURRENCIES]
    if apart:
        return [(item,) for item in payable]
    codes = dict.fromkeys(item.remaining.currency.code for item in payable)
    return [tuple(each for each in payable if each.remaining.currency.code == c) for c in codes]


def _reference(iban: str, items: tuple[NoticeItem, ...]) -> str | None:
    if len(items) > 1:
        return None
    number = one_line(items[0].number)
    return qr_reference(number) if is_qr_iban(iban) else creditor_reference(number)


def _message(items: tuple[NoticeItem, ...]) -> str:
    """Return the numbers of the invoices, as many as fit."""
    text = ", ".join(number for item in items if _permitted(number := one_line(item.number)))
    if len(text) <= LONGEST_MESSAGE:
        return text
    return f"{text[: LONGEST_MESSAGE - 5].rsplit(', ', 1)[0]} etc."


def _party(name: str, address: PostalAddress | None) -> Party | None:
    """Return a party, or None where what is known of it has no place in a QR-bill."""
    if address is None:
        return None
    street, building = _street(one_line(address.lines[-1]) if address.lines else "")
    fields = {
        "street": street,
        "building": building,
        "postal_code": one_line(address.postal_code or ""),
        "city": one_line(address.city),
    }
    named = one_line(name)[:LONGEST_NAME].strip()
    fits = all(len(value) <= _LONGEST[field] for field, value in fields.items())
    complete = named and fields["postal_code"] and fields["city"]
    if not (fits and complete and all(map(_permitted, (named, *fields.values())))):
        return None
    return Party(named, country=address.country, **fields)


def _street(line: str) -> tuple[str, str]:
    """Return street and number, which stands last in this part of the world."""
    found = _NUMBER_LAST.fullmatch(line)
    return (found[1], found[2]) if found else (line, "")


def _permitted(text: str) -> bool:
    return _PERMITTED.fullmatch(text) is not None
