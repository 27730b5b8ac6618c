"""Results become facts on the case, and from the facts follows when to look again."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.account import account_key, accounts_of
from chalicelib.domain.approval import Verdict
from chalicelib.domain.case import Case, CustomerFile, Outcome, StepResult
from chalicelib.domain.confirming import only_tells, to_confirm
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Ask, Close, Decision, Paused, Reason, Send, Skip, Wait
from chalicelib.domain.kinds import queue_of
from chalicelib.domain.promise import AGREED, promised_on, to_be_judged
from chalicelib.domain.service import look_at

_Moment = tuple[datetime, str]
"""When to look at a case, and in whose queue."""

SETTLING = timedelta(seconds=5)
"""What is scheduled is due at the earliest so much later, so that the sweep, whose mark moves
with the clock, can't pass a case between its decision and its write."""


MOST_WOKEN = 4
"""A payment may be close to what a transaction holds, and customers have one account or two."""


def with_results(case: Case, results: dict[str, StepResult]) -> Case:
    """Return the case with these steps ended, and what was decided about them done with."""
    left = (
        each
        for each in case.approvals
        if each.step not in results or each.verdict is Verdict.AWAITED
    )
    return replace(case, results={**case.results, **results}, approvals=tuple(left))


def skipped(case: Case, step: str, reason: Reason, now: datetime) -> Case:
    """Return the case with a step that isn't done any more, and without a claim.

    A claim of which nothing became known ends so. That it was tried and failed stays known.
    """
    result = StepResult(Outcome.SKIPPED, reason, now)
    failed = case.results.get(step)
    if reason is Reason.UNCONFIRMED:
        result = replace(result, outcome=Outcome.UNCONFIRMED)
        result = case.claim.ended(result.outcome, reason) if case.claim else result
    elif failed:
        result = replace(failed, reroute=False)
    return replace(with_results(case, {step: result}), claim=None)


def unscheduled(case: Case) -> Case:
    """Return the case with nothing to do."""
    return replace(case, due_at=None, channel=None)


def reschedule(
    file: CustomerFile, rules: Rules, now: datetime, *, settling: timedelta = SETTLING
) -> CustomerFile:
    """Return the file with each case's `due_at` and `channel` as `decide()` now says."""
    soonest: dict[str, _Moment] = {}
    for decision in decide(file, rules, now):
        for case_id, moment in _moments(decision, now):
            soonest[case_id] = min(moment, soonest.get(case_id, moment))
    for case, queue in to_confirm(file):
        soonest[case.id] = min((now, queue), soonest.get(case.id, (now, queue)))
    for case_id, moment in (*_judgings(file.cases), *_disputes(file.cases), *_services(file, now)):
        soonest[case_id] = min(moment, soonest.get(case_id, moment))
    soonest |= {case.id: (now, queue) for case, queue in to_confirm(file) if only_tells(case)}
    cases = (_due(case, soonest.get(case.id), now + settling) for case in file.cases)
    return replace(file, cases=tuple(cases))


def rescheduled(
    file: CustomerFile, rules: Rules, now: datetime, changed: Collection[Case]
) -> list[Case]:
    """Return those of the changed cases that are in the file with their `due_at`, and what leads
    their accounts now or chases for a plan, where it has to be looked at sooner than it would be.

    Whoever closes, pauses or releases a case thus wakes the next one in the same transaction: of at
    most MOST_WOKEN accounts and plans. Others are looked at when those are which they follow.
    """
    before = {case.id: case.due_at for case in file.cases}
    own = {case.id for case in changed}
    accounts = {account_key(case) for case in changed}
    leads = {
        each.lead.id
        for each in accounts_of(file, rules.of, now).values()
        if account_key(each.lead) in accounts
    }
    leads |= {case.id for case in file.cases if case.instalment}
    cases = reschedule(file, rules, now).cases
    woken = [
        case
        for case in cases
        if case.id in leads - own and _is_sooner(case.due_at, before[case.id])
    ]
    return [case for case in cases if case.id in own] + woken[:MOST_WOKEN]


def _is_sooner(due_at: datetime | None, than: datetime | None) -> bool:
    return due_at is not None and (than is None or due_at < than)


def _due(case: Case, moment: _Moment | None, soonest: datetime) -> Case:
    if moment is None or not case.is_unfinished:
        return unscheduled(case)
    due_at, channel = moment
    return replace(case, due_at=max(due_at, soonest), channel=channel)


def _moments(decision: Decision, now: datetime) -> Iterator[tuple[str, _Moment]]:
    """Yield when to look at the decision's cases, and in which queue."""
    match decision:
        case Send(channel=channel, parts=parts):
            yield from ((part.case_id, (now, queue_of(channel))) for part in parts)
        case Act(case_id=case_id) | Ask(case_id=case_id):
            yield case_id, (now, "action")
        case Wait(case_id=case_id, until=until, channel=channel) if until:
            yield case_id, (until, queue_of(channel))
        case Paused(case_id=case_id, until=until) if until:
            yield case_id, (until, "email")
        case Close(case_id=case_id):
            yield case_id, (now, "action")
        case Skip(case_id=case_id):
            yield case_id, (now, "email")
        case _:  # nothing until something changes
            pass


def _disputes(cases: Collection[Case]) -> Iterator[tuple[str, _Moment]]:
    """Yield when something is to be done about disputes, also while the rest is followed up."""
    for case in cases:
        for pause in case.disputes if case.is_open else ():
            if at := pause.look_at or pause.until:
                yield case.id, (at, "action")


def _services(file: CustomerFile, now: datetime) -> Iterator[tuple[str, _Moment]]:
    """Yield when the customer's service is to be seen to, also while a case is paused."""
    for case in file.open_cases:
        if at := look_at(case, now):
            yield case.id, (at, "action")


def _judgings(cases: Collection[Case]) -> Iterator[tuple[str, _Moment]]:
    """Yield when promises and plans are to be judged, also where something else holds their cases
    longer."""
    for kind in AGREED:
        moments = to_be_judged(cases, kind)
        for case in cases if moments else ():
            for each in promised_on([case], kind):
                if each in moments:
                    yield case.id, (moments[each], "action")
