"""What the runbooks and other pages say to type works on a stage of any size."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_resources_are_listed_by_the_call_that_knows_more_than_a_hundred(page: Path):
    """`describe-stack-resources` answers with the first hundred; a stage has more."""
    assert "describe-stack-resources" not in page.read_text()


def made_up_secrets() -> list[str]:
    template = json.loads((ROOT / ".chalice" / "resources.json").read_text())
    return [
        each["Properties"]["Name"]["Fn::Sub"].replace("${Stage}", "<stage>")
        for each in template["Resources"].values()
        if each.get("Type") == "AWS::SecretsManager::Secret"
    ]


def test_a_restored_stage_gets_every_secret_that_a_stage_makes_up_for_itself():
    made_up = made_up_secrets()
    page = (ROOT / "docs" / "runbooks" / "restore.md").read_text()
    _, step = page.split("\n4. ")

    assert made_up
    for name in made_up:
        assert f"`{name}`" in step.split("## Restore")[0], name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_are_run_by_the_interpreter_that_has_their_libraries(page: Path):
    assert re.findall(r"(?<!\.venv/bin/)python3? -m manage", page.read_text()) == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_worker_is_stopped_by_what_counts_no_try(page: Path):
    """What a function without concurrency is handed counts as tried, and dies in the end."""
    assert "reserved-concurrent-executions 0" not in page.read_text()


def test_a_stage_that_is_taken_down_leaves_no_secret_of_its_own():
    page = (ROOT / "docs" / "runbooks" / "take-down.md").read_text()
    names = [each.replace("<stage>", "$STAGE") for each in made_up_secrets()]
    assert [each for each in names if f"--secret-id {each}\n" not in page] == []
