"""What the runbooks and other pages say to type works on a stage of any size."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_resources_are_listed_by_the_call_that_knows_more_than_a_hundred(page: Path):
    """`describe-stack-resources` answers with the first hundred; a stage has more."""
    assert "describe-stack-resources" not in page.read_text()


def test_a_restored_stage_gets_every_secret_that_a_stage_makes_up_for_itself():
    template = json.loads((ROOT / ".chalice" / "resources.json").read_text())
    made_up = [
        each["Properties"]["Name"]["Fn::Sub"].replace("${Stage}", "<stage>")
        for each in template["Resources"].values()
        if each.get("Type") == "AWS::SecretsManager::Secret"
    ]
    page = (ROOT / "docs" / "runbooks" / "restore.md").read_text()
    _, step = page.split("\n4. ")

    assert made_up
    for name in made_up:
        assert f"`{name}`" in step.split("## Restore")[0], name
