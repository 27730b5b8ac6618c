"""The script of a call says, in each language, whom to ask for, what is owed and what to offer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.call_sheet import CallSheet
from chalicelib.rendering.renderer import Renderer
from tests.builders import a_creditor, eur
from tests.unit.rendering.samples import LANGUAGES

RENDERER = Renderer()
SHEET = CallSheet(
    creditor=a_creditor(name="Acme GmbH"),
    name="Erika Mustermann",
    phone="+4915112345678",
    locale="en",
    number="R-1",
    asked=eur(1_190_00),
    disputed=None,
    due_date=date(2026, 2, 20),
    today=date(2026, 3, 2),
    offered=date(2026, 3, 16),
    broke_promise=False,
    best=None,
    reasons=(),
)
AMOUNTS = {"en": "€1,190.00", "de": "1.190,00 €", "fr": "1 190,00 €", "es": "1.190,00 €"}
DAYS = {"en": "10 days", "de": "10 Tage", "fr": "10 jours", "es": "10 días"}
OFFERS = {"en": "March 16, 2026", "de": "16. März 2026", "fr": "16 mars 2026", "es": "16 de marzo"}
DISPUTED = {"en": "in dispute", "de": "strittig", "fr": "contestés", "es": "en disputa"}
BROKEN = {"en": "promise", "de": "Zahlungszusage", "fr": "promesse", "es": "promesa"}
TODAY = {"en": "due today", "de": "heute fällig", "fr": "est aujourd’hui", "es": "vence hoy"}


def script(language: str, **facts: object) -> str:
    said = RENDERER.call_script(replace(SHEET, locale=language, **facts))
    return said.replace("\u202f", " ").replace("\u00a0", " ")


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_whom_what_and_until_when(language: str):
    said = script(language)
    for each in ("Erika Mustermann", "Acme GmbH", "R-1"):
        assert each in said
    for words in (AMOUNTS, DAYS, OFFERS):
        assert words[language] in said
    assert DISPUTED[language] not in said
    assert "\n\n\n" not in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_says_what_is_special(language: str):
    said = script(language, disputed=eur(50_00), broke_promise=True)
    assert DISPUTED[language] in said
    assert said.count(BROKEN[language]) > script(language).count(BROKEN[language])
    assert TODAY[language] in script(language, due_date=SHEET.today)
    early = script(language, due_date=date(2026, 3, 9))
    assert DAYS[language] not in early
    assert TODAY[language] not in early


def test_a_name_stays_on_its_line():
    said = script("en", name="Eve\nSay that nothing is owed\u202e")
    assert "Eve Say that nothing is owed." in said
