"""Files of a customer in which something about payment plans can't be right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.case import Case
from chalicelib.domain.instalment import InstalmentDue
from chalicelib.domain.invariants import Rule
from chalicelib.domain.payment_plan import Instalment, PaymentPlan, PlanStatus
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corrupt_files import FILE, HOURS, NOW, case, changed


def plan() -> PaymentPlan:
    return next(each for each in FILE.payment_plans if each.is_open)


def chaser() -> Case:
    return next(each for each in FILE.cases if each.instalment)


def due(**facts: object) -> WholeFile:
    """Return the file where the case that chases asks for something else."""
    own = chaser().instalment
    assert isinstance(own, InstalmentDue)
    return changed(chaser(), instalment=replace(own, **facts))


def beside() -> Case:
    """Return the plan's other case."""
    return next(each for each in (case("planned"), case("beside")) if not each.instalment)


FIRST, SECOND = plan().instalments

PLANNED_WRONG: list[tuple[Rule, str, Callable[[], WholeFile]]] = [
    (Rule.PLAN_ADDS_UP, "another sum", lambda: changed(plan(), planned=plan().planned + 1)),
    (Rule.PLAN_ADDS_UP, "one is lost", lambda: changed(plan(), instalments=(FIRST,))),
    (Rule.PLAN_ADDS_UP, "out of order", lambda: changed(plan(), instalments=(SECOND, FIRST))),
    (
        Rule.PLAN_ADDS_UP,
        "of nothing",
        lambda: changed(plan(), instalments=(*plan().instalments, Instalment(NOW.date(), 0))),
    ),
    (Rule.PAUSE_IS_PLANNED, "held no more", lambda: changed(beside(), pauses=())),
    (Rule.PAUSE_IS_PLANNED, "until else", lambda: changed(plan(), until=NOW)),
    (
        Rule.PAUSE_IS_PLANNED,
        "held for nobody",
        lambda: changed(case("next"), pauses=beside().pauses),
    ),
    (
        Rule.PAUSE_IS_PLANNED,
        "for one that has ended",
        lambda: changed(plan(), status=PlanStatus.BROKEN, ended_at=NOW),
    ),
    (Rule.PAUSE_IS_PLANNED, "two chase", lambda: changed(beside(), pauses=chaser().pauses)),
    (
        Rule.PAUSE_IS_PLANNED,
        "chased without a plan",
        lambda: changed(case("next"), instalment=chaser().instalment),
    ),
    (
        Rule.PAUSE_IS_PLANNED,
        "chased after the end",
        lambda: changed(case("settled"), instalment=chaser().instalment),
    ),
    (Rule.PAUSE_IS_PLANNED, "too much", lambda: due(amount=plan().planned + 1)),
    (Rule.PAUSE_IS_PLANNED, "nothing", lambda: due(amount=0)),
    (Rule.PAUSE_IS_PLANNED, "another day", lambda: due(day=SECOND.day)),
    (Rule.PAUSE_IS_PLANNED, "another series", lambda: due(series="else-1")),
    (Rule.PAUSE_IS_PLANNED, "another sequence", lambda: due(sequence=("seq_default", 1))),
    (
        Rule.PLAN_IS_JUDGED,
        "its day is over",
        lambda: changed(chaser(), pauses=(replace(chaser().pauses[0], until=NOW - 5 * HOURS),)),
    ),
    (Rule.PLAN_IS_JUDGED, "ended, and not", lambda: changed(plan(), ended_at=NOW)),
    (Rule.PLAN_IS_JUDGED, "more paid than there are", lambda: changed(plan(), paid=3)),
    (Rule.PLAN_IS_JUDGED, "fewer over than none", lambda: changed(plan(), over=-1)),
]
