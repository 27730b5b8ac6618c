"""What customers have in hand, as the mail says, held against what their sequences promise: the gap
between messages, the time to pay that a message gave, caps, quiet days, and the rules for calls.
Nothing here asks the code that decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from chalicelib.domain.case import Case
from chalicelib.domain.chasing import sequence_of
from chalicelib.domain.communication import Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.default_sequence import INSTALMENTS
from chalicelib.domain.sequence import Sequence as Steps
from chalicelib.ports.storage import Record
from chalicelib.services.step_tasks import SETTLED
from tests.endings import require
from tests.simulation.mail import channel_of, text_of

if TYPE_CHECKING:
    from tests.simulation.life import Life
    from tests.simulation.mail import Message

WEEK = 7
PAY_BY = re.compile(r"by (\d{4}-\d\d-\d\d)")


class Contacts:
    """The days on which messages reached each customer, and until when they gave time to pay."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self._reached: dict[str, date] = {}
        self._given: dict[str, list[tuple[int, date]]] = defaultdict(list)
        self._made: dict[str, dict[str, tuple[date, str]]] = defaultdict(dict)

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
        channel = channel_of(message)
        self._restrained(cases, customer, channel, today)
        if self.life.mail_events.comes_back(message.to):
            return
        self._made[customer.id][message.communication_id] = (today, channel)
        self._reached[customer.id] = today
        text = text_of(message)
        if not cases[0].instalment and (found := PAY_BY.search(text)):
            day = date.fromisoformat(found[1])
            require(day > today, f"deadline: {day} is named on {today}")
            for case in cases:
                if case.due_date <= day:
                    self._given[case.id].append((self._offset(case), day))

    def committed(self, before: Record | None, after: Record) -> None:
        """Check a call that was handed to a person, and note when it was made."""
        if not isinstance(after, Task) or (after.do, after.reason) != ("call", "for_a_person"):
            return
        customer = self.life.ledger.customer(after.tenant, after.customer_id)
        case = self.life.ledger.case(after.tenant, after.case_id)
        assert customer is not None
        assert case is not None
        today = customer.calendar.date_of(self.life.clocks.now_of(case))
        if before is None:
            self._restrained([case], customer, "call", today)
        if before is None or after.outcome not in {None, SETTLED}:
            self._made[customer.id][after.id] = (today, "call")

    def _restrained(
        self, cases: Sequence[Case], customer: Customer, channel: str, today: date
    ) -> None:
        made = self._made[customer.id].values()
        for case in cases:
            rules = self._sequence(case)
            for of, most in rules.max_contacts.items():
                if of in {"any", channel}:
                    week = [how for day, how in made if (today - day).days < WEEK]
                    count = sum(of in {"any", how} for how in week)
                    require(count < most, f"cap: {customer.name} {count} by {of} before {today}")
            quiet = [day for day, _ in made if (today - day).days < rules.quiet_days]
            require(not quiet, f"quiet: {customer.name} on {today} after {quiet}")

    def _keeps_gap(self, case: Case, name: str, today: date) -> None:
        before = self._reached.get(case.customer_id)
        least = self._sequence(case).min_gap_days
        if before and least:
            days = (today - before).days
            require(days >= least, f"gap: {name} after {days} days")

    def _offset(self, case: Case) -> int:
        assert case.claim is not None
        return self._sequence(case).step(case.claim.step).offset_days

    def _sequence(self, case: Case) -> Steps:
        if case.instalment:
            return sequence_of(case.instalment, INSTALMENTS)
        found = self.life.ledger.sequence(case.tenant, *case.sequence)
        assert found is not None
        return found
