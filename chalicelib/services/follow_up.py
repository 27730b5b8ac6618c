"""Look at a customer's file and do what is decided: the one path of sweep, retry and test clock.

File → decide → claim → send → record. What isn't a message of this worker's channel is handed
to the queue of its own; what only waits is scheduled.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial

from chalicelib.domain import ids
from chalicelib.domain.case import Case, CustomerFile, Outcome, StepResult
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Close, Decision, Reason, Send, Skip
from chalicelib.domain.schedule import queue_of, reschedule, with_results
from chalicelib.domain.sequence import FINAL_NOTICE
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.changed_meanwhile import changed_meanwhile
from chalicelib.services.common import changing, creating, new_part, now_of, retrying, rules_for
from chalicelib.services.deliver import Attempt, deliver
from chalicelib.services.live_through import live_through
from chalicelib.services.payments_known import stale_until
from chalicelib.services.sending_quotas import quotas
from chalicelib.services.try_later import TryLaterError

FOLLOW_UP = Change(by="system", why="follow-up")
SKIPPED_AS = {Reason.UNCONFIRMED: Outcome.UNCONFIRMED}
DONE = TaskStatus.DONE
SETTLED = "settled"
"""How a task ends whose invoice was settled before anybody did it."""
PASSED_ON = "passed_on"
"""Stands in a message to another channel's worker where this one's provider took nothing."""


class HandOver(StrEnum):
    """When messages on other channels are handed to their workers: after this worker's own, also
    where its provider doesn't take those now, or not at all."""

    AFTERWARDS = "afterwards"
    ALWAYS = "always"
    NEVER = "never"


def follow_up(
    ports: Ports,
    tenant: Tenant,
    customer_id: str,
    channel: str | None = None,
    others: HandOver = HandOver.AFTERWARDS,
) -> datetime | None:
    """Do what is due for a customer, and return when to look again (None: nothing scheduled).

    `channel` is the worker's: `email`, `sms` or `action`; None does everything at once, as a
    test clock does. `others` says what becomes of messages on other channels. Raises TryLaterError
    where a gateway can't take a message now.

    A stretch that was lost is lived through before: what may have left in it isn't sent again. Its
    mark goes afterwards, so whoever dies on the way is followed by another.
    """

    def attempt() -> datetime | None:
        file = ports.ledger.file(tenant, customer_id)
        if file and file.lost:
            look = partial(look_at, tenant=tenant, customer_id=customer_id)
            live_through(ports, file.lost, look)
            ports.ledger.unmark_lost(tenant, customer_id)
            file = ports.ledger.file(tenant, customer_id)
        return _attempt(ports, file, channel, others)

    return retrying(attempt)


def look_at(
    ports: Ports,
    tenant: Tenant,
    customer_id: str,
    channel: str | None = None,
    others: HandOver = HandOver.AFTERWARDS,
) -> datetime | None:
    """Do the same, whether a stretch was lost or not: for who lives through it or has done so."""
    return retrying(
        lambda: _attempt(ports, ports.ledger.file(tenant, customer_id), channel, others)
    )


def _attempt(
    ports: Ports, file: CustomerFile | None, channel: str | None, others: HandOver
) -> datetime | None:
    if file is None or not file.cases:
        return None
    now = now_of(ports, file.customer)
    rules = replace(
        rules_for(ports, file.customer.tenant, file.cases),
        payments_stale_until=stale_until(ports, file.customer, now),
        quotas=quotas(ports, file.customer, now) if channel in {None, "email"} else None,
    )
    worker = _Worker(ports, file, rules, now, channel, others)
    return worker.run(decide(file, rules, now))


