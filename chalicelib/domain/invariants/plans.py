"""Payment plans: each adds up, holds back what it is about, chases one instalment, and ends."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from chalicelib.domain.case import Case, Pause, PauseKind
from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.invariants.schedule import BACKLOG
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import to_be_judged


def plan_adds_up(evidence: Evidence) -> Iterator[str]:
    """Instalments come to what was planned, in the order of their days, and none is of nothing."""
    for plan in evidence.file.payment_plans:
        days = [each.day for each in plan.instalments]
        amounts = [each.amount for each in plan.instalments]
        in_order = all(day < later for day, later in pairwise(days))
        if sum(amounts) != plan.planned or min(amounts, default=0) <= 0 or not in_order:
            yield plan.id


def pause_is_planned(evidence: Evidence) -> Iterator[str]:
    """An open case is paused for exactly the active plan about it; one of a plan's cases, and no
    other, asks for its current instalment and says when that counts as missed."""
    standing = {
        invoice_id: plan
        for plan in evidence.file.payment_plans
        if plan.is_open
        for invoice_id in plan.invoices
    }
    chasers: dict[str, str] = {}
    for case in evidence.file.cases:
        plan = standing.get(case.invoice_id) if case.is_open else None
        found = [each for each in case.pauses if each.kind is PauseKind.PLAN]
        if not case.is_open:
            if case.instalment:
                yield case.id
        elif plan is None:
            if found or case.instalment:
                yield case.id
        elif _is_held(case, plan, found, chasers):
            chasers.update({plan.id: case.id} if found[0].until else {})
        else:
            yield case.id


def plan_is_judged(evidence: Evidence) -> Iterator[str]:
    """An active plan still has something to wait for: its next instalment, or money on its way."""
    moments = to_be_judged(evidence.file.cases, PauseKind.PLAN)
    for plan in evidence.file.payment_plans:
        moment = moments.get(plan.id)
        is_late = moment is None or moment + BACKLOG < evidence.now
        counts = plan.paid, plan.over
        if plan.is_open and is_late:
            yield plan.id
        if plan.is_open != (plan.ended_at is None) or not _fits(plan, counts):
            yield plan.id


def _is_held(case: Case, plan: PaymentPlan, found: list[Pause], chasers: dict[str, str]) -> bool:
    if [each.reference for each in found] != [plan.id]:
        return False
    due = case.instalment
    if found[0].until is None:
        return due is None
    is_alone = plan.id not in chasers and found[0].until == plan.until
    return is_alone and (due is None or _is_current(case, plan))


def _is_current(case: Case, plan: PaymentPlan) -> bool:
    due = case.instalment
    if due is None or plan.current >= len(plan.instalments):
        return False
    current = due.series == plan.series and due.day == plan.instalments[plan.current].day
    follows = due.sequence == plan.sequence
    return current and follows and 0 < due.amount <= plan.owed_by(plan.current)


def _fits(plan: PaymentPlan, counts: tuple[int, int]) -> bool:
    return all(0 <= each <= len(plan.instalments) for each in counts)
