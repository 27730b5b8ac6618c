"""What people type is read exactly, or refused; what we write, we can read."""

from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.money import MAX_AMOUNT, Money, currency
from chalicelib.rendering.formats import Formats, parse_amount
from chalicelib.rendering.locales import reading, supported

LOCALES = ("en", "de", "fr", "es", "de-CH", "de-AT", "en-IN", "es-MX", "fr-CH", "ar", "nl-NL")


@pytest.mark.parametrize(
    ("locale", "text", "code", "amount"),
    [
        ("de", "1.190,00", "eur", 119_000),
        ("de", " 1190 € ", "eur", 119_000),
        ("de", "EUR 1190,5", "eur", 119_050),
        ("en", "1,190.00", "usd", 119_000),
        ("en", "$12.50", "usd", 1_250),
        ("fr", "1 190,00", "eur", 119_000),
        ("de-CH", "1'190.00", "chf", 119_000),
        ("en", "1190", "jpy", 1_190),
        ("en", "1.005", "kwd", 1_005),
        ("en", "1.500", "eur", 150),
        ("ar", "١١٩٠", "usd", 119_000),
    ],
)
def test_an_amount_is_read_as_people_of_the_locale_write_it(
    locale: str, text: str, code: str, amount: int
):
    money = Money(amount, currency(code))
    assert parse_amount(text, locale=locale, currency=currency(code)) == money


@pytest.mark.parametrize(
    ("locale", "text", "code"),
    [
        ("de", "1.19", "eur"),
        ("de", "1,190.00", "eur"),
        ("en", "1.190,00", "eur"),
        ("en", "1,19", "usd"),
        ("en", "1.005", "usd"),
        ("en", "1.5", "jpy"),
        ("en", "0", "usd"),
        ("en", "0.00", "usd"),
        ("en", "-5", "usd"),
        ("en", "", "usd"),
        ("en", "ten", "usd"),
        ("en", "NaN", "usd"),
        ("en", "Infinity", "usd"),
        ("en", "1e5", "usd"),
        ("en", "1_000", "usd"),
        ("en", "12 EUR", "usd"),
        ("en", "1.2.3", "usd"),
        ("en", "10000000000.00", "usd"),
        ("en", "9" * 5_000, "usd"),
    ],
)
def test_what_is_no_exact_positive_amount_is_refused(locale: str, text: str, code: str):
    with pytest.raises(ValueError, match=r"amount|decimal"):
        parse_amount(text, locale=locale, currency=currency(code))


@given(
    amount=st.integers(1, MAX_AMOUNT),
    code=st.sampled_from(["eur", "usd", "jpy", "kwd", "chf", "iqd", "clp"]),
    locale=st.sampled_from(LOCALES),
)
def test_what_is_written_can_be_read(amount: int, code: str, locale: str):
    money = Money(amount, currency(code))
    formats = Formats(reading(locale).formats)
    for text in (formats.number(money), formats.money(money)):
        assert parse_amount(text, locale=locale, currency=money.currency) == money


@pytest.mark.parametrize(
    ("locale", "code", "text"),
    [
        ("en", "jpy", "¥119,000"),
        ("de", "kwd", "119,000\u00a0KWD"),
        ("en", "iqd", "IQD\u00a0119.000"),
        ("en_IN", "inr", "₹1,190.00"),
        ("de_CH", "chf", "CHF\u00a01’190.00"),
    ],
)
def test_money_has_the_digits_of_iso_4217(locale: str, code: str, text: str):
    assert Formats(Locale.parse(locale)).money(Money(119_000, currency(code))) == text


def test_symbol_outside_gsm7_gives_way_to_the_code():
    narrow = Formats(Locale("en"), narrow=True)
    assert narrow.money(Money(119_000, currency("pln"))) == "PLN 1,190.00"
    assert narrow.money(Money(119_000, currency("inr"))) == "INR 1,190.00"
    assert narrow.money(Money(119_000, currency("eur"))) == "€1,190.00"


@pytest.mark.parametrize(
    ("locale", "language", "formats"),
    [
        ("de-AT", "de", "de_AT"),
        ("de_AT", "de", "de_AT"),
        ("DE-at", "de", "de_AT"),
        ("fr", "fr", "fr"),
        ("nl-NL", "en", "en_NL"),
        ("ja-JP", "en", "en"),
        ("xx", "en", "en"),
        ("", "en", "en"),
        ("../../etc", "en", "en"),
    ],
)
def test_a_locale_has_the_nearest_language_and_formats_that_we_write(
    locale: str, language: str, formats: str
):
    found = reading(locale)
    assert (found.language, str(found.formats)) == (language, formats)


@pytest.mark.parametrize("locale", ["de", "de-AT", "de_AT", "zh-Hant-TW", "es-419", "ar", "EN-us"])
def test_a_locale_of_the_world_is_supported(locale: str):
    assert supported(locale)


@pytest.mark.parametrize(
    "locale", ["", "x", "xx", "english", "de-XX", "de_DE.UTF-8", "de\n", "de-", "en@euro", "C"]
)
def test_what_is_no_locale_is_not_supported(locale: str):
    assert not supported(locale)
