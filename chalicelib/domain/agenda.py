"""When foresight looks at which case again, so that it looks at few of them at a time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.chasing import as_asked
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Act, Ask, Decision, Paused, Send, Skip, Wait
from chalicelib.domain.timing import Timing


class Agenda:
    """The cases by the moment of their next look.

    Until its moment comes, or something happens to it, a case waits as it did: what others send
    can only make it wait longer, which it finds out when its moment comes.
    """

    def __init__(self, rules: Rules, *, daily: bool) -> None:
        self._rules = rules
        self._daily = daily
        self._moments: dict[str, datetime] = {}
        self._queue: list[tuple[datetime, str]] = []

    def call(self, case_ids: Iterable[str], at: datetime) -> None:
        """Look at these cases at that moment, unless that is to be done earlier."""
        for case_id in case_ids:
            if case_id not in self._moments or at < self._moments[case_id]:
                self._moments[case_id] = at
                heapq.heappush(self._queue, (at, case_id))

    def due(self, now: datetime) -> list[str]:
        """Take off the cases whose moment has come, and return their ids."""
        due: list[str] = []
        while (moment := self.next_moment()) and moment <= now:
            due.append(heapq.heappop(self._queue)[1])
            del self._moments[due[-1]]
        return due

    def next_moment(self) -> datetime | None:
        """Return the moment of the next look."""
        while self._queue and self._moments.get(self._queue[0][1]) != self._queue[0][0]:
            heapq.heappop(self._queue)  # an earlier moment has taken its place
        return self._queue[0][0] if self._queue else None

    def note(self, file: CustomerFile, decisions: Iterable[Decision], now: datetime) -> None:
        """Note when to look at these cases again: at once after a step, else as a wait ends."""
        for decision in decisions:
            match decision:
                case Send(parts=parts):
                    self.call((part.case_id for part in parts), now)
                case Act():
                    self.call(decision.cases, now)
                case Skip(case_id=case_id) | Ask(case_id=case_id):
                    self.call([case_id], now)
                case Wait(case_id=case_id, until=until) | Paused(case_id=case_id, until=until):
                    self.call([case_id] if until else [], until or now)
                case _:  # a closed case
                    pass
        for case in file.cases:
            self._note_ends(case, now)
            if self._daily and (day := min(self._days(case, file, now), default=None)):
                self.call([case.id], day)

    def _note_ends(self, case: Case, now: datetime) -> None:
        """Note when what a part that is disputed held back is asked for again."""
        ends = (pause.until for pause in case.pauses if pause.amount is not None)
        if soonest := min((end for end in ends if end and end > now), default=None):
            self.call([case.id], soonest)

    def _days(self, case: Case, file: CustomerFile, now: datetime) -> Iterator[datetime]:
        timing, case = Timing.of(file.customer, self._rules.of(case)), as_asked(case)
        for step in timing.sequence.steps:
            if step.key not in case.results and (day := timing.ready_at(case, step)) > now:
                yield day
