"""A command about secrets takes the stage's settings, and says in words what goes wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import manage.links
import manage.stripe
from chalicelib.gateways.aws import Client, client
from tests.environment import COMPLETE, pretend_aws
from tests.fakes.aws import Answer, Wire, json_answer, xml_answer

FOUND = xml_answer(
    "DescribeStackResource",
    "<StackResourceDetail><PhysicalResourceId>api</PhysicalResourceId></StackResourceDetail>",
)
SECRET = {"newest": "n" * 64, "older": [], "webhook_secrets": ["whsec_" + "a" * 28]}


def refused(code: str, message: str = "") -> Answer:
    """A refusal of Secrets Manager, whose protocol says the code in the body."""
    return 400, json.dumps({"__type": code, "message": message}), {}


def aws_that_answers(secret: Answer) -> Callable[[str], Client]:
    """Return what connects to a stage whose secret is answered so."""
    connect = cache(client)
    Wire(connect("cloudformation"), [FOUND])
    Wire(connect("lambda"), [json_answer({"Environment": {"Variables": COMPLETE}})])
    Wire(connect("secretsmanager"), [secret])
    return connect


@pytest.fixture(autouse=True)
def operator(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_aws(monkeypatch)
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)


SHOWING = [
    (manage.links, ["show"]),
    (manage.stripe, ["list-secrets", "cr_7777777777777777"]),
]


@pytest.mark.parametrize(("module", "words"), SHOWING)
def test_the_answer_is_json_without_a_secret(
    module: Any, words: list[str], capsys: pytest.CaptureFixture[str]
):
    connect = aws_that_answers(json_answer({"SecretString": json.dumps(SECRET)}))

    assert module.main(["--stack", "dunlin-prod", *words], connect=connect) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)
    assert "n" * 8 not in shown
    assert "a" * 8 not in shown


@pytest.mark.parametrize(("module", "words"), SHOWING)
@pytest.mark.parametrize(
    ("answer", "words_of_it"),
    [
        (refused("ResourceNotFoundException"), "There is no secret dunlin/prod/"),
        (
            refused("AccessDeniedException", "you may not"),
            "AWS: you may not (AccessDenied",
        ),
        (json_answer({"SecretString": "no JSON"}), "is no JSON object."),
    ],
)
def test_what_goes_wrong_is_one_line(
    module: Any,
    words: list[str],
    answer: Answer,
    words_of_it: str,
    capsys: pytest.CaptureFixture[str],
):
    connect = aws_that_answers(answer)

    assert module.main(["--stack", "dunlin-prod", *words], connect=connect) == 1
    said = capsys.readouterr()
    assert words_of_it in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
