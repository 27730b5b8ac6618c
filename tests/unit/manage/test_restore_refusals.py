"""Nothing is restored twice, over what is there, or from an export that isn't whole."""

from __future__ import annotations

import gzip
from typing import Any

import pytest

import manage.restore
from chalicelib import bootstrap
from chalicelib.domain.invoice import Invoice
from chalicelib.services.create_creditor import create_creditor
from manage.restore import main
from tests.builders import a_creditor
from tests.exported import BUCKET, FOLDER, write_export
from tests.unit.manage.restoring import (
    NEW,
    RULES,
    UNTIL,
    Aws,
    restore,
    stored,
)


def test_a_stage_is_restored_once(empty: Aws, invoice: Invoice, capsys: pytest.CaptureFixture[str]):
    restore(empty, "--lost-until", UNTIL)
    before = stored(NEW)

    assert restore(empty) == 1
    assert "was restored before" in capsys.readouterr().err
    assert stored(NEW) == before


def test_nothing_is_restored_over_what_is_there(
    empty: Aws, invoice: Invoice, capsys: pytest.CaptureFixture[str]
):
    create_creditor(bootstrap.ports(), a_creditor(id="cr_0000000000000777"))
    before = stored(NEW)

    assert restore(empty) == 1
    assert "isn't empty" in capsys.readouterr().err
    assert stored(NEW) == before


def test_another_export_is_not_mixed_in(
    empty: Aws,
    invoice: Invoice,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    monkeypatch.setattr(manage.restore, "relive", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        restore(empty)
    write_export(empty.s3, [], exportArn="arn:another")

    assert restore(empty) == 1
    assert "from another export" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("summary", "says"),
    [
        ({"outputFormat": "ION"}, "DYNAMODB_JSON"),
        ({"exportType": "INCREMENTAL_EXPORT"}, "full export"),
        ({"itemCount": 1}, "as many items"),
    ],
)
def test_what_can_not_be_restored_wholly_is_refused(
    empty: Aws, summary: dict[str, Any], says: str, capsys: pytest.CaptureFixture[str]
):
    write_export(empty.s3, [], **summary)

    assert restore(empty) == 1
    assert says in capsys.readouterr().err
    assert stored(NEW) == {}


def test_a_file_that_was_cut_short_is_noticed(
    empty: Aws, invoice: Invoice, capsys: pytest.CaptureFixture[str]
):
    nothing = gzip.compress(b"")
    empty.s3.put_object(Bucket=BUCKET, Key=f"{FOLDER}/data/part1.json.gz", Body=nothing)

    assert restore(empty) == 1
    assert "part1.json.gz holds 0 items instead of" in capsys.readouterr().err
    assert empty.enabled == dict.fromkeys(RULES, False)


@pytest.mark.parametrize("location", ["here", "s3://nobody/has/this", f"s3://{BUCKET}/other"])
def test_an_export_that_is_not_there_is_said_to_be_missing(
    empty: Aws, location: str, capsys: pytest.CaptureFixture[str]
):
    write_export(empty.s3, [])

    assert main(["--stack", "dunlin-prod", location], connect=empty) == 1
    assert "s3://" in capsys.readouterr().err
    assert stored(NEW) == {}
