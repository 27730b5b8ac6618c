"""What became of a delivery is counted for the dashboard, and logged with what it is about."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

import app
from chalicelib.domain.customer import Change
from chalicelib.domain.webhook_endpoint import FailureReason
from chalicelib.observability import OWN_KEYS
from chalicelib.ports.webhooks import Answered
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from tests.unit.handlers.events import CONTEXT, came_back, sqs
from tests.world import World

URL = "https://billing.example.com/dunlin"
BY = Change(by="test", why="test")


@pytest.mark.parametrize(
    ("answered", "metric"),
    [
        (Answered(200), "WebhookDelivered"),
        (Answered(500, FailureReason.STATUS), "WebhookFailed"),
    ],
)
def test_what_became_of_it_is_counted_by_stage_and_logged(
    world: World,
    capsys: pytest.CaptureFixture[str],
    caplog: Any,
    answered: Answered,
    metric: str,
):
    draft = EndpointDraft(URL, ("invoice.created",))
    endpoint = add_webhook_endpoint(world.ports, world.tenant, BY, draft).endpoint
    world.webhooks.script(URL, answered)
    world.post("A-1", due="2026-03-01")
    world._project()
    [message] = world.queues.drain("webhook")

    assert came_back(app.publish_event(sqs(message), CONTEXT)) == []

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    [told] = [line for line in lines if metric in line]
    assert (told[metric], told["stage"]) == ([1], "prod")
    [logged] = [each for each in caplog.records if each.msg.startswith("webhook ")]
    assert (logged.endpoint, logged.status) == (endpoint.id, answered.status)
    assert {"tenant", "endpoint", "event", "status", "reason"} <= OWN_KEYS


def test_what_its_receiver_put_off_is_logged_and_no_attempt(
    world: World, capsys: pytest.CaptureFixture[str], caplog: Any
):
    draft = EndpointDraft(URL, ("invoice.created",))
    add_webhook_endpoint(world.ports, world.tenant, BY, draft)
    world.webhooks.always(URL, Answered(429, FailureReason.STATUS, timedelta(hours=1)))
    for number in range(2):
        world.post(f"A-{number}", due="2026-03-01")
    world._project()
    for message in world.queues.drain("webhook"):
        assert came_back(app.publish_event(sqs(message), CONTEXT)) == []

    logged = [each.msg for each in caplog.records if each.msg.startswith("webhook ")]
    assert logged == ["webhook failed", "webhook put_off"]
    assert capsys.readouterr().out.count('"WebhookFailed":') == 1
