"""SQS takes a batch in part: what it left is put once more, then it is told."""

import json
from typing import Any

import pytest

from chalicelib.gateways.aws import client
from chalicelib.gateways.queues import QueueRefusedError, SqsQueues
from tests.fakes.aws import Answer, Wire, json_answer

URLS = {"email": "https://sqs.eu-central-1.amazonaws.com/1/dunlin-test-email"}
MESSAGES = [{"n": str(n)} for n in range(3)]


def taken(*refused: str) -> Answer:
    failed = [{"Id": each, "Code": "InternalError", "SenderFault": False} for each in refused]
    return json_answer({"Successful": [], "Failed": failed})


def bodies(request: Any) -> list[str]:
    entries = json.loads(request.body)["Entries"]
    return [json.loads(entry["MessageBody"])["n"] for entry in entries]


def put(*answers: Answer) -> Wire:
    made = client("sqs")
    wire = Wire(made, list(answers))
    SqsQueues(made, URLS).put("email", MESSAGES, delay=30)
    return wire


def test_only_what_was_refused_is_put_again():
    wire = put(taken("1"), taken())
    assert [bodies(request) for request in wire.requests] == [["0", "1", "2"], ["1"]]
    assert {entry["DelaySeconds"] for entry in wire.json["Entries"]} == {30}


def test_what_is_refused_twice_is_told():
    with pytest.raises(QueueRefusedError, match="2 of 3 messages for email"):
        put(taken("1", "2"), taken("1", "2"))


def test_a_queue_that_is_not_configured_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        SqsQueues(client("sqs"), URLS).put("letter", MESSAGES)


def test_a_message_about_a_tenant_is_of_its_group_so_that_the_queue_is_fair():
    made = client("sqs")
    wire = Wire(made, [taken()])
    SqsQueues(made, URLS).put(
        "email", [{"tenant": "cr_1", "customer": "cus_1"}, {"partition": "p"}]
    )
    about, nobodys = wire.json["Entries"]
    assert about["MessageGroupId"] == "cr_1"
    assert "MessageGroupId" not in nobodys


def test_each_endpoint_of_a_tenant_is_a_group_of_its_own():
    made = client("sqs")
    wire = Wire(made, [taken()])
    asked = {"tenant": "cr_1", "event": "evt_1"}
    SqsQueues(made, URLS).put("email", [{**asked, "endpoint": each} for each in ("we_1", "we_2")])
    groups = [each["MessageGroupId"] for each in wire.json["Entries"]]
    assert groups == ["cr_1/we_1", "cr_1/we_2"]
