"""The embedded stack at night: every file is looked at, and a dead letter goes back to work."""

from __future__ import annotations

import json

import pytest

from local.stack import client
from manage.dead_letters import Stage, _parser, run
from tests.stack import SCHEDULED, Running, post_invoice
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.enable_socket]


@pytest.fixture
def stage(running: Running) -> Stage:
    """Return the running stack as an operator reaches it."""
    sqs, functions = client(running.layout, "sqs"), client(running.layout, "lambda")
    streams = client(running.layout, "dynamodbstreams")
    found = running.deployment.resources.__getitem__
    return Stage(lambda: sqs, lambda: functions, lambda: streams, found)


def test_a_night_looks_at_every_file_and_none_fails(running: Running, stage: Stage):
    post_invoice(running, "N-1")

    answer = stage.functions().invoke(
        FunctionName=running.deployment.outputs["FunctionNightly"], Payload=json.dumps(SCHEDULED)
    )

    assert "FunctionError" not in answer, answer["Payload"].read()
    running.until_quiet(120)
    assert stage.letters("nightly").waiting() == 0


def test_a_redriven_letter_has_its_effect_once(running: Running, stage: Stage):
    invoice = post_invoice(running, "N-2")
    tenant = running.credentials.creditor_id
    letter = json.dumps({"tenant": tenant, "customer": invoice["customer"]})
    for _ in range(2):
        stage.sqs().send_message(QueueUrl=stage.find("EmailDeadLetters"), MessageBody=letter)
    shown = run(stage, _parser().parse_args(["--stack", "any", "list", "email"]))
    redrive = _parser().parse_args(["--stack", "any", "redrive", "email"])

    assert invoice["customer"] in json.dumps(shown)
    assert run(stage, redrive) == {"moved": 2, "stayed": {}}
    assert run(stage, redrive) == {"moved": 0, "stayed": {}}
    until(lambda: running.mail("n-2@"), "the mail")
    running.until_quiet()
    assert len(running.mail("n-2@")) == 1
