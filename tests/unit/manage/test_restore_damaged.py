"""What of an export can't be made out keeps nobody else from being restored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.domain.communication import STUCK
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.storage import Cursor
from chalicelib.services.follow_up import follow_up
from tests.builders import LIVE
from tests.exported import write_export
from tests.fakes.world import FakeClock
from tests.unit.manage.restoring import EXPORTED, NEW, OLD, RULES, UNTIL, Aws, on, restore, stored
from tests.world import World


@pytest.fixture(autouse=True)
def later(empty: Aws) -> None:
    """Let it be the end of the lost stretch."""
    bootstrap.use(replace(bootstrap.ports(), clock=FakeClock(datetime.fromisoformat(UNTIL))))


@pytest.mark.parametrize("attribute", ["pauses", "status", "results", "amount"])
def test_a_damaged_case_is_flagged_and_the_stage_goes_on(
    empty: Aws, invoice: Invoice, attribute: str, capsys: pytest.CaptureFixture[str]
):
    export_damaged(empty, attribute)

    assert restore(empty, "--lost-until", UNTIL) == 0

    assert json.loads(capsys.readouterr().out)["perhaps_sent"] == 0
    assert empty.enabled == dict.fromkeys(RULES, True)
    [task] = bootstrap.ports().ledger.tasks_page(LIVE, Cursor(10)).data
    assert (task.step, task.case_id, task.reason) == (
        STUCK,
        invoice.case_id,
        "UnreadableRecordError",
    )


@pytest.mark.parametrize("is_there", [True, False])
def test_a_sequence_that_is_damaged_or_missing_is_no_more(
    empty: Aws,
    invoice: Invoice,
    is_there: bool,  # noqa: FBT001
):
    items = [
        {**item, "body": {"S": "garbage"}} if item["kind"]["S"] == "sequence" else item
        for item in stored(OLD).values()
        if is_there or item["kind"]["S"] != "sequence"
    ]
    write_export(empty.s3, items, at=EXPORTED)

    assert restore(empty, "--lost-until", UNTIL) == 0

    [task] = bootstrap.ports().ledger.tasks_page(LIVE, Cursor(10)).data
    assert task.reason == ("UnreadableRecordError" if is_there else "NotFoundError")


def test_once_it_is_mended_nothing_of_the_lost_stretch_is_sent_again(empty: Aws, invoice: Invoice):
    world = World(UNTIL.removesuffix("Z"))
    bootstrap.use(on(NEW, world))
    export_damaged(empty, "pauses")
    restore(empty, "--lost-until", UNTIL)
    boto3.client("dynamodb").put_item(TableName=NEW, Item=case_of(stored(OLD)))

    follow_up(bootstrap.ports(), LIVE, invoice.customer_id)

    assert world.email.attempts == []
    file = bootstrap.ports().ledger.file(LIVE, invoice.customer_id)
    assert file
    [case] = file.cases
    assert (case.results["notice_due"].outcome, file.lost) == ("unconfirmed", None)


def case_of(items: dict[tuple[str, str], dict[str, Any]]) -> dict[str, Any]:
    [case] = [item for key, item in items.items() if key[1].startswith("FILE#CASE#")]
    return case


def export_damaged(aws: Aws, attribute: str) -> None:
    """Export the old stage with an attribute of its case that nobody can read."""
    items = [
        {**item, attribute: {"S": "garbage"}} if key[1].startswith("FILE#CASE#") else item
        for key, item in stored(OLD).items()
    ]
    write_export(aws.s3, items, at=EXPORTED)
