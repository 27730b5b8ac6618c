"""An operator's word on a mark of payments, on fakes and as the runbook writes it."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import manage.payments as module
from chalicelib import bootstrap
from chalicelib.domain.errors import ConflictError, NotFoundError, StaleRecordError
from chalicelib.gateways.secrets import SecretUnreadableError
from chalicelib.ports.all import Ports
from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.services.catch_up_payments import OVERLAP, catch_up_payments
from chalicelib.services.payments_known import stale_until
from chalicelib.services.steer_catch_up import MOST_PASSED
from manage.payments import _parser, main
from tests.builders import CREDITOR_ID, LIVE, TEST
from tests.fakes.payment_marks import InMemoryPaymentMarks
from tests.unit.services.catching_up import NOON, OTHER, a_world

RUNBOOK = Path(__file__).parents[3] / "docs" / "runbooks" / "payments-stale.md"


def command(*words: str) -> Any:
    return _parser().parse_args(["--stack", "dunlin-prod", *words])


def a_pass(event: str = "evt_1", why: str = "entered by hand") -> Any:
    return command("pass", CREDITOR_ID, event, "--mode", "live", "--why", why)


def run(ports: Ports, given: Any, by: str = "operator:user/erin") -> Any:
    return module.run(ports, given, lambda: by)


def test_every_command_that_is_written_down_exists():
    written = f"{RUNBOOK.read_text()}\n{module.__doc__}"
    words = re.findall(r"-m manage\.payments (--stack .+)$", written, re.MULTILINE)
    given = [each.replace("evt_…", "evt_1") for each in words]
    assert {_parser().parse_args(shlex.split(each)).command for each in given} == {
        "show", "pass", "end",
    }  # fmt: skip


def test_both_modes_are_shown():
    world = a_world()
    world.marks.begin(TEST)
    assert run(world.ports, command("show", CREDITOR_ID)) == {
        "live": {
            "known_until": "2026-01-20T12:00:00Z",
            "read_again_until": "2026-01-20T11:50:00Z",
            "passed": [],
        },
        "test": {"known_until": None, "read_again_until": None, "passed": []},
    }


def test_without_a_key_reminders_wait_until_the_mark_is_ended():
    world = a_world()
    world.payments.without_account = {LIVE}
    now = world.clock.advance(days=3)
    catch_up_payments(world.ports)
    customer = world.ledger.customer(LIVE, world.invoices[0].customer_id)
    assert stale_until(world.ports, customer, now) is not None
    ended = run(world.ports, command("end", CREDITOR_ID, "--mode", "live"))
    assert ended["ended"]["known_until"] == "2026-01-20T12:00:00Z"
    assert world.marks.all() == (PaymentMark(LIVE),)
    assert catch_up_payments(world.ports).held_up == {}
    assert stale_until(world.ports, customer, now) is None


def test_a_key_that_comes_back_after_the_end_is_read_from_then_on():
    world = a_world()
    world.payments.without_account = {LIVE}
    run(world.ports, command("end", CREDITOR_ID, "--mode", "live"))
    world.payments.without_account = set()
    now = world.clock.advance(days=3)
    catch_up_payments(world.ports)
    assert world.marks.all() == (PaymentMark(LIVE, now, now - OVERLAP),)


def test_while_the_key_is_there_nothing_is_ended():
    """Else what was paid between the mark and the next run would never be read."""
    world = a_world()
    before = world.marks.all()
    with pytest.raises(ConflictError, match="has a key of live mode"):
        run(world.ports, command("end", CREDITOR_ID, "--mode", "live"))
    assert world.marks.all() == before


def test_what_was_ended_or_never_began_is_not_ended():
    world = a_world()
    world.marks.begin(TEST)
    world.payments.without_account = {LIVE, TEST}
    run(world.ports, command("end", CREDITOR_ID, "--mode", "live"))
    for mode in ("live", "test"):
        with pytest.raises(ConflictError, match=f"nothing to end in {mode} mode"):
            run(world.ports, command("end", CREDITOR_ID, "--mode", mode))


def test_who_lets_an_event_pass_and_why_is_kept_once():
    world = a_world()
    world.paid(event_id="evt_1")
    first = run(world.ports, a_pass())
    assert run(world.ports, a_pass(), by="operator:user/other") == first
    assert first["passed"] == [
        {
            "event": "evt_1",
            "by": "operator:user/erin",
            "why": "entered by hand",
            "at": "2026-01-20T12:00:00Z",
        }
    ]
    [mark] = world.marks.all()
    assert mark.known_until == NOON


def test_only_so_many_pass_at_once_and_those_that_are_behind_make_room():
    world = a_world()
    for number in range(MOST_PASSED):
        world.paid(event_id=f"evt_{number}")
        run(world.ports, a_pass(f"evt_{number}"))
    world.paid(event_id="evt_more")
    with pytest.raises(ConflictError, match="are left out already"):
        run(world.ports, a_pass("evt_more"))
    world.clock.advance(OVERLAP + timedelta(seconds=1))
    world.paid(event_id="evt_later")
    catch_up_payments(world.ports)
    answer = run(world.ports, a_pass("evt_later"))
    assert [each["event"] for each in answer["passed"]] == ["evt_later"]


def test_a_mark_that_moved_meanwhile_is_left_alone():
    class Moving(InMemoryPaymentMarks):
        def all(self) -> tuple[PaymentMark, ...]:
            return tuple(replace(each, read_again_until=None) for each in super().all())

    world = a_world()
    world.paid(event_id="evt_1")
    world.marks.__class__ = Moving
    with pytest.raises(StaleRecordError):
        run(world.ports, a_pass())
    world.payments.without_account = {LIVE}
    with pytest.raises(StaleRecordError):
        run(world.ports, command("end", CREDITOR_ID, "--mode", "live"))


def test_nobody_has_no_mark():
    with pytest.raises(NotFoundError):
        run(a_world().ports, command("show", OTHER.creditor_id))


WRONG_WORDS = [
    ["evt_1"],
    ["evt_1", "--why", " "],
    *([wrong, "--why", "x"] for wrong in ("pi_1", "evt_", "evt_é", "evt_1/2")),
]


@pytest.mark.parametrize("words", WRONG_WORDS)
def test_what_is_no_event_or_has_no_reason_is_refused(words: list[str]):
    with pytest.raises(SystemExit):
        command("pass", CREDITOR_ID, *words, "--mode", "live")


class Aws:
    """A stack with settings."""

    class meta:  # noqa: N801 - as boto3 calls it
        region_name = "eu-central-1"

    def describe_stack_resource(self, **_: str) -> Any:
        return {"StackResourceDetail": {"PhysicalResourceId": "api"}}

    def get_function_configuration(self, **_: str) -> Any:
        return {"Environment": {"Variables": {}}}


def test_the_exit_status_says_whether_it_worked(capsys: pytest.CaptureFixture[str]):
    world = a_world()
    bootstrap.use(world.ports)
    try:
        words = ["--stack", "dunlin-prod", "end", CREDITOR_ID, "--mode"]
        assert main([*words, "live"], connect=lambda _: Aws) == 1
        assert "take it out of its secret" in capsys.readouterr().err
        world.payments.without_account = {LIVE}
        assert main([*words, "live"], connect=lambda _: Aws) == 0
        assert json.loads(capsys.readouterr().out)["ended"]["passed"] == []
        assert main([*words, "test"], connect=lambda _: Aws) == 1
        assert "no mark in test mode" in capsys.readouterr().err
    finally:
        bootstrap.use(None)


def test_a_secret_that_is_no_json_is_said_in_words(capsys: pytest.CaptureFixture[str]):
    class Spoilt:
        def has_account(self, _: object) -> bool:
            raise SecretUnreadableError("dunlin/prod/stripe/cr_1 is no JSON object")

    bootstrap.use(replace(a_world().ports, payments=Spoilt()))  # type: ignore[arg-type]
    try:
        words = ["--stack", "dunlin-prod", "end", CREDITOR_ID, "--mode", "live"]
        assert main(words, connect=lambda _: Aws) == 1
        assert capsys.readouterr().err == (
            "dunlin/prod/stripe/cr_1 is no JSON object: correct it first.\n"
        )
    finally:
        bootstrap.use(None)
