"""Paying less than everything: one of two invoices, a part of it, and a card that is declined."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.paying import (
    DECLINED_CARD,
    go_to_checkout,
    line_of,
    open_page,
    pay,
    remaining,
    until_remaining,
)
from tests.stack import Running, a_bakery, post_invoice

AMOUNT = "Betrag (optional)"


@pytest.fixture
def two(running: Running, request: pytest.FixtureRequest) -> tuple[Any, Any]:
    """Return two open invoices of one customer in Germany, over €1,190.00 and €80.50."""
    name = request.node.name.upper().replace("_", "-")[:30]
    customer = a_bakery(name)
    return (
        post_invoice(running, f"{name}-1", customer=customer),
        post_invoice(running, f"{name}-2", customer=customer, amount=80_50),
    )


def test_part_of_one_of_two_invoices(running: Running, page: Page, two: tuple[Any, Any]) -> None:
    chosen, other = two
    open_page(page, chosen)
    expect(page.get_by_text("1.270,50 €")).to_be_visible()
    line_of(page, other["number"]).get_by_role("checkbox").uncheck()
    page.get_by_label(AMOUNT).fill("250,25")
    go_to_checkout(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("250,25 €")
    pay(page)

    page.wait_for_url("**/pay/*/done")
    expect(line_of(page, chosen["number"])).to_contain_text("939,75 €")
    expect(line_of(page, chosen["number"])).to_contain_text("von 1.190,00 €")
    expect(line_of(page, other["number"])).to_contain_text("80,50 €")
    until_remaining(running, chosen, 939_75)
    assert remaining(running, other) == 80_50
    assert running.api.get(f"/v1/cases/{chosen['case']}")["status"] == "open"


def test_an_amount_that_is_too_much_is_not_taken(
    running: Running, page: Page, two: tuple[Any, Any]
) -> None:
    open_page(page, two[0])
    page.get_by_label(AMOUNT).fill("1.270,51")
    with page.expect_response("**/checkout") as answered:
        page.get_by_role("button", name="Jetzt bezahlen").click()

    assert answered.value.status == 422
    expect(page.get_by_role("alert")).to_contain_text("Bitte prüfen Sie den Betrag")
    page.get_by_label(AMOUNT).fill("1.270,50")
    go_to_checkout(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("1.270,50 €")


def test_no_invoice_chosen_is_said(running: Running, page: Page, two: tuple[Any, Any]) -> None:
    open_page(page, two[0])
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Jetzt bezahlen").click()

    expect(page.get_by_role("alert")).to_contain_text("wählen Sie mindestens eine Rechnung")


def test_a_declined_card_then_a_good_one(
    running: Running, page: Page, two: tuple[Any, Any]
) -> None:
    open_page(page, two[0])
    go_to_checkout(page)
    pay(page, card=DECLINED_CARD)
    expect(page.get_by_role("alert")).to_have_text("Your card was declined.")
    assert remaining(running, two[0]) == 1_190_00
    pay(page)

    page.wait_for_url("**/pay/*/done")
    expect(page.get_by_role("status")).to_contain_text("Wir haben Ihre Zahlung erhalten")
    expect(page.get_by_text("Derzeit ist nichts zu bezahlen.")).to_be_visible()
    for invoice in two:
        until_remaining(running, invoice, 0)


def test_going_back_costs_nothing(running: Running, page: Page, two: tuple[Any, Any]) -> None:
    open_page(page, two[0])
    go_to_checkout(page)
    page.get_by_role("link", name="Back").click()

    expect(page.get_by_role("status")).to_contain_text("Die Zahlung wurde abgebrochen")
    assert remaining(running, two[0]) == 1_190_00
