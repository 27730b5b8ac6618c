"""Redriving loses nothing, may be run twice or die in between, and has its effect once."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

import app
import manage.dead_letters
from chalicelib import bootstrap
from chalicelib.gateways.aws import client
from manage.dead_letters import NAMES, QUEUES, Stage, _parser, run
from manage.letters import Letters, NotTakenError
from tests.environment import pretend_aws
from tests.unit.handlers.events import CONTEXT, came_back, sqs
from tests.world import World

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbooks" / "dead-letters.md"


class Functions:
    """The client of Lambda: calls app's functions; `broken` are those that fail."""

    def __init__(self) -> None:
        self.called: list[tuple[str, dict[str, Any]]] = []
        self.broken: set[str] = set()

    def invoke(self, *, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        if FunctionName in self.broken:
            return {"StatusCode": 200, "FunctionError": "Unhandled"}
        self.called.append((FunctionName, json.loads(Payload)))
        return {"StatusCode": 200}


class Dying:
    """A client of SQS that dies before a call, or after it has had its effect."""

    def __init__(self, real: Any, call: str, *, after: bool) -> None:
        self._real, self._call, self._after = real, call, after

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._real, name)
        if name != self._call:
            return real

        def dies(**arguments: Any) -> None:
            if self._after:
                real(**arguments)
            raise KeyboardInterrupt

        return dies


@pytest.fixture(autouse=True)
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    pretend_aws(monkeypatch)
    monkeypatch.setattr("manage.letters.WAIT_SECONDS", 0)
    with mock_aws():
        yield


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
def stage(functions: Functions) -> Stage:
    """Return a stage with all its queues; functions are called by their names in the template."""
    queues = boto3.client("sqs")
    found = {}
    for name in NAMES:
        logical = "".join(word.title() for word in name.split("-"))
        found[f"{logical}DeadLetters"] = queues.create_queue(QueueName=f"{name}-dlq")["QueueUrl"]
        if name in QUEUES:
            found[f"{logical}Queue"] = queues.create_queue(QueueName=name)["QueueUrl"]
    find = {
        **found,
        "ProjectChanges": "changes",
        "ReceiveEmailEvent": "mail",
        "ReceiveSms": "text",
    }.__getitem__
    return Stage(client("sqs"), lambda: functions, client("dynamodbstreams"), find)


@pytest.fixture
def world() -> Iterator[World]:
    world = World("2026-03-02 08:00")
    bootstrap.use(world.ports)
    yield world
    bootstrap.use(None)


def command(*words: str) -> Any:
    return _parser().parse_args(["--stack", "dunlin-prod", *words])


def bury(stage: Stage, name: str, *bodies: Any) -> None:
    url = stage.find("".join(word.title() for word in name.split("-")) + "DeadLetters")
    for body in bodies:
        text = body if isinstance(body, str) else json.dumps(body)
        stage.sqs().send_message(QueueUrl=url, MessageBody=text)


def taken(stage: Stage, queue: str) -> list[Any]:
    """Take everything out of a queue, as its function would."""
    url, bodies = stage.find(f"{queue.title()}Queue"), []
    while (
        messages := stage.sqs()
        .receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        .get("Messages")
    ):
        bodies += [json.loads(message["Body"]) for message in messages]
    return bodies


def test_every_command_that_is_written_down_exists():
    written = RUNBOOK.read_text() + (manage.dead_letters.__doc__ or "")
    words = re.findall(r"-m manage\.dead_letters (--stack .+)$", written, re.MULTILINE)

    assert {_parser().parse_args(shlex.split(each)).command for each in words} == {
        "list",
        "redrive",
    }


def test_what_waits_is_shown_by_ids_only_and_stays(stage: Stage):
    bury(stage, "email", {"tenant": "cr_1", "customer": "cus_1"})
    bury(stage, "mail-events", {"Records": [{"Sns": {"Message": "erika@customer.example"}}]})
    bury(stage, "sweep", "no JSON: +49 151 12345678")

    for _ in range(2):
        shown = run(stage, command("list"))

        assert shown.keys() == set(NAMES)
        [letter] = shown["email"]["some"]
        assert (letter["tenant"], letter["customer"]) == ("cr_1", "cus_1")
        assert [shown[name]["waiting"] for name in ("email", "mail-events", "sms")] == [1, 1, 0]
        assert "erika" not in json.dumps(shown)
        assert shown["sweep"]["some"][0].keys() == {"message_id", "sent_at"}


