"""What the soak plans, and whom its killer may touch. The soak itself takes long: `make soak`."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from chalicelib.handlers.problems import RETRY_AFTER
from chalicelib.handlers.refusals import TooManyRequestsError
from local.layout import Layout
from local.workers import workers
from tests.soak.killer import Killer
from tests.soak.plan import Plan, make_plan
from tests.soak.senders import FOR_THE_MOMENT
from tests.waiting import until

IDLE = "import time; time.sleep(60)"


@pytest.fixture
def plan() -> Plan:
    return make_plan(2_000, 1_000, seed=3)


def test_what_is_tried_again_is_what_the_api_says_may_be():
    assert {each.code for each in RETRY_AFTER} & FOR_THE_MOMENT == FOR_THE_MOMENT - {"rate_limited"}
    assert TooManyRequestsError.code in FOR_THE_MOMENT


class Blind(Killer):
    """A killer that can't see anybody."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(layout, seed=1, between=(0.0, 0.01))
        self.looked = threading.Event()

    def _kill_one(self) -> None:
        self.looked.set()
        raise OSError("nobody can be seen")


def test_a_killer_that_fails_says_so(tmp_path: Path):
    killer = Blind(Layout.on_free_ports(tmp_path))
    with pytest.raises(OSError, match="nobody"), killer:
        assert killer.looked.wait(10)


def test_a_plan_has_what_was_asked_for(plan: Plan):
    told = [notice for notices in plan.notices.values() for notice in notices]
    assert len(plan.invoices) == len({each.number for each in plan.invoices}) == 2_000
    assert (len(told), len(set(told))) == (1_000, 700)
    assert {each.kind for each in told} == {"succeeded", "processing", "failed"}
    assert plan.transfers.keys().isdisjoint(plan.notices)


def test_the_books_hold_every_payment_of_the_plan(plan: Plan):
    owner = {each.number: each.external_id for each in plan.invoices}
    paid = {
        (owner[notice.number], notice.reference, notice.amount)
        for notices in plan.notices.values()
        for notice in notices
        if notice.kind == "succeeded"
    } | {(owner[each.number], each.reference, each.amount) for each in plan.transfers.values()}
    booked = {
        (name, reference, amount)
        for name, books in plan.books.items()
        for reference, amount in books.payments.items()
    }
    assert paid == booked


def test_the_same_seed_plans_the_same(plan: Plan):
    assert make_plan(2_000, 1_000, seed=3) == plan
    assert make_plan(2_000, 1_000, seed=4) != plan


@pytest.fixture
def family() -> Iterator[list[subprocess.Popen[bytes]]]:
    started: list[subprocess.Popen[bytes]] = []
    yield started
    for each in started:
        each.kill()
        each.wait()


def a_worker(home: Path, function: str) -> subprocess.Popen[bytes]:
    """Start what looks like a worker of the stack in that folder."""
    script = home / "tmp" / f"ministack-lambda-dunlin-local-{function}-x" / "_worker.py"
    script.parent.mkdir(parents=True)
    script.write_text(IDLE)
    return subprocess.Popen([sys.executable, str(script)])


def test_only_workers_of_ones_own_stack_are_killed(
    tmp_path: Path, family: list[subprocess.Popen[bytes]]
):
    layout = Layout.on_free_ports(tmp_path / "one")
    mine, spared = a_worker(layout.home, "send_email"), a_worker(layout.home, "receive_email_event")
    other = a_worker(tmp_path / "one more", "send_email")
    family += [mine, spared, other]
    until(lambda: len(workers(layout)) == 2, "the workers' command lines")
    assert workers(layout) == {mine.pid: "send_email", spared.pid: "receive_email_event"}
    with Killer(layout, seed=1, between=(0.01, 0.02)) as killer:
        until(lambda: mine.poll() is not None, "the end of the worker")
    assert mine.returncode == -signal.SIGKILL
    assert (spared.poll(), other.poll()) == (None, None)
    assert killer.killed == {"send_email": 1}
