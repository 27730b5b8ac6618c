"""Notices and pages to render: whole ones, of which a test names only what it is about."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

from chalicelib.domain.creditor import BankDetails, Creditor
from chalicelib.domain.money import Currency, Money
from chalicelib.domain.notice import Notice, NoticeItem, PayPage, PayPageInvoice
from tests.builders import EUR, JPY, KWD, USD

LANGUAGES = ("en", "de", "fr", "es")
MESSAGES = (
    "notice_upcoming",
    "notice_due",
    "reminder_first",
    "reminder_second",
    "reminder_third",
    "notice_final",
)
BANNERS = (
    "paid",
    "processing",
    "cancelled",
    "nothing_selected",
    "amount_invalid",
    "amount_unreadable",
    "amount_not_payable",
    "already_paid",
    "payment_unavailable",
)
TODAY = date(2026, 3, 17)
PAY_URL = "https://pay.nordlicht.example/pay/" + "eyJjIjoiY3VzXzAx" * 4 + ".aR3x9Q"
ARABIC = "مكتبة النور"
CREDITOR = Creditor(
    id="cr_1",
    name="Nordlicht GmbH",
    sender_email="rechnung@nordlicht.example",
    reply_to="buchhaltung@nordlicht.example",
    country="DE",
    phone="+49 30 1234567",
    address=("Hafenstraße 12", "20457 Hamburg"),
    website="https://nordlicht.example",
    bank=BankDetails("Nordlicht Konto", "DE89370400440532013000", "COBADEFFXXX"),
)


def item(
    number: str = "R-2026-0001",
    *,
    overdue: int = 12,
    amount: int = 119_000,
    remaining: int | None = None,
    of: Currency = EUR,
) -> NoticeItem:
    """Return an invoice that is so many days overdue (negative: not yet due)."""
    due = TODAY - timedelta(days=overdue)
    return NoticeItem(
        number=number,
        amount=Money(amount, of),
        remaining=Money(amount if remaining is None else remaining, of),
        issue_date=due - timedelta(days=30),
        due_date=due,
        days_overdue=overdue,
    )


def notice(*items: NoticeItem, **fields: Any) -> Notice:
    """Return a notice about the given invoices (or one), with the given fields."""
    whole = Notice(
        template="reminder_first",
        locale="en",
        creditor=CREDITOR,
        customer_name="Muster KG",
        items=items or (item(),),
        pay_url=PAY_URL,
        today=TODAY,
        communication_id="cm_1",
    )
    return replace(whole, **fields)


CASES = {
    "upcoming": (item(overdue=-5),),
    "tomorrow": (item(overdue=-1),),
    "today": (item(overdue=0),),
    "one day": (item(overdue=1),),
    "overdue": (item(),),
    "partly paid": (item(remaining=50_000),),
    "two overdue": (item("R-1"), item("R-2", overdue=40)),
    "two today": (item("R-1", overdue=0), item("R-2", overdue=0)),
    "two upcoming": (item("R-1", overdue=-1), item("R-2", overdue=-5)),
    "bundle": (
        item("R-1"),
        item("R-2", overdue=0, remaining=50_000),
        item("R-3", overdue=-3, of=USD),
    ),
    "yen and dinar": (item("R-1", of=JPY), item("R-2", amount=1_234_567, of=KWD)),
    "thirty": tuple(item(f"RECHNUNG-{index}", overdue=index % 5) for index in range(30)),
}


def page_invoice(number: str, **fields: Any) -> PayPageInvoice:
    """Return an open invoice of €1,190.00 that is twelve days overdue, with the given fields."""
    whole = PayPageInvoice(
        id=f"in_{number}",
        number=number,
        amount=Money(119_000, EUR),
        remaining=Money(119_000, EUR),
        issue_date=TODAY - timedelta(days=42),
        due_date=TODAY - timedelta(days=12),
        days_overdue=12,
        status="open",
    )
    return replace(whole, **fields)


def page(*invoices: PayPageInvoice, **fields: Any) -> PayPage:
    """Return a page with the given invoices (or one), with the given fields."""
    whole = PayPage(
        locale="en",
        creditor=CREDITOR,
        customer_name="Muster KG",
        invoices=invoices or (page_invoice("R-1"),),
        highlighted=frozenset(),
        part_payment=True,
        form_action="/pay/token/checkout",
        today=TODAY,
    )
    return replace(whole, **fields)


class _Visible(HTMLParser):
    """Collects what a reader sees: no head, no hidden preheader, no comments."""

    _VOID = frozenset({"br", "meta", "input", "link", "img", "hr"})

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []
        self._hidden_from: int | None = None
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._VOID:
            self.pieces.append(" ")
            return
        self._depth += 1
        hidden = tag == "head" or "display:none" in (dict(attrs).get("style") or "")
        if hidden and self._hidden_from is None:
            self._hidden_from = self._depth
        if tag in {"p", "td", "th", "tr", "div", "li", "span", "h1", "h2", "dt", "dd"}:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._VOID:
            return
        if self._hidden_from == self._depth:
            self._hidden_from = None
        self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._hidden_from is None:
            self.pieces.append(data)


def visible(markup: str) -> str:
    """Return the text that a reader of the HTML sees, with single spaces."""
    parser = _Visible()
    parser.feed(markup)
    return flat("".join(parser.pieces))


def flat(text: str) -> str:
    """Return the text with single spaces and without isolates, to compare renderings."""
    return re.sub(r"\s+", " ", re.sub("[\u2068\u2069]", "", html.unescape(text))).strip()
