"""What the pages say to type to AWS is something that AWS knows: service, call and options."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.aws_command import UnknownCommandError, parsed

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.MULTILINE | re.DOTALL)
WITHIN_A_LINE = re.compile(r"`(aws (?!configure |cloudformation deploy)[^`…]+)`")
COMMAND = re.compile(r"(?:^|[ (;])(aws (?:'[^']*'|\"[^\"]*\"|[^'\"\n;|)])+)", re.MULTILINE)
VARYING = re.compile(r"\$\([^()]*\)|\$\w+|\b[A-Z]+(?:-[A-Z]+)+\b")
"""What a shell puts in, or whoever types it."""

ANYTHING = "0" * 40


def commands(page: str) -> list[str]:
    """Return every command to AWS on a page, without what the shell makes of its surroundings."""
    found: list[str] = []
    for block in BLOCK.findall(page):
        text = VARYING.sub(ANYTHING, block.replace("\\\n", " "))
        found += COMMAND.findall(text)
    return found


WRITTEN = [
    pytest.param(command, id=f"{page.stem}: {command[:60]}")
    for page in PAGES
    for command in commands(page.read_text())
]
MENTIONED = [
    pytest.param(command, id=f"{page.stem}: {command[:60]}")
    for page in PAGES
    for command in WITHIN_A_LINE.findall(page.read_text())
]


@pytest.mark.parametrize("command", WRITTEN)
def test_a_command_is_one_that_aws_knows(command: str):
    words = shlex.split(command, comments=True)

    parsed(words[1:])


@pytest.mark.parametrize("command", MENTIONED)
def test_what_is_mentioned_is_one_too(command: str):
    words = shlex.split(VARYING.sub(ANYTHING, command))

    parsed(words[1:], is_whole=False)


def test_there_are_many():
    assert len(WRITTEN) > 50
    assert len(MENTIONED) > 10


@pytest.mark.parametrize(
    "wrong",
    [
        "nothing get-account",
        "sesv2 get-acount",
        "sns subscribe --topic-arn 0 --protocoll email",
        "sns subscribe --topic-arn 0",
        "lambda put-function-concurrency --function-name f --reserved-concurrent-executions",
    ],
)
def test_a_wrong_one_is_found(wrong: str):
    with pytest.raises((UnknownCommandError, IndexError)):
        parsed(wrong.split())
