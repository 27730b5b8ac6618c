"""An export is restored into an empty stage wholly, and also by several attempts."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import manage.restore
from chalicelib import bootstrap
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.storage import Cursor
from chalicelib.services.try_later import TryLaterError
from manage.restore import _parser
from tests.builders import LIVE
from tests.exported import LOCATION
from tests.unit.manage.restoring import (
    EXPORTED,
    NEW,
    OLD,
    RULES,
    UNTIL,
    Aws,
    restore,
    stored,
    unmarked,
)

RUNBOOK = Path(__file__).parents[3] / "docs" / "runbooks" / "restore.md"


def test_without_a_lost_stretch_the_state_is_the_same(
    empty: Aws, invoice: Invoice, capsys: pytest.CaptureFixture[str]
):
    assert restore(empty, "--lost-until", "2026-03-11T12:00:00Z") == 0

    assert unmarked(stored(NEW)) == unmarked(stored(OLD))
    assert {item["nonce"]["S"] for item in stored(NEW).values() if "ver" in item} == {"restored"}
    assert json.loads(capsys.readouterr().out) == {
        "items": len(stored(OLD)),
        "exported_at": "2026-03-11T12:00:00Z",
        "lost_until": "2026-03-11T12:00:00Z",
        "perhaps_sent": 0,
    }
    assert empty.enabled == dict.fromkeys(RULES, True)


def test_what_may_have_left_since_is_never_sent_again(
    empty: Aws, invoice: Invoice, capsys: pytest.CaptureFixture[str]
):
    assert restore(empty, "--lost-until", UNTIL) == 0

    ports = bootstrap.ports()
    case = ports.ledger.case(LIVE, invoice.case_id)
    assert case is not None
    assert {step: each.outcome for step, each in case.results.items()} == {
        "notice_upcoming": "sent",
        "notice_due": "unconfirmed",
    }
    assert json.loads(capsys.readouterr().out)["perhaps_sent"] == 1


def test_payments_are_known_up_to_the_export_only(empty: Aws, invoice: Invoice):
    restore(empty, "--lost-until", UNTIL)

    assert EXPORTED in {mark.known_until for mark in bootstrap.ports().payment_marks.all()}


@pytest.mark.parametrize("dies_at", ["_read", "relive"])
def test_the_same_command_goes_on_where_one_was_interrupted(
    empty: Aws, invoice: Invoice, dies_at: str, monkeypatch: pytest.MonkeyPatch
):
    real = getattr(manage.restore, dies_at)

    def dies(*words: Any, **facts: Any) -> None:
        real(*words, **facts)
        raise KeyboardInterrupt

    monkeypatch.setattr(manage.restore, dies_at, dies)
    with pytest.raises(KeyboardInterrupt):
        restore(empty, "--lost-until", "2026-05-01T12:00:00Z")
    assert empty.enabled == dict.fromkeys(RULES, False)
    monkeypatch.setattr(manage.restore, dies_at, real)

    assert restore(empty) == 0

    assert empty.enabled == dict.fromkeys(RULES, True)
    case = bootstrap.ports().ledger.case(LIVE, invoice.case_id)
    assert case is not None
    assert case.results["notice_final"].outcome == "unconfirmed"
    [task] = bootstrap.ports().ledger.tasks_page(LIVE, Cursor(limit=10)).data
    assert case.open_tasks == (task.id,)


def test_while_the_provider_can_not_be_asked_it_waits(
    empty: Aws,
    invoice: Invoice,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    def waits(*_: Any, **__: Any) -> None:
        raise TryLaterError("whether the customer just paid can't be asked now")

    monkeypatch.setattr(manage.restore, "relive", waits)

    assert restore(empty) == 1
    assert "run it again" in capsys.readouterr().err
    assert empty.enabled == dict.fromkeys(RULES, False)


@pytest.mark.parametrize("text", ["yesterday", "2026-03-18T12:00:00"])
def test_an_instant_says_its_time_zone(text: str):
    with pytest.raises(SystemExit):
        _parser().parse_args(["--stack", "x", LOCATION, "--lost-until", text])


def test_every_command_that_is_written_down_exists():
    written = "\n".join([RUNBOOK.read_text(), manage.restore.__doc__ or ""])
    words = re.findall(r"-m manage\.restore (--stack .+)$", written, re.MULTILINE)

    assert len(words) >= 3
    for each in words:
        _parser().parse_args(shlex.split(each))
