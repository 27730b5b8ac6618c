"""Whether what is taken away from a customer was announced to them, and how long ago."""

from __future__ import annotations

from datetime import date, timedelta

from chalicelib.domain import kinds
from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.kinds.service import parameters_of
from chalicelib.domain.sequence import Do, Sequence, Step


def is_unannounced(case: Case, step: Step) -> bool:
    """Say whether a step needs an announcement that the customer doesn't have."""
    said = parameters_of(step)
    if said is None or said.announced_by is None:
        return False
    told = case.results.get(said.announced_by)
    return told is None or not told.reached


def has_heard(
    case: Case, sequence: Sequence, step: Step, calendar: LocalCalendar, day: date
) -> bool:
    """Say whether on a local day a case may share in a step of its account by what was told of it.

    What needs an announcement was announced long enough ago. What is handed over was named by a
    message, where its sequence has any before.
    """
    if step.do == Do.ESCALATE:
        messages = (each for each in sequence.steps if kinds.is_message(each.do))
        has_any = any(each.offset_days <= step.offset_days for each in messages)
        return not has_any or any(result.reached for result in case.results.values())
    return not is_unannounced(case, step) and noticed_from(case, step, calendar) <= day


def noticed_from(case: Case, step: Step, calendar: LocalCalendar) -> date:
    """Return the first local day on which the announcement is old enough: the first of all days
    where there is none, or none is needed."""
    said = parameters_of(step)
    told = case.results.get(said.announced_by) if said and said.announced_by else None
    if said is None or told is None or not told.reached:
        return date.min
    return calendar.date_of(told.at) + timedelta(days=said.notice_days)
