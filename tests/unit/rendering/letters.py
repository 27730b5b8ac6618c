"""Letters to look at in tests: what the layout gets, and the codes on the pages that it makes."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

import zxingcpp
from PIL import Image

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.creditor import BankDetails
from chalicelib.domain.money import currency
from chalicelib.domain.notice import Notice
from chalicelib.rendering.environment import templates_folder
from chalicelib.rendering.letters import typesetting
from chalicelib.rendering.letters.content import LetterWriter
from chalicelib.rendering.locales import reading
from tests.unit.rendering.samples import CREDITOR

CHF = currency("chf")
HAMBURG = PostalAddress(("Lange Straße 12a",), "Hamburg", "DE", postal_code="20457")
RORSCHACH = PostalAddress(("Grosse Marktgasse 28",), "Rorschach", "CH", postal_code="9400")
SWISS = replace(
    CREDITOR,
    country="CH",
    name="Robert Schneider AG",
    address=("Rue du Lac 1268", "2501 Biel"),
    bank=BankDetails("Robert Schneider AG", "CH44 3199 9123 0008 8901 2"),
)
"""The creditor of SIX's examples, with a QR-IBAN."""
SWISS_IBAN = "CH5800791123000889012"
"""The IBAN of the same examples that is no QR-IBAN."""


def content(notice: Notice) -> dict[str, Any]:
    """Return what the layout gets for a notice."""
    reader = reading(notice.locale)
    path = f"letter/{notice.template}/{reader.language}"
    return LetterWriter(templates_folder(), path, notice, reader).content()


def pages(notice: Notice, *, ppi: float = 200) -> list[Image.Image]:
    """Return pictures of a letter's pages."""
    made = typesetting.pictures(templates_folder(), content(notice), ppi=ppi)
    return [Image.open(BytesIO(page)).convert("L") for page in made]


def codes(page: Image.Image) -> list[str]:
    """Return what the QR codes on a page say, read as a telephone reads them."""
    return [found.text for found in zxingcpp.read_barcodes(page)]
