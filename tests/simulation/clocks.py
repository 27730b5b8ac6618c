"""Holds test clocks to what they promise.

- A clock never goes back, nor beyond its target, and is ready where it was sent, in the end.
- What is due on it happens in order: it passes no case whose moment its worker knew without a look
  (a customer whose message couldn't be taken has all that is due looked at a little later).
- Nothing on it is handed over by the sweep of the wall clock.
- Messages of test mode leave only where the stage says so; elsewhere they are captured.
- No claim is given up while its worker may still be sending.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from greenlet import getcurrent

from chalicelib.domain.case import Case, Outcome
from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.due import clock_partition
from chalicelib.domain.tenant import Mode, Tenant, tenant_of
from chalicelib.domain.test_clock import ClockStatus, TestClock
from chalicelib.ports.storage import Record
from chalicelib.services.advance_clock import AGAIN
from tests.endings import require
from tests.simulation.queues import Message

if TYPE_CHECKING:
    from tests.simulation.life import Life

SENDS_FOR = timedelta(minutes=1)
"""Longer than any worker is at a message after its claim, however slow the calls are."""
NEVER = datetime.min.replace(tzinfo=UTC)


class Clocks:
    """All test clocks of a life."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._looked: dict[str, datetime] = {}
        self._changed_by: dict[str, object] = {}
        self._claimed: dict[str, tuple[datetime, object]] = {}
        life.ledger.on_look.append(self._looks)
        life.ledger.on_change.append(self._changed)

    def now_of(self, case: Case) -> datetime:
        """Return the present time of a case's customer."""
        clock = self._clock(case.tenant, case.test_clock)
        return clock.now if clock else self._life.scheduler.now()

    def handed_over(self, message: Message) -> None:
        """Require that a worker of the wall clock's queues isn't sent to a clock's customer."""
        if {"privacy", "segments"} & message.keys():
            return  # what these ask for is done on the wall clock for everybody
        tenant, customer_id = tenant_of(message["tenant"]), message["customer"]
        customer = self._life.ledger.customer(tenant, customer_id)
        swept = customer and customer.test_clock
        require(not swept, f"clock: {customer_id} lives on {swept} and is swept")

    def comes_late_to(self, customer: Customer) -> bool:
        """Say whether something is due of which the clock's worker couldn't know when it came by.

        It was posted, or shown by the index, after the worker's last look; so it is done as soon as
        the clock is sent on, as is whatever is posted while the clock stands still.
        """
        if customer.test_clock is None:
            return False
        where = clock_partition(customer.tenant, customer.test_clock)
        looked = self._life.ledger.read_at.get(where, NEVER)
        cases = self._life.ledger.own_cases(customer)
        return any(
            case.due_at and self._life.ledger.seen_at[case.tenant.key, case.id] > looked
            for case in cases
        )

    def leaves(self, case: Case) -> None:
        """Require that a message about the case may leave."""
        stays = case.tenant.mode is Mode.TEST and not self._life.scene.delivers_test_mode
        require(not stays, f"captured: a message about {case.number} left in test mode")

    def at_the_end(self, records: Iterable[Record]) -> None:
        """Require that all clocks are ready, and that test mode's messages were captured."""
        stays = not self._life.scene.delivers_test_mode
        sent = {CommunicationStatus.SENT, CommunicationStatus.DELIVERED}
        for each in records:
            if isinstance(each, TestClock):
                ready = each.status is ClockStatus.READY and each.now == each.target
                require(ready, f"I3: {each.id} is {each.status} at {each.now} of {each.target}")
            if isinstance(each, Communication) and each.tenant.mode is Mode.TEST and stays:
                require(each.status not in sent, f"captured: {each.id} is {each.status}")

    def _looks(self, tenant: Tenant, customer_id: str) -> None:
        customer = self._life.ledger.customer(tenant, customer_id)
        if customer and (clock := self._clock(tenant, customer.test_clock)):
            self._looked[customer_id] = clock.now

    def _changed(self, before: Record | None, after: Record) -> None:
        if isinstance(after, TestClock):
            self._moves(before if isinstance(before, TestClock) else after, after)
        if isinstance(after, Case):
            self._changed_by[after.id] = getcurrent()
            self._claims(before if isinstance(before, Case) else None, after)

    def _moves(self, before: TestClock, after: TestClock) -> None:
        require(before.now <= after.now <= after.target, f"clock: {before} becomes {after}")
        arrives = after.status is ClockStatus.READY
        require(not arrives or after.now == after.target, f"clock: {after} is ready on the way")
        if after.now == before.now:
            return
        read_at = self._life.ledger.read_at.get(clock_partition(after.tenant, after.id), NEVER)
        for case in self._life.working_cases():
            if case.test_clock == after.id and case.due_at and case.due_at < after.now:
                tried = self._looked.get(case.customer_id, NEVER) + AGAIN >= case.due_at
                known = self._life.ledger.seen_at[case.tenant.key, case.id] <= read_at
                known = known or self._changed_by[case.id] is getcurrent()
                what = f"clock: {case.number} was due at {case.due_at}, and it is {after.now}"
                require(tried or not known, what)

    def _claims(self, before: Case | None, after: Case) -> None:
        """I2: a claim is given up only when nobody can be at it any more."""
        now, task = self._life.scheduler.now(), getcurrent()
        if after.claim and (before is None or before.claim != after.claim):
            self._claimed[after.claim.communication] = (now, task)
        elif after.claim and self._claimed[after.claim.communication][1] is task:
            self._claimed[after.claim.communication] = (now, None)  # it stopped without an answer
        if before is None or before.claim is None or after.claim:
            return
        result = after.results.get(before.claim.step)
        if result and result.outcome is Outcome.UNCONFIRMED:
            at, claimer = self._claimed[before.claim.communication]
            over = claimer in {task, None} or now - at > SENDS_FOR
            require(over, f"I2: {after.number} is given up {now - at} after its claim")

    def _clock(self, tenant: Tenant, clock_id: str | None) -> TestClock | None:
        return self._life.ledger.test_clock(tenant, clock_id) if clock_id else None
