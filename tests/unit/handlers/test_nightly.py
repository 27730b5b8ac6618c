"""The nightly functions as Lambda calls them: from the schedule to a line and a metric per rule."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Any

import pytest

import app
from chalicelib.ports.storage import Write
from tests.builders import TEST, customer_id
from tests.unit.handlers.events import CONTEXT, came_back, drained, minute
from tests.world import World, somebody


def a_night(world: World) -> None:
    """Let the schedule fire, and the queue's worker run until nothing waits."""
    app.nightly(minute(), CONTEXT)
    while world.queues.waiting("nightly"):
        assert came_back(app.check_invariants(drained(world, "nightly"), CONTEXT)) == []


def metrics(printed: str, name: str) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in printed.splitlines() if '"_aws"' in line]
    return [line for line in lines if name in line]


def test_a_violation_counts_for_its_rule_s_alarm(world: World, capsys: pytest.CaptureFixture[str]):
    good = world.post("A-1", due="2026-03-20", customer=somebody("good"))
    bad = world.post("B-1", due="2026-03-20", customer=somebody("bad"))
    before = world.ledger.customer(world.tenant, bad.customer_id)
    wrong = replace(before, balance={"eur": 1}, version=before.version + 1)
    world.ledger.commit([Write(before, wrong)])

    a_night(world)

    [counted] = metrics(capsys.readouterr().out, "InvariantViolated")
    [described] = counted["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "Dunlin"
    assert described["Dimensions"] == [["stage", "rule"]]
    assert (counted["stage"], counted["rule"]) == ("prod", "balance_adds_up")
    assert counted["InvariantViolated"] == [1.0]
    assert good.customer_id != bad.customer_id


def test_a_payment_that_differs_is_a_line_and_counts_for_its_alarm(
    world: World, written: io.StringIO, capsys: pytest.CaptureFixture[str]
):
    invoice = world.post("A-1", due="2026-03-20", customer=somebody("erika"))
    world.payments.without_account = {TEST}
    unheard = replace(world.card(invoice), disputed=0)
    stranger = replace(unheard, provider_reference="pi_2", customer_id=customer_id("stranger"))
    for fact in (unheard, stranger):
        world.payments.settle(fact)
    world.clock.advance(days=1)

    a_night(world)

    text = written.getvalue()
    told = [json.loads(each) for each in text.splitlines() if "a payment differs" in each]
    assert {(line["provider_id"], line["reason"], line["status"]) for line in told} == {
        ("pi_1", "not_here", "taken_in"),
        ("pi_2", "not_here", "unsettled"),
    }
    assert {line["tenant"] for line in told} == {world.tenant.key}
    assert "erika" not in text
    printed = capsys.readouterr().out
    counted = metrics(printed, "PaymentsDiffer")
    assert [line["PaymentsDiffer"] for line in counted] == [[1.0], [1.0]]
    dimensions = [line["_aws"]["CloudWatchMetrics"][0]["Dimensions"] for line in counted]
    assert dimensions == [[["stage"]], [["stage"]]]
    assert sum(metrics(printed, "MovementsCompared")[0]["MovementsCompared"]) == 2
    assert world.invoice(invoice).remaining == 0


def test_a_movement_that_nobody_can_read_rings_and_holds_up_nothing(
    world: World, written: io.StringIO, capsys: pytest.CaptureFixture[str]
):
    invoice = world.post("A-1", due="2026-03-20")
    world.payments.without_account = {TEST}
    world.payments.settle(world.card(invoice))
    world.payments.unreadable = ("txn_odd",)
    world.clock.advance(days=1)

    a_night(world)

    [line] = [json.loads(each) for each in written.getvalue().splitlines() if "a movement" in each]
    assert line["provider_id"] == "txn_odd"
    assert len(metrics(capsys.readouterr().out, "PaymentsDiffer")) == 2
    assert world.invoice(invoice).remaining == 0


def test_a_line_says_which_record_and_nothing_about_persons(world: World, written: io.StringIO):
    bad = world.post("B-1", due="2026-03-20", customer=somebody("erika"))
    before = world.ledger.customer(world.tenant, bad.customer_id)
    wrong = replace(before, balance={"eur": 1}, version=before.version + 1)
    world.ledger.commit([Write(before, wrong)])

    a_night(world)

    text = written.getvalue()
    [line] = [json.loads(each) for each in text.splitlines() if "invariant violated" in each]
    assert (line["rule"], line["record"]) == ("balance_adds_up", bad.customer_id)
    assert (line["tenant"], line["customer"]) == (world.tenant.key, bad.customer_id)
    assert "erika" not in text


def test_a_night_without_violations_counts_the_files_and_nothing_else(
    world: World, capsys: pytest.CaptureFixture[str]
):
    for number in range(3):
        world.post(f"A-{number}", due="2026-03-20", customer=somebody(f"c{number}"))

    a_night(world)

    printed = capsys.readouterr().out
    assert metrics(printed, "InvariantViolated") == []
    assert sum(sum(line["FilesChecked"]) for line in metrics(printed, "FilesChecked")) == 3


def test_what_happened_long_ago_is_a_warning_and_wakes_nobody(
    world: World, written: io.StringIO, capsys: pytest.CaptureFixture[str]
):
    world.post("B-1", due="2026-03-20")  # of which no event tells

    for hours, level in ((2, "ERROR"), (50, "WARNING")):
        world.clock.advance(hours=hours)
        written.truncate(0)
        written.seek(0)
        a_night(world)
        told = [json.loads(each) for each in written.getvalue().splitlines()]
        assert {(each["level"], each["rule"]) for each in told} == {(level, "change_is_told")}
        counted = metrics(capsys.readouterr().out, "InvariantViolated")
        assert len(counted) == (len(told) if level == "ERROR" else 0)


def test_files_are_counted_for_the_stage_s_alarm(world: World, capsys: pytest.CaptureFixture[str]):
    world.post("A-1", due="2026-03-20")

    a_night(world)

    [counted] = metrics(capsys.readouterr().out, "FilesChecked")
    [described] = counted["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == ("Dunlin", [["stage"]])
    assert (counted["stage"], counted["FilesChecked"]) == ("prod", [1.0])
