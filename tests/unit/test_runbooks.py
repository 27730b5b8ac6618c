"""What the runbooks and other pages say to type works on a stage of any size."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_resources_are_listed_by_the_call_that_knows_more_than_a_hundred(page: Path):
    """`describe-stack-resources` answers with the first hundred; a stage has more."""
    assert "describe-stack-resources" not in page.read_text()
