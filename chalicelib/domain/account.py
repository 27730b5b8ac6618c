"""Follow-up per account: in one currency, the leading invoice is the clock for all that is due.

The *leading* case is the oldest due one that is open, still owed, not paused, and has a step on or
after the due date left. Those steps are the account's: they run on its clock, and a message names
every other due case of the account that wasn't told that step yet. Each gets the step's result, so
whoever leads next goes on from where its customer is. Steps before the due date stay each case's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import kinds
from chalicelib.domain.announced import has_heard
from chalicelib.domain.bundle import LARGEST_BUNDLE, Ready
from chalicelib.domain.case import REACHED, Case, CustomerFile, Outcome, StepResult
from chalicelib.domain.decisions import AS_PLANNED, Act, Decision, Reason, Skip, Wait
from chalicelib.domain.route import route
from chalicelib.domain.sequence import Scope, Sequence, Step
from chalicelib.domain.timing import Timing, is_pending

if TYPE_CHECKING:
    from chalicelib.domain.customer import Customer

SequenceOf = Callable[[Case], Sequence]
Key = tuple[str, str]
"""What an account's cases have in common: sequence (of whatever version) and currency."""

OUTCOME_KNOWN_AFTER = timedelta(hours=1)
"""When to look again at a case that a last step leaves out: by then it is known who leads next."""
_NOT_AGREED = frozenset({Reason.APPROVAL_REFUSED, Reason.APPROVAL_LAPSED})
_TAKES_ALONG = AS_PLANNED | {Reason.FOR_A_PERSON}


@dataclass(frozen=True, slots=True)
class Account:
    """What a customer owes in a currency under a sequence of account scope.

    `due` are the cases that can be asked for now, oldest due first, `lead` is one of them; `cases`
    are all open ones, `messages` says how many cases of the file each message named, at `now`.
    """

    lead: Case
    due: tuple[Case, ...]
    cases: tuple[Case, ...]
    messages: Mapping[str, int]
    sequence_of: SequenceOf
    customer: Customer
    now: datetime

    def decides(self, case: Case, step: Step, now: datetime) -> bool:
        """Say whether a case is itself asked about its step: one that follows has the steps before
        its due date, and those that the account has left behind, which end as skipped."""
        if case.id == self.lead.id or step.offset_days < 0:
            return True
        timing = self.timing(case)
        return _is_past(timing, case, step) and timing.ready_at(case, step) <= now

    def led_by(self, case: Case) -> str:
        """Name the invoice that leads, in a sentence about a case."""
        if self.lead.id == case.id:
            return "This invoice leads its account: it is the oldest due one to be followed up."
        return f"Its account is led by invoice {self.lead.number}, due {self.lead.due_date}."

    def asks(self, case: Case, step: Step) -> tuple[int, int]:
        """Return how much a step can ask for, and how much was invoiced, in minor units."""
        about = self.due if _is_shared(step) else (case,)
        asked = sum(each.asked_at(self.now).amount for each in about)
        return asked, sum(each.amount for each in about)

    def was_told(self, case: Case, step: Step) -> bool:
        """Say whether the customer was told a step about the account's other invoices already,
        after its day by the clock of this case, which couldn't be named: it was held back.

        The next message names it. A last one always goes out, since else nothing told of it.
        """
        if not _is_shared(step) or not self._has_message_after(case, step):
            return False
        begun = self.timing(case).ready_at(case, step)
        return any(
            result.at >= begun and self._has_told(result, step)
            for other in self.cases
            if other.id != case.id and (result := other.results.get(step.key))
        )

    def shared(self, outcome: Ready | Act) -> list[Ready]:
        """Return, for what the leading case does now, what its followers share in."""
        step_key = outcome.step.key if isinstance(outcome, Ready) else outcome.step
        step = self.sequence_of(self.lead).step(step_key)
        if not _is_shared(step):
            return []
        channel = outcome.channel if isinstance(outcome, Ready) else None
        return self._shares(step, channel)

    def denied(self, skip: Skip) -> list[Skip]:
        """Return, for a step of the leading case that nobody agreed to, the same for those that it
        would have taken along: they were asked about with it."""
        step = self.sequence_of(self.lead).step(skip.step)
        if skip.reason not in _NOT_AGREED or not _is_shared(step):
            return []
        way = route(step, self.lead.results.get(step.key), self.customer)
        shares = self._shares(step, None if way.is_act else way.channel)
        return [replace(skip, case_id=each.case.id) for each in shares]

    def _shares(self, step: Step, channel: str | None) -> list[Ready]:
        followers = (case for case in self.due if case.id != self.lead.id)
        found = (self._share(case, step, channel) for case in followers)
        return [each for each in found if each]

    def follows(self, case: Case, lead: Iterable[Decision | Ready], now: datetime) -> Wait:
        """Return how long a case follows the leading one, for which this was decided."""
        waits = [each for each in lead if isinstance(each, Wait) and each.until]
        until = min((each.until for each in waits if each.until), default=None)
        channel = waits[0].channel if waits else None
        if until is None:
            until = self._next_step(self.lead, now) or self._next_step(case, now)
        return Wait(
            case.id, None, channel, until or now + OUTCOME_KNOWN_AFTER, Reason.FOLLOWS_LEADING
        )

    def _share(self, case: Case, step: Step, channel: str | None) -> Ready | None:
        result = case.results.get(step.key)
        sequence = self.sequence_of(case)
        own = next((each for each in sequence.steps if each.key == step.key), None)
        if case.claim or own is None or not is_pending(result):
            return None
        timing = self.timing(case)
        given = timing.time_given(case, own)
        if _is_past(timing, case, own) or (given and self._today <= given):
            return None
        if not has_heard(case, sequence, own, timing.calendar, self._today):
            return None  # what goes before such a step was told about others only
        if step.offset_days > 0 and self._has_grace(case, sequence):
            return None
        way = route(step, result, self.customer)
        if (None if way.is_act else way.channel) != channel:
            return None  # it came back to this one alone, and takes another way
        reason = Reason.WITH_LEADING if way.reason in _TAKES_ALONG else way.reason
        return Ready(case, self.sequence_of(self.lead), step, way.channel, reason)

    def _has_grace(self, case: Case, sequence: Sequence) -> bool:
        """Say whether the case is in its days of grace, in which nothing counts as overdue."""
        return 0 < sequence.grace_days >= (self._today - case.due_date).days

    def _has_message_after(self, case: Case, step: Step) -> bool:
        return any(
            other.offset_days > step.offset_days
            and kinds.is_message(other.do)
            and is_pending(case.results.get(other.key))
            for other in self.sequence_of(case).steps
        )

    def _has_told(self, result: StepResult, step: Step) -> bool:
        """A full message left others out for want of room, not since they were held back."""
        acted = result.outcome is Outcome.ACTED and not kinds.is_message(step.do)
        reached = result.outcome in REACHED and not result.reroute
        is_full = self.messages.get(result.communication or "", 0) >= LARGEST_BUNDLE
        return acted or (reached and not is_full)

    def _next_step(self, case: Case, now: datetime) -> datetime | None:
        timing = self.timing(case)
        moments = (
            timing.ready_at(case, step)
            for step in timing.sequence.steps
            if is_pending(case.results.get(step.key)) and not _is_past(timing, case, step)
        )
        return min((moment for moment in moments if moment > now), default=None)

    @property
    def _today(self) -> date:
        return self.customer.calendar.date_of(self.now)

    def timing(self, case: Case) -> Timing:
        """Return the timing of a case, the gap left aside."""
        return Timing.of(self.customer, self.sequence_of(case))


