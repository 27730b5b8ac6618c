"""An export put into an empty stage gives the same state, and sends nothing a second time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.storage.keys import DUE_AT
from local import package
from local.creditor import ensure_secrets
from local.deploy import STACK_NAME, deploy
from local.layout import REGION, ROOT, Layout
from local.run import parameters_of
from local.stack import Stack, client
from local.warm import warm
from manage.schedules import held
from tests.exported import items_of, write_export
from tests.stack import Running, a_bakery, post_invoice
from tests.waiting import until

pytestmark = [pytest.mark.stack, pytest.mark.enable_socket]

Items = dict[tuple[str, str], dict[str, Any]]
MOVE_ON = {"mark", "payment_mark", "request_count"}
"""Kinds of items that change as soon as the stage is used: marks, and how much a key asked for."""


@dataclass(frozen=True)
class Lost:
    """What a stage held when it was exported, and when that was; it went on after that."""

    items: Items
    at: datetime
    reminded: Any
    reminded_after: Any


@pytest.fixture(scope="module")
def lost(running: Running) -> Lost:
    """Return the export of a stage that had sent one reminder, and sent another after it."""
    reminded = post_invoice(running, "RESTORE-1")
    running.sweep_until_mail("restore-1@")
    running.until_quiet()
    with _still(running):
        after = post_invoice(running, "RESTORE-2")
        at, items = datetime.now(UTC), _items(running.stack, running.deployment.outputs)
    running.sweep_until_mail("restore-2@")
    return Lost(items, at, reminded, after)


@pytest.fixture(scope="module")
def restored(
    running: Running, lost: Lost, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Running, dict[str, Any]]]:
    """Return a new stage into which that was restored, and what the command said."""
    stack = Stack(Layout.on_free_ports(tmp_path_factory.mktemp("restored")))
    try:
        stack.start()
        packed = package.build()
        deployment = deploy(stack, packed, parameters=parameters_of(stack.layout))
        ensure_secrets(stack)
        location = write_export(client(stack.layout, "s3"), lost.items.values(), at=lost.at)
        answer = _command(stack, location)
        assert answer.returncode == 0, answer.stderr
        warm(stack.layout, deployment.with_prefix("Function"))
        stage = Running(stack, running.credentials, deployment)
        _until_all_is_told(stage)
        yield stage, json.loads(answer.stdout)
    finally:
        stack.stop()


def test_the_same_state_is_there_but_for_what_came_due_meanwhile(
    lost: Lost, restored: tuple[Running, dict[str, Any]]
):
    stage, told = restored
    there = _items(stage.stack, stage.deployment.outputs)
    due = {
        item["pk"]["S"] for item in lost.items.values() if DUE_AT in item
    }  # whoever waits for something may have been looked at
    same = {
        key: item
        for key, item in lost.items.items()
        if key[0] not in due and item["kind"]["S"] not in MOVE_ON
    }

    assert told["items"] == len(lost.items)
    assert len(same) > len(lost.items) / 2
    assert {key: _without_nonce(there.get(key, {})) for key in same} == {
        key: _without_nonce(item) for key, item in same.items()
    }
    assert lost.items.keys() <= there.keys()
    new = {
        key[0]
        for key in there.keys() - lost.items.keys()
        if key[0] not in due and there[key]["kind"]["S"] not in MOVE_ON
    }
    assert not {key for key in new if key in {old for old, _ in lost.items}}


def test_nothing_is_sent_a_second_time(lost: Lost, restored: tuple[Running, dict[str, Any]]):
    stage, told = restored
    for _ in range(3):
        stage.sweep()
        stage.until_quiet()

    assert told["perhaps_sent"] >= 1
    assert stage.mail("restore-1@") == stage.mail("restore-2@") == []
    [first, second] = (
        stage.api.get(f"/v1/cases/{each['case']}") for each in (lost.reminded, lost.reminded_after)
    )
    assert [result["outcome"] for result in first["results"]] == ["sent"]
    assert second["results"] == []  # after an hour without a word of it it ends unconfirmed
    assert second["in_flight"]


def test_the_stage_lives_on_with_the_same_keys(restored: tuple[Running, dict[str, Any]]):
    stage, _ = restored
    invoice = post_invoice(stage, "RESTORE-3")

    stage.sweep_until_mail("restore-3@")
    stage.until_quiet()

    told = stage.api.get(f"/v1/customers/{invoice['customer']}/timeline?limit=100")["data"]
    assert [each["type"] for each in told if each["object_id"] == invoice["id"]] == [
        "invoice.created"
    ]


def test_it_is_not_restored_over_what_is_there(
    lost: Lost, restored: tuple[Running, dict[str, Any]], running: Running
):
    location = "s3://exports/dunlin/AWSDynamoDB/01234567890123-a1b2c3d4"
    again = _command(restored[0].stack, location)
    write_export(client(running.layout, "s3"), [], at=lost.at)
    over = _command(running.stack, location)

    assert (again.returncode, again.stdout) == (over.returncode, over.stdout) == (1, "")
    assert "was restored before" in again.stderr
    assert "isn't empty" in over.stderr


def _until_all_is_told(stage: Running) -> None:
    """Wait until the stream has come to what is newer than all that was put back."""
    customer = stage.api.post("/v1/customers", a_bakery("RESTORE-0"))
    path = f"/v1/customers/{customer['id']}/timeline"
    until(lambda: stage.api.get(path)["data"], "the event of a new customer")


def _still(running: Running) -> Any:
    def connect(service: str) -> Any:
        return lambda: client(running.layout, service)

    return held(STACK_NAME, cloudformation=connect("cloudformation"), events=connect("events"))


def _items(stack: Stack, outputs: Any) -> Items:
    found = items_of(client(stack.layout, "dynamodb"), outputs["TableName"])
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in found}


def _without_nonce(item: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in item.items() if name != "nonce"}


def _command(stack: Stack, location: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL": stack.layout.aws_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    words = [sys.executable, "-m", "manage.restore", "--stack", STACK_NAME, location]
    return subprocess.run(
        words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
