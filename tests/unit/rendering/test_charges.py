"""Messages and the page name fees and interest beside the invoice, and add up in every language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.money import Money
from chalicelib.rendering.renderer import Renderer
from tests.builders import EUR
from tests.unit.rendering.samples import (
    LANGUAGES,
    MESSAGES,
    flat,
    item,
    notice,
    page,
    page_invoice,
    visible,
)

NAMES = {
    "en": ("Invoice amount", "Fees and interest", "Paid or credited"),
    "de": ("Rechnungsbetrag", "Gebühren und Zinsen", "Gezahlt oder gutgeschrieben"),
    "fr": ("Montant de la facture", "Frais et intérêts", "Réglé ou crédité"),
    "es": ("Importe de la factura", "Gastos e intereses", "Pagado o abonado"),
}
EXTRA = {"en": "57.60", "de": "57,60", "fr": "57,60", "es": "57,60"}
SETTLED = {"en": "247.60", "de": "247,60", "fr": "247,60", "es": "247,60"}
CHARGES = Money(57_60, EUR)


@pytest.mark.parametrize("template", MESSAGES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_email_says_what_it_is_made_of(language: str, template: str):
    late = replace(item(remaining=1_000_00), charges=CHARGES)
    content = Renderer().email(notice(late, locale=language, template=template))
    for said in (flat(content.text), visible(content.html)):
        for word in (*NAMES[language], SETTLED[language]):
            assert word in said
        assert said.count(EXTRA[language]) == 2, "in the sentence, and in the list"


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_charged_nothing_is_said_of_it(language: str):
    content = Renderer().email(notice(item(remaining=1_000_00), locale=language))
    for word in NAMES[language]:
        assert word not in content.text
        assert word not in content.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_it_is_made_of(language: str):
    late = replace(page_invoice("R-1", remaining=Money(1_000_00, EUR)), charges=CHARGES)
    said = visible(Renderer().page(page(late, locale=language)))
    for word in (*NAMES[language], EXTRA[language], SETTLED[language]):
        assert word in said
