"""How a letter says that it can be paid: transfer, codes to scan, and Swiss payment slips."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.domain.money import totals_by_currency
from chalicelib.domain.notice import Notice
from chalicelib.rendering.facts import NoticeFacts
from chalicelib.rendering.hygiene import one_line
from chalicelib.rendering.letters.codes import epc_code, swiss_code, web_code
from chalicelib.rendering.letters.epc import LONGEST_TEXT, epc_payload
from chalicelib.rendering.letters.references import groups
from chalicelib.rendering.letters.swiss import QrBill, qr_bills


@dataclass(frozen=True, slots=True)
class Code:
    """A code to scan, as SVG, and what to scan it with."""

    picture: str
    caption: str


@dataclass(frozen=True, slots=True)
class Payment:
    """The ways to pay: `transfer` has labels and values, `codes` stand beside, `slips` follow."""

    transfer_title: str
    transfer: tuple[tuple[str, str], ...]
    online_title: str
    online: str
    codes: tuple[Code, ...]
    slips: str | None


@dataclass(frozen=True, slots=True)
class Slip:
    """What a Swiss payment part and its receipt show, with the words of its language."""

    words: dict[str, str]
    code: str
    iban: str
    creditor: tuple[str, ...]
    reference: str | None
    message: str
    debtor: tuple[str, ...] | None
    currency: str
    amount: str


def payment_of(notice: Notice, facts: NoticeFacts, words: dict[str, Any], *, slips: int) -> Payment:
    """Return how to pay. With slips, the bank details stand there and the code of SEPA is none."""
    bank = facts.creditor.bank
    rows = []
    if bank and not slips:
        rows = [
            (words["holder"], bank.account_holder),
            (words["iban"], bank.iban),
            (words["bic"], bank.bic or ""),
            (words["reference"], facts.reference or words["reference_numbers"]),
        ]
    codes = []
    if not slips and (payload := _sepa(notice)):
        codes.append(Code(epc_code(payload), words["scan_bank"]))
    codes.append(Code(web_code(facts.pay_url), words["scan_web"]))
    following = {0: None, 1: words["slip"]}.get(slips, words["slips"])
    return Payment(
        transfer_title=words["transfer"],
        transfer=tuple(row for row in rows if row[1]),
        online_title=words["online"],
        online=facts.pay_url,
        codes=tuple(codes),
        slips=following,
    )


def slips_of(notice: Notice, language: str, folder: Path) -> tuple[Slip, ...]:
    """Return the Swiss payment slips, in English where the language is none of a QR-bill's."""
    bills = qr_bills(notice)
    if not bills:
        return ()
    known = json.loads((folder / "letter/_layout/slip_words.json").read_text(encoding="utf-8"))
    return tuple(_slip(bill, known.get(language, known["en"])) for bill in bills)


def _slip(bill: QrBill, words: dict[str, str]) -> Slip:
    return Slip(
        words=words,
        code=swiss_code(bill.payload),
        iban=groups(bill.iban, 4),
        creditor=bill.creditor.lines,
        reference=bill.printed_reference,
        message=bill.message,
        debtor=bill.debtor.lines if bill.debtor else None,
        currency=bill.owed.currency.code.upper(),
        amount=bill.amount,
    )


def _sepa(notice: Notice) -> bytes | None:
    """Return what the code of a SEPA transfer says; none where not all is owed in euros."""
    owed = totals_by_currency([item.remaining for item in notice.asked])
    if len(owed) != 1:
        return None
    return epc_payload(notice.creditor.bank, owed[0], _numbers(notice))


def _numbers(notice: Notice) -> str:
    """Return the invoices' numbers, as many as a transfer's text holds."""
    text = ", ".join(one_line(item.number) for item in notice.asked)
    if len(text) <= LONGEST_TEXT:
        return text
    return f"{text[: LONGEST_TEXT - 5].rsplit(', ', 1)[0]} etc."
