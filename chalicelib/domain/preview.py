"""A dry run: what a sequence would do to invoices, and why, if certain things happened to them.

The same `decide()` and the same books as in production run from one moment at which anything can
change to the next. The customer is assumed to have a working e-mail address, phone and postal
address; calls and other steps for a person end as `act`. Nothing is stored and nothing is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case, CaseStatus, CustomerFile
from chalicelib.domain.charging import Drawn
from chalicelib.domain.decisions import (
    FOR_PEOPLE,
    Act,
    Ask,
    Close,
    Decision,
    Paused,
    Reason,
    Send,
    Skip,
    Wait,
)
from chalicelib.domain.foresight import foresee
from chalicelib.domain.money import Money, totals_by_currency
from chalicelib.domain.rehearsal import Happening, PreviewInvoice, Rehearsal
from chalicelib.domain.rehearsed_charges import Terms
from chalicelib.domain.sequence import Do, Sequence

_UNTOLD = frozenset({Reason.NOT_YET_DUE, Reason.SEQUENCE_FINISHED})
"""Waits that are no news: that nothing is due yet, or ever again."""


class EntryOutcome(StrEnum):
    """What kind of decision an entry tells."""

    SEND = "send"
    ACT = "act"
    SKIP = "skip"
    WAIT = "wait"
    PAUSE = "pause"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Share:
    """One invoice's share in an entry: its number, its step, and why."""

    invoice: str
    step: str | None
    reason: Reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One dated decision. A message about several invoices is one entry, told by its firmest step.

    `do` is the channel really taken. `remaining` is what is owed on these invoices at that
    moment, per currency; `until` is when a wait or pause ends (None: open end, or neither),
    `pay_by` the day until which a message gives time to pay, and `charged` what a fee or interest
    adds to it.
    """

    at: datetime
    outcome: EntryOutcome
    step: str | None
    do: Do | None
    reason: Reason
    shares: tuple[Share, ...]
    remaining: tuple[Money, ...]
    until: datetime | None = None
    charged: Money | None = None
    pay_by: date | None = None

    @property
    def invoices(self) -> tuple[str, ...]:
        """The numbers of the invoices that the decision is about."""
        return tuple(share.invoice for share in self.shares)

    @property
    def amount_remaining(self) -> int | None:
        """What is owed on them in minor units; None where they are in several currencies."""
        return self.remaining[0].amount if len(self.remaining) == 1 else None


def preview(
    sequence: Sequence,
    calendar: LocalCalendar,
    invoices: Iterable[PreviewInvoice],
    happenings: Iterable[Happening],
    *,
    start: datetime,
    until: datetime,
    terms: Terms | None = None,
) -> list[Entry]:
    """Return every dated decision from `start` up to and including `until` (UTC), in order.

    An invoice is there from its local issue date, or from `start` where that is later; what
    happens to it earlier counts from then on. Waits for window, holiday or gap, pauses and
    closings are told once each, not at every sweep. Raises KeyError for a happening whose
    invoice is none of `invoices`. Without `terms` fees and interest are told without amounts.
    """
    rehearsal = Rehearsal(sequence, calendar, invoices, happenings, start=start, terms=terms)
    teller = _Teller(sequence, rehearsal)
    entries: list[Entry] = []
    for turn in foresee(rehearsal, start, daily=True):
        if turn.now > until:
            break
        entries += teller.closings(rehearsal.books.cases.values(), turn.now)
        entries += teller.tell(turn.decisions, turn.file, turn.now)
    return entries


class _Teller:
    """Turns decisions into entries, and tells what lasts only once."""

    def __init__(self, sequence: Sequence, rehearsal: Rehearsal) -> None:
        self._sequence, self._rehearsal = sequence, rehearsal
        self._closed: set[str] = set()
        self._waits: set[tuple[str, str | None, Reason]] = set()
        self._pauses: dict[str, Paused] = {}

    def closings(self, cases: Iterable[Case], now: datetime) -> list[Entry]:
        """Tell which cases were closed by what happened."""
        entries = []
        for case in cases:
            if case.status is CaseStatus.OPEN and case.remaining > 0:
                self._closed.discard(case.id)
            elif case.status is CaseStatus.CLOSED and case.id not in self._closed:
                self._closed.add(case.id)
                reason = Reason(case.closed_reason or Reason.PAID)
                entries.append(_entry(now, EntryOutcome.CLOSE, case, reason))
        return entries

    def tell(self, decisions: list[Decision], file: CustomerFile, now: datetime) -> list[Entry]:
        """Tell the decisions that are news."""
        cases = {case.id: case for case in file.cases}
        entries = [entry for each in decisions if (entry := self._entry(each, cases, now))]
        paused = {each.case_id: each for each in decisions if isinstance(each, Paused)}
        others = {key: pause for key, pause in self._pauses.items() if key not in cases}
        self._pauses = others | paused
        return entries

    def _entry(self, decision: Decision, cases: dict[str, Case], now: datetime) -> Entry | None:
        match decision:
            case Send():
                return self._message(decision, cases, now)
            case Act():
                return self._act(decision, cases, now)
            case Skip(case_id, step, reason):
                do = self._sequence.step(step).do
                return _entry(now, EntryOutcome.SKIP, cases[case_id], reason, step=step, do=do)
            case Ask(case_id, step, do, _, until):
                reason = Reason.AWAITS_APPROVAL
                self._waits.add((case_id, step, reason))  # that it waits is told herewith
                entry = _entry(now, EntryOutcome.WAIT, cases[case_id], reason, step=step, do=do)
                return replace(entry, until=until)
            case Wait(case_id, step, do, until, reason) if self._is_news(decision):
                entry = _entry(now, EntryOutcome.WAIT, cases[case_id], reason, step=step, do=do)
                return replace(entry, until=until)
            case Paused(case_id, until, reason) if self._pauses.get(case_id) != decision:
                entry = _entry(now, EntryOutcome.PAUSE, cases[case_id], reason)
                return replace(entry, until=until)
            case Close(case_id, reason) if case_id not in self._closed:
                self._closed.add(case_id)
                return _entry(now, EntryOutcome.CLOSE, cases[case_id], reason)
            case _:
                return None

    def _act(self, act: Act, cases: dict[str, Case], now: datetime) -> Entry:
        case = cases[act.case_id]
        drawn = None if act.is_task else self._rehearsal.charged(case.id, act.step, now)
        outcome, reason = EntryOutcome.ACT, act.reason
        if isinstance(drawn, Reason):
            outcome, reason = outcome if drawn in FOR_PEOPLE else EntryOutcome.SKIP, drawn
        entry = _act(replace(act, reason=reason), outcome, cases, now)
        if isinstance(drawn, Drawn):
            return replace(entry, charged=Money(drawn.amount, case.currency))
        return entry

    def _is_news(self, wait: Wait) -> bool:
        told = (wait.case_id, wait.step, wait.reason)
        if wait.reason in _UNTOLD or told in self._waits:
            return False
        self._waits.add(told)
        return True

    def _message(self, message: Send, cases: dict[str, Case], now: datetime) -> Entry:
        firmest = max(message.parts, key=lambda part: self._sequence.step(part.step).offset_days)
        shares = [
            Share(cases[part.case_id].number, part.step, part.reason) for part in message.parts
        ]
        owed = [cases[part.case_id].owed for part in message.parts]
        return Entry(
            at=now,
            outcome=EntryOutcome.SEND,
            step=firmest.step,
            do=message.channel,
            reason=firmest.reason,
            shares=tuple(shares),
            remaining=totals_by_currency(owed),
            pay_by=message.pay_by,
        )


def _act(act: Act, outcome: EntryOutcome, cases: dict[str, Case], now: datetime) -> Entry:
    about = [cases[each] for each in act.cases]
    shares = (Share(case.number, act.step, act.result_of(case.id)) for case in about)
    return Entry(
        at=now,
        outcome=outcome,
        step=act.step,
        do=act.do,
        reason=act.reason,
        shares=tuple(shares),
        remaining=totals_by_currency([case.owed for case in about]),
    )


def _entry(
    now: datetime,
    outcome: EntryOutcome,
    case: Case,
    reason: Reason,
    *,
    step: str | None = None,
    do: Do | None = None,
) -> Entry:
    shares = (Share(case.number, step, reason),)
    return Entry(now, outcome, step, do, reason, shares, (case.owed,))
