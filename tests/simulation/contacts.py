"""What customers have in hand, as the mail says, held against what their sequences promise: the gap
between messages, and the time to pay that a message gave. Nothing here asks the code that decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.case import Case
from tests.endings import require
from tests.simulation.mail import text_of

if TYPE_CHECKING:
    from tests.simulation.life import Life
    from tests.simulation.mail import Message

PAY_BY = re.compile(r"by (\d{4}-\d\d-\d\d)")


class Contacts:
    """The days on which messages reached each customer, and until when they gave time to pay."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self._reached: dict[str, date] = {}
        self._given: dict[str, list[tuple[int, date]]] = defaultdict(list)

    def left(self, message: Message, cases: Sequence[Case]) -> None:
        """Check a message that left about these cases, and take note of it."""
        customer = self.life.ledger.customer(cases[0].tenant, cases[0].customer_id)
        assert customer is not None
        today = customer.calendar.date_of(self.life.clocks.now_of(cases[0]))
        self._keeps_gap(cases[0], customer.name, today)
        for case in cases:
            for offset, day in self._given[case.id]:
                ended = today > day or self._offset(case) <= offset
                require(ended, f"deadline: {case.number} on {today}, time was given until {day}")
        if self.life.mail_events.comes_back(message.to):
            return
        self._reached[customer.id] = today
        text = text_of(message)
        if found := PAY_BY.search(text):
            day = date.fromisoformat(found[1])
            require(day > today, f"deadline: {day} is named on {today}")
            for case in cases:
                if case.due_date <= day:
                    self._given[case.id].append((self._offset(case), day))

    def _keeps_gap(self, case: Case, name: str, today: date) -> None:
        before = self._reached.get(case.customer_id)
        least = self._sequence(case).min_gap_days
        if before and least:
            days = (today - before).days
            require(days >= least, f"gap: {name} after {days} days")

    def _offset(self, case: Case) -> int:
        assert case.claim is not None
        return self._sequence(case).step(case.claim.step).offset_days

    def _sequence(self, case: Case):
        found = self.life.ledger.sequence(case.tenant, *case.sequence)
        assert found is not None
        return found
