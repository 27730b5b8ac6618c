"""Amounts, dates, countries, plurals and lists as a locale writes them (CLDR through Babel).

An amount is an exact decimal made from the integer, with the digits that ISO 4217 gives its
currency; CLDR's own, which leave out the minor unit of some currencies, are not used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, get_group_symbol, parse_decimal

from chalicelib.domain.money import MAX_AMOUNT, Currency, Money
from chalicelib.rendering.locales import reading
from chalicelib.rendering.segments import is_gsm7, plain_typography

_LETTER_MEETS_DIGIT = re.compile(r"(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Za-z])")
_SPACES_AND_APOSTROPHES = re.compile(r"[\s'\u2019\u00a0\u202f\u2009]")
_NUMBER = re.compile(r"[0-9]+(?:[.,\u00a0\u202f\u2019][0-9]+)*")


@dataclass(frozen=True, slots=True)
class Formats:
    """The formats of one locale. `narrow` writes for SMS: GSM-7 characters where they exist."""

    locale: Locale
    narrow: bool = False

    def money(self, amount: Money) -> str:
        """Write an amount with its currency: `1.190,00 €`, `€1,190.00`, `¥1,190`."""
        code, value = amount.currency.code.upper(), decimal(amount)
        pattern = _pattern(self.locale, amount.currency.digits)
        text = self._currency(value, code, pattern)
        if self.narrow:
            text = plain_typography(text)
            if not is_gsm7(text):
                text = plain_typography(self._currency(value, code, pattern.replace("¤", "¤¤")))
        return text

    def date(self, day: date) -> str:
        """Write a date, with the month's name in full; narrow: its short name, or its number."""
        if not self.narrow:
            return format_date(day, "long", locale=self.locale)
        text = plain_typography(format_date(day, "medium", locale=self.locale))
        return text if is_gsm7(text) else format_skeleton("yMd", day, locale=self.locale)

    def number(self, amount: Money) -> str:
        """Write an amount without its currency, as `parse_amount` reads it."""
        digits = amount.currency.digits
        pattern = "0." + "0" * digits if digits else "0"
        return format_decimal(decimal(amount), format=pattern, locale=self.locale)

    def country(self, code: str) -> str:
        """Name the country of an ISO 3166-1 alpha-2 code: `DE` is `Allemagne` in French."""
        return str(self.locale.territories.get(code, code))

    def plural(self, count: int, one: str, other: str) -> str:
        """Choose the form that the language's plural rule asks for."""
        return one if self.locale.plural_form(count) == "one" else other

    def join(self, parts: Sequence[str]) -> str:
        """Write a list: `a, b and c`."""
        return format_list(parts, locale=self.locale)

    def _currency(self, value: Decimal, code: str, pattern: str) -> str:
        text = format_currency(
            value, code, format=pattern, locale=self.locale, currency_digits=False
        )
        # CLDR's currencySpacing, which Babel leaves out: no letter touches a digit.
        return _LETTER_MEETS_DIGIT.sub(" " if self.narrow else "\u00a0", text)


def decimal(amount: Money) -> Decimal:
    """Return the amount in major units, exactly."""
    return Decimal(amount.amount).scaleb(-amount.currency.digits)


def parse_amount(text: str, *, locale: str, currency: Currency) -> Money:
    """Read an amount in major units as people of that locale type it (`1.190,00`).

    Raises ValueError for what is no number in that locale, is written ambiguously (`1.19` in
    German), has more digits than the currency, isn't positive or is beyond MAX_AMOUNT.
    """
    spoken = reading(locale).formats
    typed = _digits_only(text, currency, spoken)
    if not _NUMBER.fullmatch(typed):
        raise ValueError(f"{text!r} is not an amount")
    try:
        value = parse_decimal(typed, locale=spoken, strict=True)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    minor = value.scaleb(currency.digits)
    if minor != minor.to_integral_value():
        raise ValueError(f"{currency} has {currency.digits} digits after the decimal mark")
    if not 0 < minor <= MAX_AMOUNT:
        raise ValueError(f"{text!r} is not an amount that can be paid")
    return Money(int(minor), currency)


def _digits_only(text: str, currency: Currency, locale: Locale) -> str:
    """Take off the currency; write digits of any script as ASCII, any space as the group mark."""
    code = currency.code.upper()
    typed = unicodedata.normalize("NFKC", text).strip()
    for symbol in (code, code.lower(), locale.currency_symbols.get(code, code)):
        typed = typed.removeprefix(symbol).removesuffix(symbol).strip()
    typed = "".join(str(unicodedata.decimal(each)) if each.isdecimal() else each for each in typed)
    return _SPACES_AND_APOSTROPHES.sub(get_group_symbol(locale), typed)


@lru_cache(maxsize=512)
def _pattern(locale: Locale, digits: int) -> str:
    """Return CLDR's pattern for amounts with that many digits after the decimal mark."""
    pattern: str = locale.currency_formats["standard"].pattern
    decimals = "." + "0" * digits if digits else ""
    return re.sub(r"0(?:\.0+)?(?![#0,.])", f"0{decimals}", pattern)
