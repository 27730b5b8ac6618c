"""What a preview decides on at a moment: the cases with something new, instead of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Decision, Paused, Wait
from chalicelib.domain.timing import Timing


class Agenda:
    """When to decide on which case again.

    Until its moment comes, or something happens to it, a case waits as it did: what others send
    can only make it wait longer, which it finds out when its moment comes.
    """

    def __init__(self) -> None:
        self._decided: dict[str, tuple[Case, datetime | None]] = {}
        self._contacts: dict[str, tuple[Case, datetime | None]] = {}

    def news(self, file: CustomerFile, now: datetime) -> CustomerFile:
        """Return the file with those cases only that are to be decided on at `now`."""
        cases = tuple(case for case in file.cases if self._is_news(case, now))
        return CustomerFile(replace(file.customer, last_contact_at=self._last_contact(file)), cases)

    def note(
        self, file: CustomerFile, decisions: Iterable[Decision], rules: Rules, now: datetime
    ) -> None:
        """Note when to decide on these cases again: when a wait ends, or a step's day begins.

        On its day a step shows what it has to wait for.
        """
        ends = {each.case_id: each.until for each in decisions if isinstance(each, Wait | Paused)}
        for case in file.cases:
            timing = Timing(file.customer.calendar, rules.of(case), None)
            steps = (step for step in rules.of(case).steps if step.key not in case.results)
            moments = [ends.get(case.id), *(timing.ready_at(case, step) for step in steps)]
            again = min((each for each in moments if each and each > now), default=None)
            self._decided[case.id] = (case, again)

    def next_moment(self, now: datetime) -> datetime | None:
        """Return when to decide next. What was closed in the meantime has its moment behind it."""
        moments = [again for _, again in self._decided.values() if again and again > now]
        return min(moments, default=None)

    def _is_news(self, case: Case, now: datetime) -> bool:
        known, again = self._decided.get(case.id, (None, None))
        return known is not case or (again is not None and again <= now)

    def _last_contact(self, file: CustomerFile) -> datetime | None:
        for case in file.cases:
            if self._contacts.get(case.id, (None, None))[0] is not case:
                self._contacts[case.id] = (case, case.last_contact_at)
        moments = [self._contacts[case.id][1] for case in file.cases]
        return max(
            (each for each in (*moments, file.customer.last_contact_at) if each), default=None
        )
