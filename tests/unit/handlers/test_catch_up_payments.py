"""The catch-up's function: what it logs and measures, also where it fails."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

import app
from chalicelib import bootstrap
from chalicelib.observability import SERVICE, FunctionFailedError, logger
from chalicelib.ports.payment_marks import PaymentMark
from tests.builders import LIVE, TEST
from tests.environment import COMPLETE
from tests.world import World

CONTEXT = SimpleNamespace(aws_request_id="req-1", function_name="dunlin-prod-catch_up_payments")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Return the world in which the function runs, in the stage `prod`."""
    for variable, value in COMPLETE.items():
        monkeypatch.setenv(variable, value)
    bootstrap.settings.cache_clear()
    world = World("2026-03-02 08:00")
    world.marks.begin(LIVE)
    bootstrap.use(world.ports)
    yield world
    bootstrap.use(None)
    bootstrap.settings.cache_clear()


@pytest.fixture
def functions_lines() -> Iterator[io.StringIO]:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logger().registered_formatter)
    logging.getLogger(SERVICE).addHandler(handler)
    yield out
    logging.getLogger(SERVICE).removeHandler(handler)


def run() -> None:
    names = ("version", "account", "region", "source", "time", "id", "detail-type")
    app.catch_up_payments({**dict.fromkeys(names, ""), "detail": {}, "resources": []}, CONTEXT)


def measured(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return the metric as CloudWatch reads it from the log."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    [found] = [line for line in lines if "_aws" in line]
    return found


def test_a_payment_is_taken_in_and_nobody_is_behind(
    world: World, capsys: pytest.CaptureFixture[str]
):
    invoice = world.post("A-1", due="2026-02-20")
    world.payments.told.append(world.card(invoice))
    world.clock.advance(minutes=2)

    run()

    assert world.invoice(invoice).remaining == 0
    metric = measured(capsys)
    assert (metric["PaymentsBehind"], metric["stage"]) == ([0.0], "prod")
    [about] = metric["_aws"]["CloudWatchMetrics"]
    assert (about["Namespace"], about["Dimensions"][0]) == ("Dunlin", ["stage"])


def test_who_is_behind_is_counted_also_when_the_run_fails(
    world: World, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    world.marks.move(PaymentMark(LIVE), world.clock.now() - timedelta(hours=4))
    world.marks.begin(TEST)
    world.payments.told_at_once = "nonsense"  # a fault that nobody foresaw

    with pytest.raises(FunctionFailedError, match="ExceptionGroup"):
        run()

    assert measured(capsys)["PaymentsBehind"] == [1.0]


def test_what_needs_a_person_is_logged(world: World, functions_lines: io.StringIO):
    world.payments.unreadable = ("evt_odd",)
    world.marks.begin(TEST)
    world.payments.closed_to = {TEST}

    run()

    lines = [json.loads(line) for line in functions_lines.getvalue().splitlines()]
    told = {
        (line["level"], line["message"], line.get("event") or line.get("tenant")) for line in lines
    }
    assert told == {
        ("ERROR", "an event that nobody can read", "evt_odd"),
        ("WARNING", "catch-up held up", TEST.key),
    }
