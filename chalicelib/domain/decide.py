"""The heart: from a customer's file, the rules and the time, what to do now, and why.

Per case: a claim in flight or a pause holds it, nothing owed closes it; otherwise the steps
whose day has come are looked at, at most one notice of them remains (`catch_up`), and it goes
out when the window is open and the minimum gap to the last message has passed. Cases of an account
are led by one of them (account.py). Then the cases' notices are bundled into as few messages as the
rules allow.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.account import Account, accounts_of
from chalicelib.domain.announced import is_unannounced
from chalicelib.domain.approving import awaited, to_ask
from chalicelib.domain.bundle import Ready, bundle
from chalicelib.domain.case import CLAIM_SETTLES_AFTER, Case, CustomerFile
from chalicelib.domain.chasing import as_asked_for, sequence_for
from chalicelib.domain.consent import as_agreed
from chalicelib.domain.contacts import of_file
from chalicelib.domain.decisions import Act, Close, Decision, Paused, Reason, Skip, Wait
from chalicelib.domain.following import follow_leads
from chalicelib.domain.obsolete import obsolete
from chalicelib.domain.one_by_one import one_by_one
from chalicelib.domain.quota import Quotas, within_quota
from chalicelib.domain.restraint import restrains
from chalicelib.domain.route import Way, is_sent, route
from chalicelib.domain.sequence import CatchUp, Do, Sequence, Step
from chalicelib.domain.timing import Timing, is_pending

_COMING = frozenset(
    {
        Reason.NOT_YET_DUE,
        Reason.IN_FLIGHT,
        Reason.PAYMENTS_STALE,
        Reason.FOLLOWS_LEADING,
        Reason.SERVICE_REQUESTED,
        Reason.SEQUENCE_FINISHED,
    }
)
"""Waits that already are for the first of all coming steps, or hold everything back."""
_OF_ONE = frozenset({Reason.CONTACT_CAP, Reason.CALL_RULES, Reason.AWAITS_APPROVAL})
"""Waits that may hold back one step, or one kind of step, only, be it a message."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The sequence versions that the file's cases follow, by (id, version).

    `payments_stale_until` is set while what is known of payments is too old to remind anybody of
    anything: then steps that are due wait, and are looked at again at that moment. `quotas` are
    what the providers still take today (None: as much as there is). `opt_in` are the channels that
    only customers who agreed before are reached by.
    """

    sequences: Mapping[tuple[str, int], Sequence]
    payments_stale_until: datetime | None = None
    quotas: Quotas | None = None
    opt_in: frozenset[Do] = frozenset()

    def of(self, case: Case) -> Sequence:
        """Return the version that the case started with, or what chases its instalment, as read
        from `sequences`. Raises KeyError."""
        return sequence_for(case, self.sequences)


def decide(file: CustomerFile, rules: Rules, now: datetime) -> list[Decision]:
    """Say what to do for every open case of the file at `now` (UTC). Pure: no effect, no clock.

    Cases come oldest due first, skips before what is done instead. Each case gets exactly one of
    Send (maybe shared with other cases), Act, Ask, Wait, Paused and Close for its next step; those
    of the same day come together. Raises KeyError where the rules lack a case's sequence.
    """
    file = replace(as_asked_for(file), customer=as_agreed(file.customer, rules.opt_in))
    decisions: list[Decision] = []
    ready: list[Ready] = []
    last_contact_at = file.last_contact_at
    sequences = {case.id: rules.of(case) for case in file.cases}
    restrained = any(restrains(sequence) for sequence in sequences.values())
    contacts = of_file(file) if restrained else ()
    accounts = accounts_of(file, lambda case: sequences[case.id], now)
    outcomes: dict[str, list[Decision | Ready]] = {}
    for case in sorted(file.cases, key=lambda case: (case.due_date, case.id)):
        timing = Timing.of(file.customer, sequences[case.id], last_contact_at, contacts)
        outcomes[case.id] = [*_decide_case(case, file, timing, now, accounts.get(case.id))]
    for outcome in follow_leads(outcomes, accounts, now):
        stale_until = rules.payments_stale_until
        if stale_until and now < stale_until and isinstance(outcome, Ready | Act):
            decisions.append(_held(outcome, stale_until))
        elif isinstance(outcome, Ready):
            ready.append(outcome)
        else:
            decisions.append(outcome)
    decisions += within_quota(bundle(ready, file.customer.calendar, now), ready, rules.quotas, now)
    if restrained:
        decisions = one_by_one(decisions, file, rules.of, now)
    cases = {case.id: case for case in file.cases}
    return [
        _or_sooner(each, cases[each.case_id], file, rules, now)
        if isinstance(each, Wait) and each.until and each.reason not in _COMING
        else each
        for each in decisions
    ]


def _held(due: Ready | Act, until: datetime) -> Wait:
    """Return the wait in place of a step that might ask for what was paid already."""
    if isinstance(due, Act):
        return Wait(due.case_id, due.step, due.do, until, Reason.PAYMENTS_STALE)
    return Wait(due.case.id, due.step.key, due.channel, until, Reason.PAYMENTS_STALE)


def _or_sooner(wait: Wait, case: Case, file: CustomerFile, rules: Rules, now: datetime) -> Wait:
    """Return the wait, or that for a step which isn't held by the same and comes while one waits.

    A call of tomorrow isn't held up by today's message's gap, nor an SMS by caps on e-mails."""
    timing = Timing.of(file.customer, rules.of(case))
    has_own_hours = wait.channel and timing.window(wait.channel) != timing.sequence.window
    coming = [
        step
        for step in timing.sequence.steps
        if (has_own_hours or wait.reason in _OF_ONE or not is_sent(step))
        and is_pending(case.results.get(step.key))
        and timing.ready_at(case, step) > now
    ]
    sooner = _wait(case, coming, file, timing)
    is_sooner = sooner.until and wait.until and sooner.until < wait.until
    return sooner if is_sooner else wait


