"""When a step may run: its day, the window, earlier contacts, and the distance of `next`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from chalicelib.domain.announced import noticed_from
from chalicelib.domain.calendar import Closed, LocalCalendar, SendWindow
from chalicelib.domain.case import Case, Outcome, StepResult
from chalicelib.domain.contacts import Contact
from chalicelib.domain.customer import Customer
from chalicelib.domain.decisions import Reason
from chalicelib.domain.restraint import calling_hours, free_day
from chalicelib.domain.sequence import CatchUp, Sequence, Step

_DAY = timedelta(days=1)
_REASON_OF = {
    Closed.HOURS: Reason.OUTSIDE_HOURS,
    Closed.DAY: Reason.CLOSED_DAY,
    Closed.HOLIDAY: Reason.PUBLIC_HOLIDAY,
}


Done = tuple[int, datetime]
"""The days from the due date of a step that was done, and when (UTC) it was."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The timing rules of one sequence for one customer, whose own hours narrow its window."""

    calendar: LocalCalendar
    sequence: Sequence
    last_contact_at: datetime | None
    contacts: tuple[Contact, ...] = ()

    @classmethod
    def of(
        cls,
        customer: Customer,
        sequence: Sequence,
        last_contact_at: datetime | None = None,
        contacts: tuple[Contact, ...] = (),
    ) -> Timing:
        """Return the timing for a customer; without contacts, as if there had been none."""
        if hours := customer.contact_hours:
            window = sequence.window.within(hours) if sequence.window else hours
            sequence = replace(sequence, window=window)
        return cls(customer.calendar, sequence, last_contact_at, contacts)

    def day_of(self, case: Case, step: Step) -> date:
        """Return the local day of a step by the sequence alone, days of grace included."""
        return case.due_date + timedelta(days=self.sequence.effective_offset(step))

    def ready_at(self, case: Case, step: Step) -> datetime:
        """Return the first moment of the step's day (UTC), before window and gap are asked."""
        day = max(
            self.day_of(case, step),
            self._after_last(case, step),
            noticed_from(case, step, self.calendar),
        )
        return self.calendar.first_moment(self.sequence.window, day)

    def moment(
        self, step: Step, case: Case, at: datetime, channel: str, *, contact: bool
    ) -> tuple[datetime, Reason]:
        """Return when, from `at` on, the step may run on that channel, and what it waits for.

        `contact` says whether the customer hears of it as a message, so that the gap holds.
        """
        ready = max(at, self.ready_at(case, step))
        start, reason = ready, Reason.NOT_YET_DUE
        if (given := self.time_given(case, step)) and self.calendar.date_of(start) <= given:
            start = self.calendar.first_moment(self.sequence.window, given + _DAY)
            reason = Reason.PAYMENT_DEADLINE
        if contact and self.last_contact_at:
            gap = timedelta(days=self.sequence.min_gap_days)
            free = self.calendar.date_of(self.last_contact_at) + gap
            if self.calendar.date_of(start) < free:
                start = self.calendar.first_moment(self.sequence.window, free)
                reason = Reason.MIN_GAP
        today = self.calendar.date_of(start)
        held = free_day(channel, case, self.sequence, self.contacts, self.calendar, today)
        if held:
            start, reason = self.calendar.first_moment(self.sequence.window, held[0]), held[1]
            too_late = self.calendar.instant(case.due_date + _DAY)
            if step.offset_days < 0 and start > too_late:
                return max(ready, too_late), reason  # then it is dropped, and the next comes
        window = self.window(channel)
        if closed := self.calendar.closed(window, start):
            start = self.calendar.next_open(window, start)
            reason = _REASON_OF[closed] if reason is Reason.NOT_YET_DUE else reason
        return start, reason

    def window(self, channel: str) -> SendWindow | None:
        """Return the window in which a step may run on that channel."""
        return calling_hours(channel, self.sequence)

    def time_given(self, case: Case, step: Step) -> date | None:
        """Return until when messages before this step gave time to pay, those of a sequence that
        the case followed before among them."""
        at = {other.key: other.offset_days for other in self.sequence.steps}
        days = [
            result.pay_by
            for key, result in case.results.items()
            if result.reached and result.pay_by and (key not in at or at[key] < step.offset_days)
        ]
        return max(days, default=None)

    def is_overtaken(self, case: Case, step: Step) -> bool:
        """Say whether a firmer step was done already: then this one would be a step back."""
        return any(offset > step.offset_days for offset, _ in done_in(case, self.sequence))

    def is_covered(self, case: Case, step: Step) -> bool:
        """Say whether what was done under a sequence before stands in place of this step."""
        return case.covered is not None and step.offset_days <= case.covered.offset_days

    def catch_up(self, case: Case) -> CatchUp:
        """Return which of several missed steps runs: the next one in a case that was reopened."""
        return CatchUp.NEXT if case.reopened_at else self.sequence.catch_up

    def _after_last(self, case: Case, step: Step) -> date:
        """Return the day from which a step of `next` keeps its distance to what was done last.

        Reopening counts as done last: who had paid isn't reminded as if nothing had been.
        """
        if self.catch_up(case) is CatchUp.LATEST:
            return date.min
        before = self._last_done(case, step)
        begins = [at for at in (before[1] if before else None, case.reopened_at) if at]
        if not begins:
            return date.min
        distance = step.offset_days - before[0] if before else 0
        return self.calendar.date_of(max(begins)) + timedelta(days=distance)

    def _last_done(self, case: Case, step: Step) -> Done | None:
        before = [done for done in done_in(case, self.sequence) if done[0] < step.offset_days]
        return max(before, key=lambda done: done[1], default=None)


def done_in(case: Case, sequence: Sequence) -> list[Done]:
    """Return what was done of a case, by the days of the sequence that it follows.

    What was done under sequences before counts once, by the days of theirs.
    """
    before = case.covered
    done = [
        (step.offset_days, result.at)
        for step in sequence.steps
        if (result := case.results.get(step.key))
        and (result.reached or result.outcome is Outcome.ACTED)
        and (before is None or result.at > before.at)
    ]
    return [(before.offset_days, before.at), *done] if before else done


def is_pending(result: StepResult | None) -> bool:
    """Say whether a step with that result is still to be done, maybe in another way."""
    return result is None or result.reroute
