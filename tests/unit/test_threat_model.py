"""The threat model names guards and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODEL = (ROOT / "docs" / "threat-model.md").read_text()
NAMED = sorted(set(re.findall(r"`((?:tests|chalicelib|manage|\.chalice)/[^`]+)`", MODEL)))
LINKED = sorted(set(re.findall(r"\]\(([^)#]+)\)", MODEL)))


@pytest.mark.parametrize("name", NAMED)
def test_what_it_names_exists(name: str):
    path, _, test = name.partition("::")
    assert (ROOT / path).is_file()
    assert not test or re.search(rf"^def {test}\(", (ROOT / path).read_text(), re.MULTILINE)


@pytest.mark.parametrize("link", LINKED)
def test_what_it_links_to_exists(link: str):
    assert (ROOT / "docs" / link).exists()


def test_every_boundary_has_a_row_for_each_threat_that_it_speaks_of():
    boundaries = re.split(r"^### ", MODEL, flags=re.MULTILINE)[1:]

    assert len(boundaries) == 8
    for each in boundaries:
        letters = re.findall(r"^\| ([A-Z]) \|", each, re.MULTILINE)
        assert letters
        assert set(letters) <= set("STRIDE")