class _Worker:
    """One attempt on one file."""

    def __init__(
        self,
        ports: Ports,
        file: CustomerFile,
        rules: Rules,
        now: datetime,
        channel: str | None,
        others: HandOver,
    ) -> None:
        self.ports = ports
        self.customer = file.customer
        self.cases = {case.id: case for case in file.cases}
        self.rules = rules
        self.now = now
        self.channel = channel
        self.others = others
        self.before = dict(self.cases)

    def run(self, decisions: list[Decision]) -> datetime | None:
        sends = [decision for decision in decisions if isinstance(decision, Send)]
        mine = [send for send in sends if self.channel in {None, send.channel.value}]
        reaches_out = bool(mine) or any(isinstance(each, Act) for each in decisions)
        look = self.ports, self._file(), self.rules, decisions, self.now, FOLLOW_UP
        if changed_meanwhile(*look, reaches_out=reaches_out):
            tenant, customer_id = self.customer.tenant, self.customer.id
            return look_at(self.ports, tenant, customer_id, self.channel, self.others)
        tasks = self._end_steps(decisions)
        in_messages = {part.case_id for send in sends for part in send.parts}
        self._write(tasks, leave=in_messages - tasks.keys())
        others = [send for send in sends if send not in mine]
        try:
            for send in mine:
                self._send(send)
        except TryLaterError:
            if self.others is HandOver.ALWAYS:
                self._hand_over(others, {PASSED_ON: "yes"})
            raise
        if self.others is not HandOver.NEVER:
            self._hand_over(others, {})
        return min((case.due_at for case in self.cases.values() if case.due_at), default=None)

    def _send(self, send: Send) -> None:
        cases = [self.cases[part.case_id] for part in send.parts]
        befores = tuple(self.before[case.id] for case in cases)
        attempt = Attempt(self._file(), self.rules, send, befores, tuple(cases), self.now)
        sent = deliver(self.ports, attempt)
        self._replace(sent)
        self.before |= {case.id: case for case in sent}

    def _end_steps(self, decisions: list[Decision]) -> dict[str, list[Write[Record]]]:
        """Put skips and acts into the cases, and return the tasks that they make, by case."""
        tasks: dict[str, list[Write[Record]]] = {}
        for decision in decisions:
            match decision:
                case Skip(case_id=case_id, step=step, reason=reason):
                    if task := self._skip(self.cases[case_id], step, reason):
                        tasks.setdefault(case_id, []).append(task)
                case Act(case_id=case_id, step=step, do=do, reason=reason):
                    result = StepResult(Outcome.ACTED, reason, self.now)
                    self._replace([with_results(self.cases[case_id], {step: result})])
                    task = self._task(case_id, step, do.value, reason)
                    tasks.setdefault(case_id, []).append(task)
                case Close(case_id=case_id):
                    tasks.setdefault(case_id, []).extend(self._end_tasks(self.cases[case_id]))
                case _:
                    pass
        return tasks

    def _skip(self, case: Case, step: str, reason: Reason) -> Write[Record] | None:
        outcome = SKIPPED_AS.get(reason, Outcome.SKIPPED)
        claim = case.claim
        at, channel, communication = self.now, None, None
        if claim and outcome is Outcome.UNCONFIRMED:
            at, channel, communication = claim.at, claim.channel, claim.communication
        result = StepResult(outcome, reason, at, channel, communication)
        if (failed := case.results.get(step)) and outcome is Outcome.SKIPPED:
            result = replace(failed, reroute=False)  # that it was tried and failed stays known
        self._replace([replace(with_results(case, {step: result}), claim=None)])
        template = self.rules.of(case).step(step).template
        if outcome is Outcome.UNCONFIRMED and case.is_open and template == FINAL_NOTICE:
            # nobody knows whether this one left, so a person looks into it
            return self._task(case.id, step, "investigate", reason)
        return None

    def _end_tasks(self, case: Case) -> list[Write[Record]]:
        """Let nobody call or write to a customer who has paid."""
        self._replace([replace(case, open_tasks=())])
        change = FOLLOW_UP.when(self.now)
        found = [self.ports.ledger.task(case.tenant, each) for each in case.open_tasks]
        return [
            changing(task, replace(task, status=DONE, outcome=SETTLED, done_at=self.now), change)
            for task in found
            if task and task.status is not DONE
        ]

    def _write(self, tasks: dict[str, list[Write[Record]]], *, leave: set[str]) -> None:
        """Schedule the file anew and write what changed, except cases that a message is about.

        Cases don't depend on each other here, so each is a write of its own, with its tasks.
        """
        for case in reschedule(self._file(), self.rules, self.now).cases:
            before = self.before[case.id]
            if case.id not in leave and case != before:
                write = changing(before, case, FOLLOW_UP.when(self.now))
                self.ports.ledger.commit([*tasks.get(case.id, []), write])
                self._replace([write.after])
                self.before[case.id] = write.after

    def _hand_over(self, sends: list[Send], marks: dict[str, str]) -> None:
        message = {"tenant": self.customer.tenant.key, "customer": self.customer.id, **marks}
        for queue in dict.fromkeys(queue_of(send.channel) for send in sends):
            self.ports.queues.put(queue, [message])

    def _task(self, case_id: str, step: str, do: str, reason: Reason) -> Write[Record]:
        customer = self.customer
        task = Task(
            id=ids.child_id(ids.TASK, customer.id, new_part(self.ports, self.now)),
            tenant=customer.tenant,
            customer_id=customer.id,
            case_id=case_id,
            step=step,
            do=do,
            reason=reason,
            created_at=self.now,
        )
        case = self.cases[case_id]
        self._replace([replace(case, open_tasks=(*case.open_tasks, task.id))])
        return creating(task, FOLLOW_UP.when(self.now))

    def _file(self) -> CustomerFile:
        return CustomerFile(self.customer, tuple(self.cases.values()))

    def _replace(self, cases: list[Case]) -> None:
        self.cases |= {case.id: case for case in cases}