def _decide_case(
    case: Case, file: CustomerFile, timing: Timing, now: datetime, account: Account | None
) -> Iterator[Decision | Ready]:
    if (case.open_tasks or case.disputes) and not case.is_open:
        yield Close(case.id, Reason(case.closed_reason or Reason.PAID))
    if case.claim:
        settles = case.claim.at + CLAIM_SETTLES_AFTER
        if now < settles:
            yield Wait(case.id, case.claim.step, Do(case.claim.channel), settles, Reason.IN_FLIGHT)
        else:
            yield Skip(case.id, case.claim.step, Reason.UNCONFIRMED)
    elif not case.is_open and case.restriction and case.restriction.lifted:
        look_at = case.restriction.look_at
        yield Wait(case.id, None, None, look_at, Reason.SERVICE_REQUESTED)
    elif case.remaining <= 0 or not case.is_open:
        yield Close(case.id, Reason(case.closed_reason or Reason.PAID))
    elif pause := case.pause_at(now):
        yield Paused(case.id, pause.until, Reason(pause.kind.value))
    else:
        yield from _decide_steps(case, file, timing, now, account)


def _decide_steps(
    case: Case, file: CustomerFile, timing: Timing, now: datetime, account: Account | None
) -> Iterator[Decision | Ready]:
    pending = [step for step in timing.sequence.steps if is_pending(case.results.get(step.key))]
    if account:
        pending = [step for step in pending if account.decides(case, step, now)]
    arrived = [step for step in pending if timing.ready_at(case, step) <= now]
    chosen: list[Step] = []
    for step in arrived:
        if reason := obsolete(case, step, timing, now, account):
            yield Skip(case.id, step.key, reason)
        else:
            chosen.append(step)
    dropped: list[Step] = []
    if chosen and timing.catch_up(case) is CatchUp.LATEST:
        latest = chosen[-1].offset_days
        dropped = [step for step in chosen if step.offset_days < latest]
        chosen = [step for step in chosen if step.offset_days == latest]
    elif chosen:
        chosen = [step for step in chosen if step.offset_days == chosen[0].offset_days]
    for step in dropped:
        yield Skip(case.id, step.key, Reason.SUPERSEDED)
    if chosen:
        caught_up = bool(dropped) or _is_late(case, chosen[0], timing, now)
        yield from _do_steps(chosen, case, file, timing, account, now=now, caught_up=caught_up)
    else:
        yield _wait(case, [step for step in pending if step not in arrived], file, timing)


def _do_steps(
    steps: list[Step],
    case: Case,
    file: CustomerFile,
    timing: Timing,
    account: Account | None,
    *,
    now: datetime,
    caught_up: bool,
) -> Iterator[Decision | Ready]:
    for step in steps:
        way = route(step, case.results.get(step.key), file.customer)
        moment, reason = timing.moment(step, case, now, way.channel, contact=way.is_contact)
        why = _why(step, way, caught_up=caught_up)
        asked = account.asks(case, step)[0] if account else case.asked_at(now).amount
        if held := awaited(case, step, way.channel, asked, timing.calendar, now):
            yield held
        elif moment > now:
            yield Wait(case.id, step.key, way.channel, moment, reason)
        elif question := to_ask(case, step, asked, timing.calendar, now):
            yield question
        elif way.is_act:
            unannounced = is_unannounced(case, step)
            yield Act(case.id, step.key, step.do, Reason.NOT_ANNOUNCED if unannounced else why)
        else:
            yield Ready(case, timing.sequence, step, way.channel, why)


def _why(step: Step, way: Way, *, caught_up: bool) -> Reason:
    """Return why a step is done, be it approved or missed, unless its way has a reason itself."""
    if way.reason is not Reason.DUE:
        return way.reason
    if step.approval:
        return Reason.APPROVED
    return Reason.CAUGHT_UP if caught_up else Reason.DUE


def _wait(case: Case, coming: list[Step], file: CustomerFile, timing: Timing) -> Wait:
    first = Wait(case.id, None, None, None, Reason.SEQUENCE_FINISHED)
    for step in coming:
        start = timing.ready_at(case, step)
        if first.until and start >= first.until:
            continue  # what begins later doesn't come first, whatever it has to wait for
        way = route(step, case.results.get(step.key), file.customer)
        moment, _ = timing.moment(step, case, start, way.channel, contact=way.is_contact)
        if first.until is None or moment < first.until:
            first = Wait(case.id, step.key, way.channel, moment, Reason.NOT_YET_DUE)
    return first


def _is_late(case: Case, step: Step, timing: Timing, now: datetime) -> bool:
    on_time = timing.calendar.next_open(timing.sequence.window, timing.ready_at(case, step))
    return timing.calendar.date_of(now) > timing.calendar.date_of(on_time) + timedelta(days=1)
