"""What a customer does on Dunlin's page and on the provider's."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.stack import Running
from tests.waiting import until

GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
PAY = re.compile("^(Pay now|Jetzt bezahlen|Payer maintenant|Pagar ahora)$")


def go_to_checkout(page: Page) -> None:
    """Press the page's button, and arrive at the provider's page."""
    page.get_by_role("button", name=PAY).click()
    page.wait_for_url("**/checkout/cs_*")


def pay(page: Page, *, card: str = GOOD_CARD) -> None:
    """Fill the provider's form in and send it."""
    email = page.get_by_label("E-mail")
    if email.is_editable():
        email.fill("payer@example.com")
    page.get_by_label("Card number").fill(card)
    page.get_by_role("button", name=re.compile("^Pay ")).click()


def line_of(page: Page, number: str) -> Locator:
    """Return an invoice's line."""
    return page.get_by_role("listitem").filter(has_text=number)


def open_page(page: Page, invoice: Any) -> None:
    """Open the customer's page."""
    answer = page.goto(invoice["pay_url"])
    assert answer is not None
    assert answer.status == 200
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def remaining(running: Running, invoice: Any) -> int:
    """Return what the invoice still owes, in minor units."""
    return int(running.api.get(f"/v1/invoices/{invoice['id']}")["amount_remaining"])


def until_remaining(running: Running, invoice: Any, amount: int) -> None:
    """Wait until the invoice owes exactly so much."""
    until(
        lambda: remaining(running, invoice) == amount, f"{amount} minor units to remain", seconds=30
    )
