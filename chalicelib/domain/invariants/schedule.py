"""I3: nothing that is still to be done waits for long, and nothing is silently forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.domain.approval import Approval, Verdict
from chalicelib.domain.case import CLAIM_SETTLES_AFTER, Case, Pause
from chalicelib.domain.communication import NO_STEP, Task, TaskStatus
from chalicelib.domain.holding import RECORDING_AT_MOST
from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.payment import Payment, PaymentStatus

BACKLOG = timedelta(hours=4)
"""How long a channel's backlog may make a due step wait: longer is a fault, not a queue."""


def finished_case_rests(evidence: Evidence) -> Iterator[str]:
    """Nothing is due of a finished case, and one that closed is finished soon after."""
    for case in evidence.file.cases:
        if not case.is_unfinished:
            if case.due_at is not None:
                yield case.id
        elif (
            not case.is_open
            and not _bears(case)
            and _closed_before(case, evidence, evidence.now - BACKLOG)
        ):
            yield case.id


def claim_is_settled(evidence: Evidence) -> Iterator[str]:
    """A claim ends: by the answer, by the provider's event, or when the wait is over."""
    for case in evidence.file.cases:
        if case.claim and case.claim.at + CLAIM_SETTLES_AFTER + BACKLOG < evidence.now:
            yield case.id


def due_step_is_done(evidence: Evidence) -> Iterator[str]:
    """Whatever is due is looked at within the sweep's interval and the channel's backlog."""
    for case in evidence.file.cases:
        if case.is_unfinished and case.due_at and case.due_at + BACKLOG < evidence.now:
            yield case.id


def step_is_scheduled(evidence: Evidence) -> Iterator[str]:
    """A case of which something is left to do has a moment when somebody looks at it."""
    for case in evidence.file.cases:
        if not case.is_unfinished:
            continue
        lost = case.sequence not in evidence.rules.sequences
        if lost or (case.due_at is None and _needs_a_look(case, evidence)):
            yield case.id


def pause_is_explained(evidence: Evidence) -> Iterator[str]:
    """What a payment holds back, it remembers; and it holds back as long as it isn't clear."""
    for reference, pauses in evidence.pauses.items():
        payment = evidence.payments.get(reference)
        for case, pause in pauses:
            if _is_being_recorded(pause):
                continue
            remembers = payment is not None and case.invoice_id in payment.held
            if not remembers or (pause.covers(evidence.now) and _is_clear(payment, evidence)):
                yield case.id
    for payment in evidence.file.payments:
        held = {case.invoice_id for case, _ in evidence.pauses.get(payment.id, ())}
        if not held.issuperset(payment.held):
            yield payment.id


def task_is_known(evidence: Evidence) -> Iterator[str]:
    """A case knows its open tasks, and only those; what it awaits approval for, it asks."""
    for task in evidence.file.tasks:
        case = evidence.cases.get(task.case_id)
        waits = case is not None and task.id in case.open_tasks
        should = task.status is TaskStatus.OPEN and task.step not in NO_STEP
        if waits != should or (task.status is TaskStatus.DONE) != (task.done_at is not None):
            yield task.id
    asking = {task.id: task for task in evidence.file.tasks if task.question}
    for case in evidence.file.cases:
        awaited = {each.task: each for each in case.approvals if each.verdict is Verdict.AWAITED}
        for task_id, approval in awaited.items():
            asked = asking.get(task_id)
            if asked is None or task_id not in case.open_tasks or not _is_same(approval, asked):
                yield case.id
        if (asking.keys() & set(case.open_tasks)) - awaited.keys() and case.is_open:
            yield case.id


def _is_same(approval: Approval, task: Task) -> bool:
    """Say whether a task asks just what its case knows."""
    asked = task.question.amount if task.question else None
    return (task.step, task.created_at, asked) == (
        approval.step,
        approval.asked_at,
        approval.amount,
    )


def _needs_a_look(case: Case, evidence: Evidence) -> bool:
    pause = case.pause_at(evidence.now)
    waits_for_people = pause is not None and pause.until is None
    return bool(case.claim or not case.is_open or (_left(case, evidence) and not waits_for_people))


def _left(case: Case, evidence: Evidence) -> bool:
    ended = {key for key, result in case.results.items() if not result.reroute}
    return any(step.key not in ended for step in evidence.rules.of(case).steps)


def _bears(case: Case) -> bool:
    """Say whether it bears a request to restore the service, which may take a day."""
    return case.restriction is not None and case.restriction.look_at is not None


def _closed_before(case: Case, evidence: Evidence, moment: datetime) -> bool:
    invoice = evidence.invoices.get(case.invoice_id)
    claimed = case.claim is not None and case.claim.at + CLAIM_SETTLES_AFTER >= moment
    settled_at = invoice.settled_at if invoice else None
    return settled_at is not None and settled_at < moment and not claimed


def _is_being_recorded(pause: Pause) -> bool:
    """Say whether it holds cases for a payment of several transactions, and ends by itself."""
    return pause.until is not None and pause.until - pause.since <= RECORDING_AT_MOST


def _is_clear(payment: Payment | None, evidence: Evidence) -> bool:
    return (
        payment is not None
        and payment.status is not PaymentStatus.PROCESSING
        and not payment.open_disputes
        and evidence.has_settled(payment)
    )
