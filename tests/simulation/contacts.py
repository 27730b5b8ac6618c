"""What customers have in hand, as the mail says, held against what their sequences promise: the gap
between messages, the time to pay that a message gave, caps, quiet days, the rules for calls, and
the hours in which a customer wants to be contacted. Contacts that people told of count from when
they were told. Nothing here asks the code that decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from chalicelib.domain.case import Case
from chalicelib.domain.chasing import sequence_of
from chalicelib.domain.communication import Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.default_sequence import INSTALMENTS
from chalicelib.domain.sequence import Sequence as Steps
from chalicelib.ports.storage import Record
from chalicelib.services.effects.escalating import HANDED_OVER
from chalicelib.services.step_tasks import SETTLED
from tests.endings import require
from tests.simulation.mail import channel_of, text_of

if TYPE_CHECKING:
    from tests.simulation.life import Life
    from tests.simulation.mail import Message

WEEK = 7
MOST_CALLS = 7
CALLING = time(8), time(21)
"""12 CFR 1006.14(b)(2)(i) and 1006.6(b)(1)(i)."""
AT_WORK = timedelta(minutes=15)
"""How long ago a contact must have been told of to be known to whoever decides."""
PAY_BY = re.compile(r"by (\d{4}-\d\d-\d\d)")


@dataclass(frozen=True, slots=True)
class Made:
    """A contact on a local day; `about` ends the id of the case that it was about (None: any)."""

    day: date
    channel: str
    inbound: bool = False
    about: str | None = None
    conversation: bool = False
    known_at: datetime | None = None

    def is_known(self, now: datetime) -> bool:
        """Say whether whoever decided until now must have known of it."""
        return self.known_at is None or now - self.known_at > AT_WORK


class Contacts:
    """The days on which messages reached each customer, and until when they gave time to pay."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self._reached: dict[str, date] = {}
        self._given: dict[str, list[tuple[int, date]]] = defaultdict(list)
        self._made: dict[str, dict[str, Made]] = defaultdict(dict)
        self._spoken: dict[str, dict[str, Made]] = defaultdict(dict)

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
            assert case.claim is not None
            _in_hours(customer, case.claim.at)
        channel = channel_of(message)
        self._restrained(cases, customer, channel, today)
        if self.life.mail_events.comes_back(message.to):
            return
        self._made[customer.id][message.communication_id] = Made(today, channel)
        self._reached[customer.id] = today
        text = text_of(message)
        if not cases[0].instalment and (found := PAY_BY.search(text)):
            day = date.fromisoformat(found[1])
            require(day > today, f"deadline: {day} is named on {today}")
            for case in cases:
                if case.due_date <= day:
                    self._given[case.id].append((self._offset(case), day))

    def committed(self, before: Record | None, after: Record) -> None:
        """Check a call that was handed to a person; note when it was made, and what was told."""
        if isinstance(after, Customer):
            self._note(after)
        if not isinstance(after, Task) or (after.do, after.reason) != ("call", "for_a_person"):
            return
        customer = self.life.ledger.customer(after.tenant, after.customer_id)
        case = self.life.ledger.case(after.tenant, after.case_id)
        assert customer is not None
        assert case is not None
        today = customer.calendar.date_of(self.life.clocks.now_of(case))
        if before is None:
            self._restrained([case], customer, "call", today)
            self._may_be_called(case, customer, today, after.created_at)
        if before is None or after.outcome not in {None, SETTLED, HANDED_OVER}:
            self._made[customer.id][after.id] = Made(today, "call", about=case.id)

    def _note(self, customer: Customer) -> None:
        """Note what was told of a customer's contacts, and in which calls the two spoke."""
        now = self.life.scheduler.now()
        for each in customer.contacts:
            day = customer.calendar.date_of(each.at)
            made = Made(day, each.channel, each.inbound, each.case, each.conversation, now)
            if each.is_told:
                self._made[customer.id].setdefault(each.id, made)
            if each.conversation:
                self._spoken[customer.id].setdefault(each.id, made)

    def _may_be_called(self, case: Case, customer: Customer, today: date, at: datetime) -> None:
        _in_hours(customer, at)
        if self._sequence(case).call_rules is None:
            return
        opens, closes = CALLING
        clock = at.astimezone(ZoneInfo(customer.timezone)).time()
        require(opens <= clock < closes, f"calls: {customer.name} is to be called at {clock}")
        made = self._lately(self._made[customer.id].values(), today, WEEK, case)
        tries = sum(each.channel == "call" and not each.inbound for each in made)
        require(tries < MOST_CALLS, f"calls: {customer.name} {tries} before {today}")
        spoken = self._lately(self._spoken[customer.id].values(), today, WEEK, case)
        called = [each for each in spoken if each.channel == "call"]
        require(not called, f"calls: {customer.name} on {today} after {called}")

    def _lately(
        self, made: Iterable[Made], today: date, days: int, about: Case | None = None
    ) -> list[Made]:
        """Return those of so many days that were known, and may have been about the case."""
        now = self.life.scheduler.now()
        return [
            each
            for each in made
            if (today - each.day).days < days
            and each.is_known(now)
            and (about is None or each.about is None or about.id.endswith(each.about))
        ]

    def _restrained(
        self, cases: Sequence[Case], customer: Customer, channel: str, today: date
    ) -> None:
        made = self._made[customer.id].values()
        for case in cases:
            rules = self._sequence(case)
            for of, most in rules.max_contacts.items():
                if of in {"any", channel}:
                    week = [each for each in self._lately(made, today, WEEK) if not each.inbound]
                    count = sum(of in {"any", each.channel} for each in week)
                    require(count < most, f"cap: {customer.name} {count} by {of} before {today}")
            quiet = self._lately(made, today, rules.quiet_days)
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


def _in_hours(customer: Customer, at: datetime) -> None:
    """Require that the customer wants to be contacted at that moment."""
    if hours := customer.contact_hours:
        local = at.astimezone(ZoneInfo(customer.timezone))
        day = local.strftime("%a").lower() in {each.value for each in hours.days}
        is_open = day and hours.opens <= local.time() < hours.closes
        require(is_open, f"hours: {customer.name} is contacted at {local}")