def test_all_letters_go_back_to_their_queue(stage: Stage):
    letters = [{"tenant": "cr_1", "customer": f"cus_{number}"} for number in range(25)]
    bury(stage, "email", *letters)

    assert run(stage, command("redrive", "email")) == {"moved": 25, "stayed": {}}
    assert run(stage, command("redrive", "email")) == {"moved": 0, "stayed": {}}

    marked = [{**letter, "redriven": "yes"} for letter in letters]
    assert sorted(taken(stage, "email"), key=str) == sorted(marked, key=str)
    assert stage.letters("email").waiting() == 0


def test_a_letter_goes_back_in_its_creditors_name(stage: Stage):
    """The queue is fair by the message's group, and a redrive can be a flood, too."""
    bury(stage, "email", {"tenant": "cr_1", "customer": "cus_1"}, "no JSON")
    run(stage, command("redrive", "email"))

    answer = stage.sqs().receive_message(
        QueueUrl=stage.find("EmailQueue"), MaxNumberOfMessages=10, AttributeNames=["All"]
    )
    groups = {each["Body"]: each["Attributes"].get("MessageGroupId") for each in answer["Messages"]}
    assert groups.pop("no JSON") is None
    assert list(groups.values()) == ["cr_1"]


@pytest.mark.parametrize(
    ("call", "after", "arrived"),
    [
        ("send_message", False, 1),
        ("send_message", True, 2),
        ("delete_message", False, 2),
        ("delete_message", True, 1),
    ],
)
def test_whenever_a_redrive_dies_the_message_has_its_effect_once(
    stage: Stage,
    world: World,
    monkeypatch: pytest.MonkeyPatch,
    *,
    call: str,
    after: bool,
    arrived: int,
):
    invoice = world.post("A-1", due="2026-02-20")
    world.clock.advance(minutes=1)
    bury(stage, "email", {"tenant": world.tenant.key, "customer": invoice.customer_id})
    dying = Dying(stage.sqs(), call, after=after)
    with monkeypatch.context() as at_once:
        at_once.setattr("manage.letters.HIDDEN_SECONDS", 0)
        with pytest.raises(KeyboardInterrupt):
            run(replace(stage, sqs=lambda: dying), command("redrive", "email"))

    run(stage, command("redrive", "email"))

    bodies = taken(stage, "email")
    assert len(bodies) == arrived
    assert came_back(app.send_email(sqs(*bodies), CONTEXT)) == []
    assert len(world.email.sent) == 1


def test_a_mail_event_goes_back_to_its_function_until_that_succeeds(
    stage: Stage, functions: Functions
):
    event = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "{}"}}]}
    bury(stage, "mail-events", event)
    functions.broken.add("mail")

    failed = run(stage, command("redrive", "mail-events"))
    assert failed["moved"] == 0
    assert list(failed["stayed"].values()) == ["mail failed again; its log says why"]
    assert functions.called == []


def test_a_letter_that_was_taken_is_gone(stage: Stage, functions: Functions):
    event = {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": "{}"}}]}
    bury(stage, "mail-events", event)

    assert run(stage, command("redrive", "mail-events"))["moved"] == 1
    assert run(stage, command("redrive", "mail-events"))["moved"] == 0
    assert functions.called == [("mail", event)]


def test_one_that_stays_holds_up_no_other(stage: Stage):
    bury(stage, "email", "bad", "good")
    url = stage.find("EmailDeadLetters")
    done = []

    def hand_over(letter: Any) -> None:
        if letter.body == "bad":
            raise NotTakenError("no")
        done.append(letter.body)

    redriven = Letters(stage.sqs, url).redrive(hand_over)

    assert (redriven.moved, list(redriven.stayed.values())) == (1, ["no"])
    assert done == ["good"]
