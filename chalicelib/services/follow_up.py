"""Look at a customer's file and do what is decided: the one path of sweep, retry and test clock.

File → decide → claim → send → record. What isn't for this worker is handed to the queue of its
own; what only waits is scheduled. What Dunlin carries out itself (effects/) is written with the
step's result in one transaction, and then the file is looked at anew.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from chalicelib.domain.case import Case, CustomerFile, Outcome, StepResult
from chalicelib.domain.chasing import step_named
from chalicelib.domain.customer import Customer
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Ask, Close, Decision, Reason, Send, Skip
from chalicelib.domain.kinds import queue_of, reaches
from chalicelib.domain.schedule import reschedule, skipped, with_results
from chalicelib.domain.sequence import FINAL_NOTICE
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.ask_approval import ask, taken_back
from chalicelib.services.before_deciding import before_deciding, rules_now
from chalicelib.services.changed_meanwhile import changed_meanwhile
from chalicelib.services.common import now_of, retrying
from chalicelib.services.deliver import Attempt, deliver
from chalicelib.services.effects import Job, NotDone, effect_of
from chalicelib.services.hand_over import HandOver, hand_over
from chalicelib.services.live_through import live_through
from chalicelib.services.step_tasks import FOLLOW_UP, end_tasks, task_of
from chalicelib.services.try_later import TryLaterError
from chalicelib.services.write_cases import by_case, write_cases


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
    if (file := before_deciding(ports, file, channel, others)) is None or not file.cases:
        return None
    now = now_of(ports, file.customer)
    rules = rules_now(ports, file, channel, now)
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
        acts = [each for each in decisions if isinstance(each, Act)]
        effects = [act for act in acts if not act.is_task]
        look = self.ports, self._file(), self.rules, decisions, self.now, FOLLOW_UP
        if changed_meanwhile(*look, reaches_out=bool(mine or acts)):
            return self._look_anew()
        tasks = self._end_steps(decisions)
        coming = {part.case_id for send in sends for part in send.parts}
        coming |= {case_id for act in effects for case_id in act.cases}
        self._write(tasks, acts, leave=coming - tasks.keys())
        if own := [act for act in effects if self.channel in {None, queue_of(act.do)}]:
            for act in own:
                self._carry_out(act)
            return self._look_anew()
        others = [send.channel for send in sends if send not in mine]
        others += [act.do for act in effects]
        try:
            for send in mine:
                self._send(send)
        except TryLaterError:
            if self.others is HandOver.ALWAYS:
                hand_over(self.ports, self.customer, others, passed_on=True)
            raise
        if self.others is not HandOver.NEVER:
            hand_over(self.ports, self.customer, others)
        return min((case.due_at for case in self.cases.values() if case.due_at), default=None)

    def _look_anew(self) -> datetime | None:
        tenant, customer_id = self.customer.tenant, self.customer.id
        return look_at(self.ports, tenant, customer_id, self.channel, self.others)

    def _send(self, send: Send) -> None:
        cases = [self.cases[part.case_id] for part in send.parts]
        befores = tuple(self.before[case.id] for case in cases)
        attempt = Attempt(self._file(), self.rules, send, befores, tuple(cases), self.now)
        sent = deliver(self.ports, attempt)
        self._replace(sent)
        self.before |= {case.id: case for case in sent}

    def _end_steps(self, decisions: list[Decision]) -> dict[str, list[Write[Record]]]:
        """Put skips, acts and questions into the cases, and return the tasks of each case."""
        tasks: dict[str, list[Write[Record]]] = {}
        for decision in decisions:
            match decision:
                case Skip(case_id=case_id, step=step, reason=reason):
                    if task := self._skip(self.cases[case_id], step, reason):
                        tasks.setdefault(case_id, []).append(task)
                case Act() if decision.is_task:
                    task = self._hand_to_person(decision)
                    tasks.setdefault(decision.case_id, []).append(task)
                case Ask(case_id=case_id):
                    asked = ask(self.ports, self._file(), self.rules, decision, self.now)
                    tasks.setdefault(case_id, []).extend(asked.writes)
                    self._replace([asked.case])
                case Close(case_id=case_id):
                    ended = end_tasks(self.ports, self.cases[case_id], self.now)
                    tasks.setdefault(case_id, []).extend(ended)
                    self._replace([replace(self.cases[case_id], open_tasks=())])
                case _:
                    pass
        for back in taken_back(self.ports, self._file(), self.rules, self.now):
            if back.writes:
                tasks.setdefault(back.case.id, []).extend(back.writes)
            self._replace([back.case])
        return tasks

    def _skip(self, case: Case, step: str, reason: Reason) -> Write[Record] | None:
        self._replace([skipped(case, step, reason, self.now)])
        template = step_named(self.rules.sequences[case.sequence], step).template
        if reason is Reason.UNCONFIRMED and case.is_open and template == FINAL_NOTICE:
            # nobody knows whether this one left, so a person looks into it
            return self._task(case.id, step, "investigate", reason)
        return None

    def _hand_to_person(self, act: Act) -> Write[Record]:
        self._end_acts(act)
        return self._task(act.case_id, act.step, act.do.value, act.reason)

    def _end_acts(self, act: Act) -> None:
        """Put a step that is done once into all cases that it is done for."""
        contact = act.do.value if reaches(act.do) else None
        for case_id in act.cases:
            result = StepResult(Outcome.ACTED, act.result_of(case_id), self.now, contact)
            self._replace([with_results(self.cases[case_id], {act.step: result})])

    def _carry_out(self, act: Act) -> None:
        """Do a step that has an effect: everything that changes is one transaction."""
        case, change = self.cases[act.case_id], FOLLOW_UP.when(self.now)
        step = self.rules.of(case).step(act.step)
        job = Job(self.ports, self._file(), case, step, self.now, change, act.named)
        answer = effect_of(act.do)(job)
        if isinstance(answer, NotDone):
            writes = self._not_done(act, answer.reason)
        else:
            writes = [*answer.writes]
            self._replace([answer.case, *answer.named])
            self._end_acts(act)
        for after in (write.after for write in writes):
            self.customer = after if isinstance(after, Customer) else self.customer
        others = by_case(act, writes)
        self._write(others, [act], leave=self.cases.keys() - {*act.cases})

    def _not_done(self, act: Act, reason: Reason) -> list[Write[Record]]:
        instead = replace(act, reason=reason)
        if instead.is_task:
            return [self._hand_to_person(instead)]
        for case_id in act.cases:
            self._skip(self.cases[case_id], act.step, reason)
        return []

    def _write(
        self, others: dict[str, list[Write[Record]]], acts: list[Act], *, leave: set[str]
    ) -> None:
        """Schedule the file anew and write what changed, except the cases to leave."""
        anew = reschedule(self._file(), self.rules, self.now).cases
        mine = (case for case in anew if case.id not in leave)
        written = write_cases(self.ports, self.before, mine, others, acts, self.now)
        self._replace(written)
        self.before |= {case.id: case for case in written}

    def _task(self, case_id: str, step: str, do: str, reason: Reason) -> Write[Record]:
        task = task_of(self.ports, self.customer, case_id, step, do, reason, now=self.now)
        case = self.cases[case_id]
        self._replace([replace(case, open_tasks=(*case.open_tasks, task.after.id))])
        return task

    def _file(self) -> CustomerFile:
        return CustomerFile(self.customer, tuple(self.cases.values()))

    def _replace(self, cases: list[Case]) -> None:
        self.cases |= {case.id: case for case in cases}
