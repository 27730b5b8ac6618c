"""One soak on a stack that is up: run the plan, wait until all is quiet, examine everything."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.tenant import Mode, Tenant
from local.creditor import environment_of
from local.deploy import STACK_NAME
from local.layout import ROOT
from local.stack import client
from local.workers import processor_time
from manage import dead_letters
from tests.soak import inbox
from tests.soak.driver import Driver, Notes
from tests.soak.plan import Plan, make_plan
from tests.stack import Running
from tests.waiting import until

QUIET_WITHIN = 900.0
IDLE_SECONDS = 0.15
"""What the workers may spend in three seconds although nothing is left: looking at empty queues."""
MOST_REDRIVES = 5


@dataclass(frozen=True, slots=True)
class Size:
    """How large a soak is. `between` is the least and most time between two kills, in seconds."""

    invoices: int
    webhooks: int
    seed: int = 1
    prefix: str = "S"
    between: tuple[float, float] = (2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it. Nothing is wrong if there are no `faults`."""

    faults: list[str]
    notes: Notes
    counts: dict[str, int]
    mails: int
    reminded: int
    unsettled: int
    redriven: int
    planned: Counter[str]


def soak(running: Running, size: Size) -> Verdict:
    """Run one soak and examine what came of it."""
    plan = make_plan(size.invoices, size.webhooks, seed=size.seed, prefix=size.prefix)
    secret = running.stack.webhook_secret
    driver = Driver(running.layout, running.credentials, secret, plan,
                    seed=size.seed, between=size.between)  # fmt: skip
    began = time.monotonic()
    notes = driver.run()
    redriven = _calm_down(running)
    notes.seconds["until quiet"] = time.monotonic() - began
    found = _examine(running, plan, notes, size)
    mails = inbox.messages(running.layout, size.prefix)
    faults = [*found["faults"], *inbox.wrong(running.layout, plan, notes, size.prefix)]
    numbers = {number for mail in mails for number in mail["of"]}  # type: ignore[attr-defined]
    faults += _not_sent(found, numbers)
    if not notes.killed:
        faults.append("no worker was killed, so nothing was tried")
    if missing := len(plan.invoices) - len(notes.invoices):
        faults.append(f"{missing} invoices were never accepted")
    notes.seconds["in all"] = time.monotonic() - began
    return Verdict(
        faults=faults,
        notes=notes,
        counts=found["counts"],
        mails=len(mails),
        reminded=len(numbers),
        unsettled=len(found["open_claims"]),
        redriven=redriven,
        planned=_planned(plan),
    )


def _planned(plan: Plan) -> Counter[str]:
    notices = [notice for some in plan.notices.values() for notice in some]
    return Counter(
        invoices=len(plan.invoices),
        customers=len(plan.books),
        deliveries=len(notices),
        duplicates=len(notices) - len({notice.event_id for notice in notices}),
        transfers=len(plan.transfers),
    )


def _calm_down(running: Running) -> int:
    """Wait until nothing is left to do; returns how many dead letters went back to work."""
    redriven = 0
    for _ in range(MOST_REDRIVES):
        _until_idle(running)
        again = sum(_redrive(running, name) for name in dead_letters.NAMES)
        if not again:
            return redriven
        redriven += again
    raise AssertionError("dead letters come back again and again")


def _redrive(running: Running, name: str) -> int:
    def connect(service: str, **_how: Any) -> Callable[[], Any]:
        return lambda: client(running.layout, service)

    find = running.deployment.resources.__getitem__
    stage = dead_letters.Stage(connect("sqs"), connect("lambda"), connect("dynamodbstreams"), find)
    letters = stage.letters(name)
    if not letters.waiting():
        return 0
    answer = letters.redrive(stage.destination(name))
    assert not answer.stayed, f"{STACK_NAME}: {name} keeps {answer.stayed}"
    return answer.moved


def _until_idle(running: Running) -> None:
    """Wait until queues are empty, mail is told of, and no worker has anything to do."""

    def idle() -> bool:
        running.sweep()
        running.until_quiet(QUIET_WITHIN)
        before = processor_time(running.layout)
        time.sleep(3)
        after = processor_time(running.layout)
        spent = sum(each - before.get(name, 0.0) for name, each in after.items())
        return running.mail_waiting() == 0 and spent < IDLE_SECONDS

    until(idle, "workers without work", seconds=QUIET_WITHIN)


def _examine(running: Running, plan: Plan, notes: Notes, size: Size) -> dict[str, Any]:
    """Let a process with the functions' own environment read the table."""
    customers: dict[str, Any] = {}
    owner = {each.number: each.external_id for each in plan.invoices}
    for number, invoice in notes.invoices.items():
        books = plan.books[owner[number]].to_json()
        known = customers.setdefault(invoice["customer"], books)
        assert known["invoices"].keys() == books["invoices"].keys(), f"{number}: two customers"
    asked = running.layout.home / "soak.json"
    asked.write_text(
        json.dumps(
            {
                "tenant": Tenant(running.credentials.creditor_id, Mode.LIVE).key,
                "customers": customers,
                "since": min(each["due_date"] for each in notes.invoices.values()) + "~",
                "prefix": size.prefix,
            }
        )
    )
    run = subprocess.run(
        [sys.executable, "-m", "tests.soak.examine", str(asked)],
        cwd=ROOT,
        env=environment_of(running.layout, running.deployment.outputs["FunctionApi"]),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    if more := found["fault_count"] - len(found["faults"]):
        found["faults"].append(f"and {more} more")
    return found


def _not_sent(found: dict[str, Any], numbers: set[str]) -> list[str]:
    """Say which invoices got no reminder, although one is due or stands in the log as sent."""
    never = [f"{each} was never reminded of" for each in found["unsent"] if each not in numbers]
    lost = [f"{each} is sent and never came" for each in found["sent"] if each not in numbers]
    return never + lost
