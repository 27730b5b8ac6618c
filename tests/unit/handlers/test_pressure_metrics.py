"""What is left of the day, and what was put off, are told in metrics that alarms know."""

from __future__ import annotations

import json
from typing import Any

import pytest

import app
from chalicelib.domain.quota import Quota
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.services.work_off import TRIES
from tests.unit.handlers.events import CONTEXT, came_back, minute, sqs
from tests.world import World


def told(capsys: pytest.CaptureFixture[str], metric: str) -> list[dict[str, Any]]:
    """Return what was told of a metric."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    return [line for line in lines if metric in line]


@pytest.mark.parametrize(("left", "percent"), [(1000, 100.0), (299, 29.9), (-3, 0.0)])
def test_the_sweep_says_how_much_is_left(
    world: World, capsys: pytest.CaptureFixture[str], left: int, percent: float
):
    world.sending.quotas = {"email": Quota(1000, left)}
    app.sweep(minute(), CONTEXT)
    [line] = told(capsys, "EmailQuotaLeft")
    assert line["EmailQuotaLeft"] == [percent]
    assert line["stage"] == "prod"


def test_without_a_quota_nothing_is_said(world: World, capsys: pytest.CaptureFixture[str]):
    app.sweep(minute(), CONTEXT)
    assert told(capsys, "EmailQuotaLeft") == []


def test_what_is_put_off_is_counted_and_does_not_come_back(
    world: World, capsys: pytest.CaptureFixture[str]
):
    invoice = world.post("A-1", due="2026-02-20")
    message = {"tenant": world.tenant.key, "customer": invoice.customer_id}
    world.email.script(Handover(Delivery.NOT_NOW, reason="throttled"))

    assert came_back(app.send_email(sqs(message), CONTEXT)) == []

    [line] = told(capsys, "MessagePutOff")
    assert (line["stage"], line["channel"]) == ("prod", "email")
    [again] = world.queues.drain("email")
    assert again == {**message, "put_off": "1"}


def test_what_is_refused_again_and_again_is_counted_and_does_not_come_back(
    world: World, capsys: pytest.CaptureFixture[str]
):
    invoice = world.post("A-1", due="2026-02-20")
    message = {"tenant": world.tenant.key, "customer": invoice.customer_id}
    paused = Handover(Delivery.NOT_NOW, reason="configuration: AccountSendingPaused")
    world.email.script(paused, paused)

    assert came_back(app.send_email(sqs(message, tries=TRIES - 2), CONTEXT)) != []
    assert told(capsys, "MessageRefused") == []
    assert came_back(app.send_email(sqs(message, tries=TRIES - 1), CONTEXT)) == []

    [line] = told(capsys, "MessageRefused")
    assert line["stage"] == "prod"
    assert world.queues.drain("email") == []
