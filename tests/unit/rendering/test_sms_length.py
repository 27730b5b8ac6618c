"""How long text messages get with API Gateway's own address, the longest that a link can have.

What is asserted here stands in docs/adr/0004-templates.md.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.money import currency
from chalicelib.domain.notice import NoticeItem
from chalicelib.rendering.renderer import Renderer
from chalicelib.rendering.segments import SmsLength, segments
from tests.unit.rendering.samples import ARABIC, CREDITOR, MESSAGES, item, notice

RENDERER = Renderer()
TOKEN = "A" * 68
GATEWAY = f"https://abcdefghij.execute-api.eu-central-1.amazonaws.com/api/pay/{TOKEN}"
OWN = f"https://pay.nordlicht.example/pay/{TOKEN}"
SHORT, LONG = (
    "Nordlicht Gas GmbH",
    "Nordlicht Versorgungs- und Verkehrsgesellschaft der Stadt Ahaus",
)

LOCALES = ("en", "en-GB", "de", "de-CH", "fr", "fr-CH", "es", "es-MX", "nl")
CURRENCIES = ("eur", "usd", "gbp", "chf", "jpy", "kwd")


def invoices(code: str, *overdue: int, paid: int = 0) -> tuple[NoticeItem, ...]:
    """Return invoices numbered in eleven characters, 119,000 minor units each."""
    return tuple(
        item(f"R-2026-{1000 + at}", overdue=days, remaining=119_000 - paid, of=currency(code))
        for at, days in enumerate(overdue)
    )


def longest(
    bundles: list[tuple[NoticeItem, ...]], *, name: str = SHORT, pay_url: str = GATEWAY
) -> SmsLength:
    """Measure the longest message about any of the bundles, of all messages and locales."""
    creditor = replace(CREDITOR, name=name)
    return max(
        (
            segments(
                RENDERER.sms(
                    notice(
                        *items, template=template, locale=locale, creditor=creditor, pay_url=pay_url
                    )
                )
            )
            for items in bundles
            for template in MESSAGES
            for locale in LOCALES
        ),
        key=lambda length: (length.segments, length.units),
    )


def one(code: str) -> list[tuple[NoticeItem, ...]]:
    return [*(invoices(code, days) for days in (-5, 0, 12)), invoices(code, 12, paid=50_000)]


def several(code: str) -> list[tuple[NoticeItem, ...]]:
    mixes = [(12, 40), (12, 12), (-1, -5), (0, 0), (0, -5), (12, 0, -3), (45, 3, -3), range(12)]
    return [invoices(code, *days) for days in mixes]


@pytest.mark.parametrize("code", CURRENCIES)
def test_one_invoice_takes_two_segments(code: str):
    length = longest(one(code))
    assert (length.encoding, length.segments) == ("GSM-7", 2)


@pytest.mark.parametrize("code", CURRENCIES)
def test_several_invoices_or_a_long_name_take_three(code: str):
    assert longest(several(code)).segments <= 3
    assert longest(one(code), name=LONG).segments == 3
    assert longest(several(code), name=LONG).segments == 3


@pytest.mark.parametrize("code", CURRENCIES)
def test_an_address_of_its_own_keeps_several_invoices_at_two(code: str):
    assert longest(several(code), pay_url=OWN).segments == 2


def test_a_name_outside_the_latin_script_takes_five():
    assert longest(one("eur"), name=ARABIC).segments == 5
