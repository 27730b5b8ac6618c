"""Addresses as the post of their country writes them, at home and from abroad."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.address import PostalAddress
from chalicelib.rendering.letters.postal import address_lines, address_of
from tests.unit.rendering.letters import HAMBURG, RORSCHACH
from tests.unit.rendering.samples import CREDITOR

CALIFORNIA = PostalAddress(
    ("1600 Amphitheatre Pkwy",), "Mountain View", "US", postal_code="94043", region="CA"
)
LONDON = PostalAddress(("10 Downing Street",), "London", "GB", postal_code="SW1A 2AA")
HONG_KONG = PostalAddress(("1 Queen's Road",), "Central", "HK")


@pytest.mark.parametrize(
    ("address", "posted_in", "lines"),
    [
        (HAMBURG, "DE", ("Lange Straße 12a", "20457 Hamburg")),
        (HAMBURG, "FR", ("Lange Straße 12a", "20457 HAMBURG", "ALLEMAGNE")),
        (RORSCHACH, "CH", ("Grosse Marktgasse 28", "9400 Rorschach")),
        (RORSCHACH, "DE", ("Grosse Marktgasse 28", "CH-9400 Rorschach", "SCHWEIZ")),
        (CALIFORNIA, "US", ("1600 Amphitheatre Pkwy", "MOUNTAIN VIEW, CA 94043")),
        (
            CALIFORNIA,
            "DE",
            ("1600 Amphitheatre Pkwy", "MOUNTAIN VIEW, CA 94043", "VEREINIGTE STAATEN"),
        ),
        (LONDON, "GB", ("10 Downing Street", "LONDON", "SW1A 2AA")),
        (LONDON, "ES", ("10 Downing Street", "LONDON", "SW1A 2AA", "REINO UNIDO")),
    ],
)
def test_an_address_is_written_as_its_post_wants(address, posted_in, lines):
    assert address_lines("Muster KG", address, posted_in=posted_in) == ("Muster KG", *lines)


def test_an_address_without_a_postal_code_is_complete_where_there_are_none():
    lines = address_lines("Lee", HONG_KONG, posted_in="DE")
    assert lines[0] == "Lee"
    assert lines[-1] == "SONDERVERWALTUNGSREGION HONGKONG"
    assert "1 Queen's Road" in lines


def test_line_breaks_in_a_name_make_no_lines():
    lines = address_lines("A\nB", replace(HAMBURG, city="Ham\nburg"), posted_in="DE")
    assert lines == ("A B", "Lange Straße 12a", "20457 Ham burg")


@pytest.mark.parametrize(
    ("lines", "city"),
    [
        (("Hafenstraße 12", "20457 Hamburg"), "Hamburg"),
        (("Rue du Lac 1268", "CH-2501 Biel"), "Biel"),
        (("5 Main St", "Springfield, IL 62701"), "Springfield"),
        (("10 Downing Street", "London SW1A 2AA"), None),
        ((), None),
    ],
)
def test_a_creditors_city_is_read_from_its_lines(lines, city):
    country = "US" if city == "Springfield" else "DE"
    found = address_of(replace(CREDITOR, address=lines, country=country))
    assert (found.city if found else None) == city
