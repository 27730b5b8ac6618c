"""A message about as many invoices as one may name arrives whole: mail programs cut off at 100 kB,
and a text message doesn't grow with their number."""

from __future__ import annotations

import pytest

from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.rendering.renderer import Renderer
from tests.unit.rendering.samples import LANGUAGES, PAY_URL, item, notice

RENDERER = Renderer()
CUT_OFF = 100_000
ITEMS = tuple(item(f"INV-2026-{number:08}", overdue=number) for number in range(LARGEST_BUNDLE))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_email_about_the_largest_bundle_is_not_cut_off(language: str):
    email = RENDERER.email(notice(*ITEMS, locale=language))
    assert len(email.html.encode()) < CUT_OFF
    for each in ITEMS:
        assert each.number in email.html
        assert each.number in email.text
    assert PAY_URL in email.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_message_about_the_largest_bundle_is_as_short_as_about_two(language: str):
    two, most = (RENDERER.sms(notice(*items, locale=language)) for items in (ITEMS[:2], ITEMS))
    assert str(LARGEST_BUNDLE) in most
    assert len(most) <= len(two) + 10