def accounts_of(file: CustomerFile, sequence_of: SequenceOf, now: datetime) -> dict[str, Account]:
    """Return the accounts in which a case leads at `now` (UTC), by the ids of their open cases
    that have a step of the account left. The others have nothing to follow.

    Raises KeyError where a case's sequence is unknown.
    """
    groups: dict[Key, list[Case]] = {}
    for case in sorted(file.open_cases, key=lambda case: (case.due_date, case.id)):
        if sequence_of(case).scope is Scope.ACCOUNT:
            groups.setdefault(account_key(case), []).append(case)
    if not groups:
        return {}
    results = (result for case in file.cases for result in case.results.values())
    messages = Counter(result.communication for result in results if result.communication)
    today = file.customer.calendar.date_of(now)
    accounts: dict[str, Account] = {}
    for group in groups.values():
        due = tuple(
            case
            for case in group
            if case.due_date <= today and case.remaining > 0 and not case.pause_at(now)
        )
        for lead in due:
            if _has_more(Timing.of(file.customer, sequence_of(lead)), lead):
                account = Account(
                    lead, due, tuple(group), messages, sequence_of, file.customer, now
                )
                own = (case for case in group if _has_more(account.timing(case), case))
                accounts |= {case.id: account for case in own}
                break
    return accounts


def account_key(case: Case) -> Key:
    """Return what the cases of one account have in common."""
    return case.sequence[0], case.currency.code


def with_account(
    case_ids: Collection[str], cases: Mapping[str, Case], sequence_of: SequenceOf
) -> list[str]:
    """Return these cases and those that are decided about together with them."""
    concerned = {
        account_key(cases[each])
        for each in case_ids
        if sequence_of(cases[each]).scope is Scope.ACCOUNT
    }
    if not concerned:
        return list(case_ids)
    others = [case.id for case in cases.values() if case.is_open and account_key(case) in concerned]
    return list(dict.fromkeys((*case_ids, *others)))


def _has_more(timing: Timing, case: Case) -> bool:
    return any(
        _is_shared(step)
        and is_pending(case.results.get(step.key))
        and not _is_past(timing, case, step)
        for step in timing.sequence.steps
    )


def _is_past(timing: Timing, case: Case, step: Step) -> bool:
    """Say whether a step would be a step back, after what was told, now or by a sequence before."""
    return timing.is_overtaken(case, step) or timing.is_covered(case, step)


def _is_shared(step: Step) -> bool:
    return step.offset_days >= 0
