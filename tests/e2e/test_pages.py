"""Pages that everybody can use: on a phone, with the keyboard, read aloud, and with any name."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import PHONE
from tests.e2e.paying import go_to_checkout, open_page
from tests.stack import Running, a_bakery, post_invoice

HTML_NAME = '<b>Bob</b> & "Co" <img src=x onerror=alert(1)><script>alert(2)</script>'
RTL_NAME = "מאפיית השמש בע״מ"
LONG_NUMBER = "RG-2026-000000000000000000000000000000000000000042"
MOST_TABS = 30

NAMELESS = """
() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a")]
  .filter(each => !(each.labels?.length || each.textContent.trim() || each.ariaLabel))
  .map(each => each.outerHTML)
"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LEVELS = "() => [...document.querySelectorAll('h1,h2,h3')].map(each => each.tagName)"


def a_page_of(running: Running, key: str, **customer: Any) -> Any:
    return post_invoice(running, f"P-{key}", customer=a_bakery(f"P-{key}", **customer))


@pytest.fixture
def phone(page: Page) -> Page:
    page.set_viewport_size(PHONE)
    return page


def test_a_phone_shows_everything_without_scrolling_sideways(running: Running, phone: Page) -> None:
    customer = a_bakery("P-LONG", name="Donaudampfschifffahrtsgesellschaft" * 3)
    for number, amount in ((LONG_NUMBER, 999_999_98), ("P-SHORT", 1)):
        invoice = post_invoice(running, number, customer=customer, amount=amount)
    open_page(phone, invoice)
    assert phone.evaluate(OVERFLOW) <= 0
    expect(phone.get_by_text("999.999,99 €")).to_be_visible()
    go_to_checkout(phone)
    assert phone.evaluate(OVERFLOW) <= 0


def test_every_control_is_reached_by_keyboard(running: Running, phone: Page) -> None:
    open_page(phone, a_page_of(running, "KEYS"))
    wanted = [
        phone.get_by_role("checkbox"),
        phone.get_by_role("textbox"),
        phone.get_by_role("button"),
        phone.get_by_role("link", name="accounts@blauwasser.example.com"),
    ]
    for control in wanted:
        tab_to(phone, control)
        outline = control.evaluate("each => getComputedStyle(each).outlineStyle")
        assert outline != "none"
    phone.get_by_role("checkbox").focus()
    phone.keyboard.press("Space")
    expect(phone.get_by_role("checkbox")).not_to_be_checked()
    phone.keyboard.press("Space")
    tab_to(phone, phone.get_by_role("button"))
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/checkout/cs_*")


def tab_to(page: Page, control: Locator) -> None:
    for _ in range(MOST_TABS):
        if control.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{control} isn't reached with {MOST_TABS} tabs")


def test_a_screen_reader_finds_its_way(running: Running, page: Page) -> None:
    open_page(page, a_page_of(running, "READER", locale="fr-FR", country="FR"))

    expect(page.locator("html")).to_have_attribute("lang", "fr-FR")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    assert "Vos factures" in page.title()
    assert page.evaluate(LEVELS)[0] == "H1"
    assert page.evaluate(LEVELS).count("H1") == 1
    expect(page.get_by_role("main")).to_have_count(1)
    assert page.evaluate(NAMELESS) == []
    box = page.get_by_role("checkbox", name="Facture P-READER")
    expect(box).to_be_checked()
    expect(page.get_by_label("Montant (facultatif)")).to_have_attribute(
        "aria-describedby", "hint-eur"
    )


def test_html_in_a_name_is_text(running: Running, page: Page) -> None:
    invoice = a_page_of(running, "HTML", name=HTML_NAME, locale="en-US")
    open_page(page, invoice)
    expect(page.get_by_text(HTML_NAME)).to_be_visible()
    running.sweep_until_mail("p-html@")
    [mail] = running.mail("p-html@")
    page.goto(f"{running.layout.mail_url}/messages/{mail['id']}")
    expect(page.frame_locator("iframe").get_by_text(HTML_NAME)).to_be_visible()
    assert page.frame_locator("iframe").locator("img, script").count() == 0
    expect(page.locator("script, main > img")).to_have_count(0)


def test_a_name_from_right_to_left_is_whole_and_stays_in_its_place(
    running: Running, page: Page
) -> None:
    open_page(page, a_page_of(running, "RTL", name=RTL_NAME, locale="en-GB"))
    name = page.get_by_text(RTL_NAME, exact=True)
    expect(name).to_be_visible()
    assert name.evaluate("each => each.tagName") == "BDI"
    line = name.locator("xpath=..")
    expect(line).to_contain_text(f"{RTL_NAME} · As of")
    date = line.evaluate("each => { const r = document.createRange();"
                         " r.selectNodeContents(each.lastChild);"
                         " return r.getBoundingClientRect().left }")  # fmt: skip
    box = name.bounding_box()
    assert box is not None
    assert date >= box["x"] + box["width"] - 1
    running.sweep_until_mail("p-rtl@")
    page.goto(running.layout.mail_url)
    expect(page.get_by_role("row").filter(has_text="p-rtl@")).to_contain_text(RTL_NAME)
