"""The event functions, called as Lambda calls them: real event shapes in, their effects out."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import app
from chalicelib import bootstrap
from chalicelib.domain.customer import Suppression
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.services.test_clocks import create_test_clock, request_advance
from chalicelib.storage.mapping import to_record
from tests.builders import TEST, a_creditor, utc
from tests.unit.handlers.events import CONTEXT, came_back, drained, minute, sns, sqs
from tests.world import BILLING, World, somebody


def test_from_the_minute_to_the_message(world: World):
    world.post("A-1", due="2026-02-20")
    world.clock.advance(minutes=1)

    app.sweep(minute(), CONTEXT)
    assert came_back(app.sweep_shard(drained(world, "sweep"), CONTEXT)) == []
    assert came_back(app.send_email(drained(world, "email"), CONTEXT)) == []

    [message] = world.email.sent
    assert "A-1" in message.content.subject


def test_sweeping_says_how_much_was_handed_over(world: World, capsys: pytest.CaptureFixture[str]):
    world.post("A-1", due="2026-02-20")
    world.clock.advance(minutes=1)
    app.sweep(minute(), CONTEXT)

    app.sweep_shard(drained(world, "sweep"), CONTEXT)

    metrics = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert sum(metrics["HandedOver"]) == 1


def test_one_bad_message_of_a_batch_comes_back_alone(world: World):
    invoice = world.post("A-1", due="2026-02-20")
    good = {"tenant": world.tenant.key, "customer": invoice.customer_id}

    answer = app.send_email(sqs("no JSON", good, [1], {"tenant": "x"}), CONTEXT)

    assert came_back(answer) == ["m-1", "m-3", "m-4"]
    assert len(world.email.sent) == 1


def test_what_the_gateway_cannot_take_now_comes_back_and_is_no_fault(
    world: World, capsys: pytest.CaptureFixture[str]
):
    invoice = world.post("A-1", due="2026-02-20")
    message = {"tenant": world.tenant.key, "customer": invoice.customer_id}
    world.email.script(Handover(Delivery.NOT_NOW, reason="no connection"))

    assert came_back(app.send_email(sqs(message), CONTEXT)) == ["m-1"]
    assert "MessageFailed" not in capsys.readouterr().out
    assert came_back(app.send_email(sqs(message), CONTEXT)) == []
    assert len(world.email.sent) == 1


def test_an_sms_leaves_by_its_own_worker(world: World):
    customer = somebody(email=None)
    invoice = world.post("A-1", due="2026-02-20", customer=customer)
    message = {"tenant": world.tenant.key, "customer": invoice.customer_id}

    app.send_email(sqs(message), CONTEXT)
    assert not world.email.attempts
    assert came_back(app.send_sms(sqs(message), CONTEXT)) == []

    assert [sms.to for sms in world.sms.sent] == ["+4915112345678"]


def test_what_is_no_message_is_done_by_its_own_worker(world: World):
    invoice = world.post("A-1", due="2026-02-20", customer=somebody(email=None, phone=None))
    message = {"tenant": world.tenant.key, "customer": invoice.customer_id}

    assert came_back(app.run_action(sqs(message), CONTEXT)) == []

    assert not world.email.attempts
    assert not world.sms.attempts
    [task] = world.ledger.tasks_page(world.tenant, Cursor(limit=10)).data
    assert task.customer_id == invoice.customer_id


def test_a_bounce_stops_the_address(world: World):
    invoice = world.post("A-1", due="2026-02-20")
    world.clock.advance(minutes=1)
    world.sweep()
    [message] = world.email.sent
    bounce = {
        "eventType": "Bounce",
        "mail": {
            "messageId": "provider-1",
            "timestamp": "2026-03-02T08:00:00.000Z",
            "destination": [message.to],
            "tags": {
                "dunlin_communication": [message.communication_id],
                "dunlin_creditor": [world.tenant.creditor_id],
                "dunlin_mode": ["live"],
            },
        },
        "bounce": {
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [{"emailAddress": message.to}],
            "timestamp": "2026-03-02T08:00:02.000Z",
        },
    }

    app.receive_email_event(sns(bounce), CONTEXT)

    customer = world.ledger.customer(world.tenant, invoice.customer_id)
    assert customer.suppressed == {message.to: Suppression.BOUNCED}


def test_a_customer_who_texts_stop_is_heard_and_not_named_in_the_log(
    world: World, capsys: pytest.CaptureFixture[str]
):
    ours, number = "+4915119999999", "+4915112345678"
    creditor = a_creditor(sms_number=ours, default_sequence=DEFAULT.id)
    world.ledger.save_creditor(creditor)
    invoice = world.post("A-1", due="2026-02-20")
    world.work()
    event = sns({
        "originationNumber": number,
        "destinationNumber": ours,
        "messageKeyword": "STOP",
        "messageBody": "Stop",
        "inboundMessageId": "cae173d2-66b9-564c-8309-21f858e9fb84",
        "previousPublishedMessageId": "provider-1",
    })  # fmt: skip
    event["Records"][0]["Sns"]["Timestamp"] = "2026-03-02T07:59:58.123Z"

    app.receive_sms(event, CONTEXT)

    customer = world.ledger.customer(world.tenant, invoice.customer_id)
    assert customer.consents["sms"].at == utc("2026-03-02 07:59:58.123")
    assert number not in capsys.readouterr().out


def test_what_was_committed_is_told_and_counted(world: World, capsys: pytest.CaptureFixture[str]):
    invoice = world.post("A-1", due="2026-02-20")
    image = to_record(invoice, shards=2).serialize()
    other = {"pk": {"S": "x#REF#number#A-1"}, "sk": {"S": "REF"}, "kind": {"S": "reference"}}
    event = {
        "Records": [
            {"eventID": "1", "eventName": "INSERT", "dynamodb": _images(NewImage=image)},
            {"eventID": "2", "eventName": "INSERT", "dynamodb": _images(NewImage=other)},
        ]
    }

    app.project_changes(event, CONTEXT)
    app.project_changes(event, CONTEXT)

    events = world.ledger.events_page(world.tenant, Cursor(limit=10)).data
    assert [(each.type, each.object_id) for each in events] == [("invoice.created", invoice.id)]
    counted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    wanted = {"stage": "prod", "mode": "live", "type": "invoice.created", "Happened": [1.0]}
    assert [each.items() >= wanted.items() for each in counted] == [True, True]


def test_a_test_clock_moves_on(world: World):
    world.tenant = TEST
    start = world.clock.now()
    clock = create_test_clock(world.ports, TEST, BILLING, start)
    world.post("A-1", due="2026-03-03", customer=somebody(test_clock=clock.id))
    request_advance(world.ports, TEST, BILLING, clock.id, start + timedelta(days=20))

    assert came_back(app.advance_clock(drained(world, "clock"), CONTEXT)) == []

    assert world.ledger.test_clock(TEST, clock.id).now == start + timedelta(days=20)
    assert len(world.email.sent) > 1


def test_tests_may_replace_ports_one_by_one(world: World):
    world.post("A-1", due="2026-02-20")
    bootstrap.use(replace(world.ports, shards=1))

    app.sweep(minute(), CONTEXT)

    asked = {message["partition"] for message in world.queues.waiting("sweep")}
    assert asked == {"wall#0", "webhook#0"}


def _images(**images: Any) -> dict[str, Any]:
    return {
        "ApproximateCreationDateTime": 1_772_438_400,
        "SequenceNumber": "1",
        "SizeBytes": 1,
        "StreamViewType": "NEW_AND_OLD_IMAGES",
        **images,
    }
