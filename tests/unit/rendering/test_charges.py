"""Messages and the page name fees and interest beside the invoice, and add up in every language."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.money import Money
from chalicelib.rendering.renderer import Renderer
from tests.builders import EUR
from tests.unit.rendering.letters import content
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
    mail = Renderer().email(notice(late, locale=language, template=template))
    for said in (flat(mail.text), visible(mail.html)):
        for word in (*NAMES[language], SETTLED[language]):
            assert word in said
        assert said.count(EXTRA[language]) == 2, "in the sentence, and in the list"


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_nothing_is_charged_nothing_is_said_of_it(language: str):
    mail = Renderer().email(notice(item(remaining=1_000_00), locale=language))
    for word in NAMES[language]:
        assert word not in mail.text
        assert word not in mail.html


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_what_it_is_made_of(language: str):
    late = replace(page_invoice("R-1", remaining=Money(1_000_00, EUR)), charges=CHARGES)
    said = visible(Renderer().page(page(late, locale=language)))
    for word in (*NAMES[language], EXTRA[language], SETTLED[language]):
        assert word in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_has_a_column_for_them(language: str):
    late = replace(item(remaining=1_000_00), charges=CHARGES)
    table = content(notice(late, item("R-2"), locale=language))["table"]
    charges, settled = NAMES[language][1:]
    assert (table["heads"][3], table["heads"][4]) == (charges, settled)
    first, second = table["rows"]
    assert EXTRA[language] in flat(first[3])
    assert SETTLED[language] in flat(first[4])
    assert [any(digit in cell for digit in "123456789") for cell in second[3:5]] == [False, False]
    assert Renderer().letter(notice(late, locale=language)).pdf.startswith(b"%PDF-")
