"""Why a step is dropped though its day has come: something stands in its place, or too little is
owed, or nobody wants it done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.domain.approving import denied
from chalicelib.domain.decisions import Reason

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.account import Account
    from chalicelib.domain.case import Case
    from chalicelib.domain.sequence import Step
    from chalicelib.domain.timing import Timing


def obsolete(
    case: Case, step: Step, timing: Timing, now: datetime, account: Account | None
) -> Reason | None:
    """Return why a step whose day has come isn't done any more at `now` (UTC); None: it is."""
    if step.offset_days < 0 and timing.calendar.date_of(now) > case.due_date:
        return Reason.PAST_DUE_DATE
    if timing.is_covered(case, step):
        return Reason.COVERED
    if timing.is_overtaken(case, step):
        return Reason.SUPERSEDED
    if account and account.was_told(case, step):
        return Reason.ACCOUNT_TOLD
    asked, invoiced = (
        account.asks(case, step) if account else (case.asked_at(now).amount, case.amount)
    )
    enough = asked >= step.minimum(case.currency.code)
    if not enough or asked * 100 < step.min_percent * invoiced:
        return Reason.BELOW_MINIMUM
    return denied(case, step, timing.calendar, now)
