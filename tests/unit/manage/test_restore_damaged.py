"""What of an export can't be made out keeps nobody else from being restored."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from chalicelib import bootstrap
from chalicelib.domain.communication import STUCK
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.storage import Cursor
from tests.builders import LIVE
from tests.exported import write_export
from tests.fakes.world import FakeClock
from tests.unit.manage.restoring import EXPORTED, OLD, RULES, UNTIL, Aws, restore, stored


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


def export_damaged(aws: Aws, attribute: str) -> None:
    """Export the old stage with an attribute of its case that nobody can read."""
    items = [
        {**item, attribute: {"S": "garbage"}} if key[1].startswith("FILE#CASE#") else item
        for key, item in stored(OLD).items()
    ]
    write_export(aws.s3, items, at=EXPORTED)
