"""A subject counts what its message asks for, in the plural that the number has."""

from __future__ import annotations

import pytest

from chalicelib.rendering.renderer import Renderer
from tests.unit.rendering.samples import MESSAGES, item, notice

RENDERER = Renderer()
COUNTED = {
    "en": ("1 of 3 invoices from", "2 of 3 invoices from", "3 invoices from"),
    "de": ("1 von 3 Rechnungen von", "2 von 3 Rechnungen von", "3 Rechnungen von"),
    "fr": ("1 facture sur 3 émises par", "2 factures sur 3 émises par", "3 factures émises par"),
    "es": ("1 de 3 facturas de", "2 de 3 facturas de", "3 facturas de"),
}


@pytest.mark.parametrize("language", COUNTED)
@pytest.mark.parametrize("template", [each for each in MESSAGES if each != "notice_final"])
def test_of_several_it_counts_the_overdue_ones(template: str, language: str):
    for overdue, counted in zip((1, 2, 3), COUNTED[language], strict=True):
        items = [item(f"R-{at}", overdue=3 if at < overdue else -3) for at in range(3)]
        subject = RENDERER.email(notice(*items, template=template, locale=language)).subject
        assert subject.endswith(f": {counted} Nordlicht GmbH")


@pytest.mark.parametrize("language", COUNTED)
@pytest.mark.parametrize("template", [each for each in MESSAGES if each != "notice_final"])
def test_where_none_is_overdue_it_counts_all(template: str, language: str):
    items = [item(f"R-{at}", overdue=-at) for at in range(3)]
    subject = RENDERER.email(notice(*items, template=template, locale=language)).subject
    assert subject.endswith(f": {COUNTED[language][-1]} Nordlicht GmbH")
