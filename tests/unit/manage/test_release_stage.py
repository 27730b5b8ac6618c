"""A stage that nobody described has no releases, is told so at once, and reaches nothing in AWS."""

from __future__ import annotations

import pytest

from manage.release import main

COMMANDS = (["deploy"], ["list"], ["roll-back"], ["roll-back", "--to", "20260101T000000000000Z"])


def nobody(service: str) -> object:
    raise AssertionError(f"{service} is asked")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
@pytest.mark.parametrize("stage", ["nope", "../config", ""])
def test_an_unknown_stage_is_refused(
    stage: str, command: list[str], capsys: pytest.CaptureFixture[str]
):
    words = ["--stage", stage, "--bucket", "releases", *command]

    assert main(words, connect=lambda service: lambda: nobody(service)) == 1
    assert f"There is no stage {stage}: write .chalice/parameters/" in capsys.readouterr().err
