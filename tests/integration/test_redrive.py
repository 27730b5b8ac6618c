"""Two redrives at once, letters that fail again, functions that hang: none of it goes round and
round, and each letter is handed over once by each run."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError
from moto import mock_aws

from manage.dead_letters import ANSWER_SECONDS, FUNCTIONS, Stage, _parser, main, run
from manage.destinations import ToFunction, ToQueue
from manage.letters import HIDDEN_SECONDS, Letter, Letters, NotTakenError
from tests.environment import pretend_aws

CONFIG = Path(__file__).parents[2] / ".chalice" / "config.json"
CONFIGURED_AS = {
    "ProjectChanges": "project_changes",
    "ReceiveEmailEvent": "receive_email_event",
    "ReceiveSms": "receive_sms",
}


class Queues:
    """A queue whose messages are put aside when they failed once, and its dead letters."""

    def __init__(self) -> None:
        self.sqs = boto3.client("sqs")
        self.dead = self.sqs.create_queue(QueueName="work-dlq")["QueueUrl"]
        arn = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])
        policy = {
            "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
            "maxReceiveCount": 1,
        }
        attributes = {"RedrivePolicy": json.dumps(policy), "VisibilityTimeout": "0"}
        self.work = self.sqs.create_queue(QueueName="work", Attributes=attributes)["QueueUrl"]
        self.letters = Letters(lambda: self.sqs, self.dead)
        self.to_work = ToQueue(lambda: self.sqs, self.work)

    def bury(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(QueueUrl=self.dead, MessageBody=body)

    def hidden(self) -> int:
        """Return how many dead letters somebody has taken and not deleted."""
        name = "ApproximateNumberOfMessagesNotVisible"
        answer = self.sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=[name])
        return int(answer["Attributes"][name])

    def work_fails(self) -> None:
        """Take what waits, fail, and find it put aside at the next look."""
        for _ in range(2):
            self.sqs.receive_message(QueueUrl=self.work, MaxNumberOfMessages=10)


@pytest.fixture
def queues(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queues]:
    pretend_aws(monkeypatch)
    monkeypatch.setattr("manage.letters.WAIT_SECONDS", 0)
    with mock_aws():
        yield Queues()


def test_two_at_once_share_the_letters(queues: Queues):
    bodies = [f"letter {number}" for number in range(25)]
    queues.bury(*bodies)
    taken: Counter[str] = Counter()
    others: list[int] = []

    def take(letter: Letter) -> None:
        taken[letter.body] += 1

    def take_while_another_runs(letter: Letter) -> None:
        if not others:
            others.append(queues.letters.redrive(take).moved)
        take(letter)

    own = queues.letters.redrive(take_while_another_runs)

    assert own.moved + others[0] == 25
    assert others[0] > 0
    assert taken == Counter(bodies)
    assert queues.letters.waiting() == 0


def test_a_message_that_fails_again_is_named_and_left_to_another_run(queues: Queues):
    queues.bury("poison", "poison")
    given: list[str] = []

    def hand_over(letter: Letter) -> str:
        given.append(queues.to_work(letter))
        queues.work_fails()
        return given[-1]

    first = queues.letters.redrive(hand_over)

    assert first.moved == 2
    assert first.stayed == dict.fromkeys(given, "it failed again")
    assert len(given) == 2
    assert queues.hidden() == 2


def test_one_that_stayed_and_shows_again_is_not_handed_over_again(queues: Queues):
    """As it does after two minutes, while many others are still being handed over."""
    queues.bury("bad", *(f"good {number}" for number in range(15)))
    seen: Counter[str] = Counter()
    receipts: dict[str, str] = {}

    def hand_over(letter: Letter) -> None:
        seen[letter.body] += 1
        if letter.body == "bad":
            receipts["bad"] = letter.receipt
            raise NotTakenError("no")
        if "bad" in receipts:
            queues.sqs.change_message_visibility(
                QueueUrl=queues.dead, ReceiptHandle=receipts.pop("bad"), VisibilityTimeout=0
            )

    redriven = queues.letters.redrive(hand_over)

    assert (redriven.moved, list(redriven.stayed.values())) == (15, ["no"])
    assert set(seen.values()) == {1}


class Hanging:
    """The client of Lambda that waits for an answer in vain; counts its calls."""

    def __init__(self) -> None:
        self.calls = 0

    def invoke(self, **_: Any) -> None:
        self.calls += 1
        raise ReadTimeoutError(endpoint_url="https://lambda.test")


def test_a_function_that_hangs_keeps_its_letters_and_the_run_goes_on(queues: Queues):
    functions = Hanging()
    queues.bury("{}", "{}")

    redriven = queues.letters.redrive(ToFunction(lambda: functions, "slow"), at_once=1)

    assert redriven.moved == 0
    assert set(redriven.stayed.values()) == {"slow doesn't answer; its log says why"}
    assert (functions.calls, len(redriven.stayed)) == (2, 2)


def test_letters_of_functions_are_taken_one_by_one_and_those_of_queues_by_ten(queues: Queues):
    asked: list[int] = []

    class Asked:
        def receive_message(self, *, MaxNumberOfMessages: int, **_: Any) -> dict[str, Any]:  # noqa: N803 - boto3's name
            asked.append(MaxNumberOfMessages)
            return {}

    sqs = Asked()
    stage = Stage(lambda: sqs, lambda: None, lambda: None, lambda name: name)
    for name in (*FUNCTIONS, "email"):
        run(stage, _parser().parse_args(["--stack", "dunlin-prod", "redrive", name]))

    assert asked == [1, 1, 1, 10]


def test_a_function_is_waited_for_longer_than_it_may_run_and_called_once():
    """And its letter is hidden for longer than that, so that no other run takes it meanwhile."""
    configured = json.loads(CONFIG.read_text())["lambda_functions"]
    longest = max(configured[CONFIGURED_AS[each]]["lambda_timeout"] for each in FUNCTIONS.values())
    assert longest < ANSWER_SECONDS < HIDDEN_SECONDS
    connected: dict[str, dict[str, Any]] = {}

    def connect(service: str, **config: Any) -> Any:
        connected[service] = config
        return lambda: None

    with pytest.raises(AttributeError):  # there is nothing behind these clients
        main(["--stack", "dunlin-prod", "list"], connect=connect)

    assert connected["lambda"]["read_timeout"] == ANSWER_SECONDS
    assert connected["lambda"]["retries"]["total_max_attempts"] == 1
