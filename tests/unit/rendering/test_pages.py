"""The customer's pages: what can be chosen, what is only told, and nothing from elsewhere."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.money import Money
from chalicelib.rendering.renderer import Renderer, UnknownTemplateError
from tests.builders import EUR, USD
from tests.unit.rendering.samples import (
    BANNERS,
    CREDITOR,
    LANGUAGES,
    TODAY,
    page,
    page_invoice,
    visible,
)

RENDERER = Renderer()
PLAIN_PAGES = ("link_invalid", "link_expired", "refused", "error")
BUTTON = {
    "en": "Pay now",
    "de": "Jetzt bezahlen",
    "fr": "Payer maintenant",
    "es": "Pagar ahora",
}
ENGLISH = re.compile(r"\b(the|invoice|due|please|payment|your|paid|link|pay)\b", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_shows_what_is_owed_and_how_to_pay_or_object(language: str):
    markup = RENDERER.page(page(locale=language))
    seen = visible(markup)
    assert BUTTON[language] in seen
    for fact in ("Nordlicht GmbH", "Muster KG", "R-1", "DE89 3704 0044", "+49 30 1234567"):
        assert fact in seen
    assert CREDITOR.reply_to in seen
    assert f'<html lang="{language}"' in markup


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("banner", BANNERS)
def test_every_banner_is_told_in_every_language(language: str, banner: str):
    plain = visible(RENDERER.page(page(locale=language)))
    seen = visible(RENDERER.page(page(locale=language, notice=banner)))
    assert len(seen) > len(plain)
    if language != "en":
        assert ENGLISH.findall(seen) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("banner", BANNERS)
def test_no_banner_promises_a_message(language: str, banner: str):
    """Nobody sends one: what becomes of a payment is on the page."""
    seen = visible(RENDERER.page(page(locale=language, notice=banner)))
    assert re.search("let you know|melden uns|préviendrons|avisaremos", seen) is None


def test_unknown_banner_says_nothing():
    assert RENDERER.page(page(notice="nonsense")) == RENDERER.page(page())


def test_one_form_per_currency_with_the_fields_that_the_handler_reads():
    dollars = page_invoice("R-2", amount=Money(300_00, USD), remaining=Money(300_00, USD))
    markup = RENDERER.page(page(page_invoice("R-1"), dollars))
    assert markup.count('<form method="post" action="/pay/token/checkout">') == 2
    assert '<input type="hidden" name="currency" value="eur">' in markup
    assert '<input type="hidden" name="currency" value="usd">' in markup
    assert '<input type="checkbox" name="invoice" value="in_R-1"' in markup
    assert markup.count('name="amount"') == 2
    assert markup.count('<button type="submit">') == 2


def test_highlighted_invoices_are_ticked_and_all_of_them_without_a_highlight():
    invoices = (page_invoice("R-1"), page_invoice("R-2"))
    assert _ticked(page(*invoices, highlighted=frozenset({"in_R-2"}))) == ["in_R-2"]
    assert _ticked(page(*invoices)) == ["in_R-1", "in_R-2"]


def test_amount_is_asked_only_where_part_payment_is_allowed():
    assert 'name="amount"' not in RENDERER.page(page(part_payment=False))


def test_what_is_being_paid_cannot_be_chosen_again():
    invoices = (page_invoice("R-1", processing=True), page_invoice("R-2"))
    markup = RENDERER.page(page(*invoices))
    assert "Payment in progress" in markup
    assert 'value="in_R-1"' not in markup
    assert 'value="in_R-2"' in markup
    alone = RENDERER.page(page(page_invoice("R-1", processing=True)))
    assert "<form" not in alone
    assert "IBAN" not in alone


def test_what_is_settled_is_shown_and_what_is_void_is_not():
    nothing = Money(0, EUR)
    paid = page_invoice("R-1", remaining=nothing, status="paid")
    void = page_invoice("R-2", remaining=nothing, status="void")
    seen = visible(RENDERER.page(page(paid, void)))
    assert "There is nothing to pay at the moment." in seen
    assert "R-1" in seen
    assert "R-2" not in seen


def test_state_part_payment_and_credit_are_told():
    part = page_invoice("R-1", remaining=Money(500_00, EUR))
    later = page_invoice("R-2", days_overdue=-3, due_date=TODAY + timedelta(days=3))
    credit = (Money(25_00, EUR), Money(0, USD))
    seen = visible(RENDERER.page(page(part, later, locale="de", credit=credit)))
    assert "500,00 € von 1.190,00 €" in seen
    assert "seit 12 Tagen überfällig" in seen
    assert "fällig in 3 Tagen" in seen
    assert "Ihr Guthaben 25,00 €" in seen
    assert "Alle offenen Rechnungen 1.690,00 €" in seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_test_mode_is_marked(language: str):
    assert "TEST – " in RENDERER.page(page(locale=language, test_mode=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PLAIN_PAGES)
def test_a_plain_page_names_whom_to_ask_and_nobody_where_the_creditor_is_unknown(
    language: str, name: str
):
    known = visible(RENDERER.plain_page(name, locale=language, creditor=CREDITOR))
    unknown = visible(RENDERER.plain_page(name, locale=language, creditor=None))
    assert CREDITOR.reply_to in known
    assert "Nordlicht" not in unknown
    assert len(unknown) > 20
    if language != "en":
        assert ENGLISH.findall(unknown.replace("Link", "")) == []


def test_unknown_plain_page_is_refused():
    with pytest.raises(UnknownTemplateError):
        RENDERER.plain_page("absent", locale="en", creditor=None)


def test_the_one_style_sheet_is_all_that_the_policy_must_allow():
    markup = RENDERER.page(page())
    assert markup.count("<style>") == 1
    for forbidden in ("<script", " style=", " onclick", " onload", "<img", "<link", "@import"):
        assert forbidden not in markup


def test_every_control_has_a_label():
    markup = RENDERER.page(page(page_invoice("R-1"), page_invoice("R-2")))
    labelled = set(re.findall(r'<label for="([^"]+)"', markup))
    controls = re.findall(r"<input (?![^>]*hidden)[^>]*id=\"([^\"]+)\"", markup)
    assert len(controls) == 3
    assert set(controls) <= labelled


def test_a_creditor_without_bank_and_phone_leaves_no_gap():
    bare = replace(CREDITOR, bank=None, phone=None, website=None, address=())
    for language in LANGUAGES:
        markup = RENDERER.page(page(locale=language, creditor=bare))
        assert "IBAN" not in markup
        assert "None" not in markup


def _ticked(shown):
    return re.findall(r'value="([^"]+)" id="[^"]+" checked', RENDERER.page(shown))


def test_the_footer_names_the_creditors_country_in_the_readers_language():
    assert "20457 Hamburg Deutschland " in visible(RENDERER.page(page(locale="de-AT")))
    plain = RENDERER.plain_page("link_expired", locale="fr", creditor=CREDITOR)
    assert "20457 Hamburg Allemagne " in visible(plain)
