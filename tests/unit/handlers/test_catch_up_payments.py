"""The catch-up's function: what it logs and measures, also where it fails."""

from __future__ import annotations

import io
import json
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import pytest

import app
from chalicelib.observability import FunctionFailedError
from chalicelib.ports.payment_marks import PaymentMark
from tests.builders import LIVE, TEST
from tests.unit.services.catching_up import fails, loses
from tests.world import World

CONTEXT = SimpleNamespace(aws_request_id="req-1", function_name="dunlin-prod-catch_up_payments")


@pytest.fixture
def world(world: World) -> World:
    """Return a world in which one creditor's payments are caught up with."""
    world.marks.begin(LIVE)
    return world


def run() -> None:
    names = ("version", "account", "region", "source", "time", "id", "detail-type")
    app.catch_up_payments({**dict.fromkeys(names, ""), "detail": {}, "resources": []}, CONTEXT)


def measured(capsys: pytest.CaptureFixture[str]) -> dict[tuple[str, str], float]:
    """Return the metrics by name and mode, as CloudWatch reads them from the log."""
    found = {}
    for line in (json.loads(line) for line in capsys.readouterr().out.splitlines()):
        [about] = line.get("_aws", {"CloudWatchMetrics": [None]})["CloudWatchMetrics"]
        if about:
            [metric] = about["Metrics"]
            assert (about["Namespace"], about["Dimensions"]) == ("Dunlin", [["stage", "mode"]])
            assert line["stage"] == "prod"
            [found[metric["Name"], line["mode"]]] = line[metric["Name"]]
    return found


def test_a_payment_is_taken_in_and_nobody_is_behind(
    world: World, capsys: pytest.CaptureFixture[str]
):
    invoice = world.post("A-1", due="2026-02-20")
    world.payments.told.append(world.card(invoice))
    world.clock.advance(minutes=2)

    run()

    assert world.invoice(invoice).remaining == 0
    assert measured(capsys) == {
        (name, mode): 0.0
        for name in ("PaymentsBehind", "PaymentsNewlyBehind")
        for mode in ("live", "test")
    }


def test_who_is_behind_is_counted_by_mode_also_when_the_run_fails(
    world: World, capsys: pytest.CaptureFixture[str]
):
    now = world.clock.now()
    for tenant, hours in ((LIVE, 4), (TEST, 3)):
        world.marks.begin(tenant)
        world.marks.move(PaymentMark(tenant), PaymentMark(tenant, now - timedelta(hours=hours)))
    world.payments.told_at_once = "nonsense"  # a fault that nobody foresaw

    with pytest.raises(FunctionFailedError, match="ExceptionGroup"):
        run()

    assert measured(capsys) == {
        ("PaymentsBehind", "live"): 1.0,
        ("PaymentsNewlyBehind", "live"): 0.0,
        ("PaymentsBehind", "test"): 1.0,
        ("PaymentsNewlyBehind", "test"): 1.0,
    }


def test_a_payment_that_can_not_be_taken_in_is_named_whatever_stands_in_its_way(
    world: World, written: io.StringIO
):
    paid = world.card(world.post("A-1", due="2026-02-20"))
    world.payments.told.append(paid)
    world.clock.advance(minutes=2)
    for meddle, code in ((loses("pi_1"), "concurrent_change"), (fails("pi_1"), None)):
        world.ledger.before_commit = meddle
        written.truncate(0)
        written.seek(0)
        with suppress(FunctionFailedError):
            run()
        lines = [json.loads(line) for line in written.getvalue().splitlines()]
        [line] = [each for each in lines if each["message"] == "a payment can't be taken in"]
        named = (line["level"], line["tenant"], line["event"], line["payment"], line.get("code"))
        assert named == ("ERROR", LIVE.key, paid.event_id, paid.provider_reference, code)
        assert ("ZeroDivisionError" in line.get("exception", "")) is (code is None)


def test_an_event_that_nobody_can_read_counts_for_its_mode(
    world: World, capsys: pytest.CaptureFixture[str]
):
    world.payments.unreadable = ("evt_odd",)
    run()
    assert measured(capsys)["PaymentEventUnreadable", "live"] == 1.0


def test_what_needs_a_person_is_logged(world: World, written: io.StringIO):
    world.payments.unreadable = ("evt_odd",)
    world.marks.begin(TEST)
    world.payments.closed_to = {TEST}

    run()

    lines = [json.loads(line) for line in written.getvalue().splitlines()]
    told = {
        (line["level"], line["message"], line.get("event") or line.get("tenant")) for line in lines
    }
    assert told == {
        ("ERROR", "an event that nobody can read", "evt_odd"),
        ("WARNING", "catch-up held up", TEST.key),
    }
