"""At every consumer: what always fails comes back alone, and whatever else was with it is done."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib.observability import FunctionFailedError
from chalicelib.ports.storage import Cursor
from chalicelib.services.test_clocks import create_test_clock, request_advance
from chalicelib.services.work_off import TRIES
from chalicelib.storage.mapping import to_record
from tests.builders import TEST
from tests.unit.handlers.events import CONTEXT, came_back, sqs
from tests.world import BILLING, World, somebody

ROOT = Path(__file__).parents[3]
RESOURCES = json.loads((ROOT / ".chalice" / "resources.json").read_text())["Resources"]


def due(world: World, **facts: Any) -> dict[str, str]:
    """Return the message of a customer of whom something is due."""
    invoice = world.post("A-1", due="2026-02-20", customer=somebody(**facts))
    return {"tenant": world.tenant.key, "customer": invoice.customer_id}


CONSUMERS: dict[str, tuple[Callable[..., Any], dict[str, Any], Callable[[World], object]]] = {
    "email": (app.send_email, {}, lambda world: world.email.sent),
    "sms": (app.send_sms, {"email": None}, lambda world: world.sms.sent),
    "action": (
        app.run_action,
        {"email": None, "phone": None},
        lambda world: world.ledger.tasks_page(world.tenant, Cursor(10)).data,
    ),
}


@pytest.mark.parametrize("queue", CONSUMERS)
@pytest.mark.parametrize("poison", ["no JSON", [], {}, {"tenant": "?"}], ids=str)
def test_a_channels_poison_holds_up_nobody(world: World, queue: str, poison: Any):
    function, facts, done = CONSUMERS[queue]
    good = due(world, **facts)
    assert came_back(function(sqs(poison, good, poison), CONTEXT)) == ["m-1", "m-3"]
    assert done(world)


def test_a_partition_that_cannot_be_swept_holds_up_no_other(world: World):
    due(world)
    world.clock.advance(minutes=1)
    partitions = [{"partition": f"wall#{shard}"} for shard in range(world.ports.shards)]
    assert came_back(app.sweep_shard(sqs({"shard": "?"}, *partitions), CONTEXT)) == ["m-1"]
    assert len(world.queues.waiting("email")) == 1


def test_a_clock_that_cannot_advance_holds_up_no_other(world: World):
    world.tenant = TEST
    clock = create_test_clock(world.ports, TEST, BILLING, world.clock.now())
    request_advance(world.ports, TEST, BILLING, clock.id, world.clock.now().replace(day=9))
    event = sqs({"tenant": TEST.key}, *world.queues.drain("clock"))
    assert came_back(app.advance_clock(event, CONTEXT)) == ["m-1"]
    assert world.ledger.test_clock(TEST, clock.id).now.day == 9


def test_a_file_that_cannot_be_checked_holds_up_no_other(
    world: World, capsys: pytest.CaptureFixture[str]
):
    good = due(world)
    assert came_back(app.check_invariants(sqs({"customer": "?"}, good), CONTEXT)) == ["m-1"]
    assert '"FilesChecked":[1.0]' in capsys.readouterr().out.replace(" ", "")


def images(world: World, number: str) -> dict[str, Any]:
    invoice = world.post(number, due="2026-02-20")
    return {
        "eventName": "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_772_438_400,
            "SequenceNumber": number,
            "NewImage": to_record(invoice, shards=2).serialize(),
        },
    }


def test_a_change_that_cannot_be_told_holds_up_no_other(world: World):
    poison = images(world, "A-2")
    del poison["dynamodb"]["NewImage"]["currency"]
    batch = [images(world, "A-1"), poison, images(world, "A-3")]
    for _ in range(2):
        with pytest.raises(FunctionFailedError):
            app.project_changes({"Records": batch}, CONTEXT)
    told = world.ledger.events_page(world.tenant, Cursor(10)).data
    assert sorted(event.data["number"] for event in told) == ["A-1", "A-3"]
    with pytest.raises(FunctionFailedError):
        app.project_changes({"Records": [poison]}, CONTEXT)


def test_the_stream_isolates_what_fails_and_gives_up_on_it():
    [source] = RESOURCES["ProjectChanges"]["Properties"]["Events"].values()
    stream = source["Properties"]
    assert stream["BisectBatchOnFunctionError"] is True
    assert 0 < stream["MaximumRetryAttempts"] <= 10
    destination = stream["DestinationConfig"]["OnFailure"]["Destination"]
    assert destination == {"Fn::GetAtt": ["ChangesDeadLetters", "Arn"]}


def test_a_message_is_flagged_right_before_its_queue_gives_it_up():
    counts = {
        queue: RESOURCES[f"{queue.title()}Queue"]["Properties"]["RedrivePolicy"]["maxReceiveCount"]
        for queue in CONSUMERS
    }
    assert counts == dict.fromkeys(CONSUMERS, TRIES)


def test_what_came_back_before_comes_last_so_that_it_may_kill_its_worker(world: World):
    """Whoever dies at a message has done the others, which come back and change nothing."""
    good = due(world)
    event = sqs(good, good)
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "4"
    order: list[str] = []
    file = world.ledger.file

    def seen(tenant: Any, customer: str) -> Any:
        order.append(customer)
        return file(tenant, customer)

    event["Records"][0]["body"] = json.dumps({**good, "customer": "cus_0000000000000009"})
    world.ledger.file = seen  # type: ignore[method-assign]
    assert came_back(app.send_email(event, CONTEXT)) == []
    assert order[0] == good["customer"]
    assert order[-1] == "cus_0000000000000009"


def test_the_last_try_is_known_by_its_count(world: World):
    invoice = world.post("A-1", due="2026-02-20")
    world.clock.advance(minutes=1)
    event = sqs({"tenant": world.tenant.key, "customer": invoice.customer_id})
    event["Records"][0]["attributes"]["ApproximateReceiveCount"] = "4"

    def raises(*_: object) -> None:
        raise KeyError

    world.ledger.file = raises  # type: ignore[method-assign,assignment]
    assert came_back(app.send_email(event, CONTEXT)) == ["m-1"]
    [task] = world.ledger.tasks_page(world.tenant, Cursor(10)).data
    assert (task.case_id, task.reason) == (invoice.case_id, "KeyError")
