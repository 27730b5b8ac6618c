"""What AWS and the providers call: the sweep every minute, workers, webhooks, mail events."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from chalicelib.domain.communication import STUCK, Task, TaskStatus
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import DunlinError
from chalicelib.domain.tenant import tenant_of
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.messages import EmailEvent, InboundSms
from chalicelib.ports.payments import ProviderPayment
from chalicelib.ports.storage import Record, WriteConflictError
from chalicelib.services.advance_clock import advance_clock
from chalicelib.services.catch_up_payments import catch_up_payments
from chalicelib.services.compare_payments import (
    Period,
    Question,
    ask_for_balances,
    compare_balance,
    compare_payment,
    period_of,
)
from chalicelib.services.complete_task import complete_task
from chalicelib.services.publish_event import publish_event
from chalicelib.services.receive_payment_event import apply_provider_payment
from chalicelib.services.receive_sms import receive_sms
from chalicelib.services.settle_communication import settle_communication
from chalicelib.services.stragglers import stragglers_in
from chalicelib.services.sweep import sweep, sweep_shard
from chalicelib.services.try_later import TryLaterError
from chalicelib.services.work_off import work_off
from tests.endings import Violation
from tests.simulation.faults import InjectedError
from tests.simulation.queues import Message
from tests.simulation.scheduler import Killed

if TYPE_CHECKING:
    from tests.simulation.life import Life

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
PERIOD = ("since", "until")
CATCH_UP_EVERY, IN_CALM = timedelta(hours=1), timedelta(hours=3)
"""In earnest it is five minutes; a life is full of them. Where nothing fails, it may be seldom."""
OPERATOR_EVERY = timedelta(hours=11)
OPERATOR = Change(by="api_key:operator", why="looked into it")
TRIES = 3
"""How often Lambda makes an asynchronous call: once, and twice more."""
CLOCK_TIMEOUT = timedelta(seconds=300)
"""The timeout of advance_clock in .chalice/config.json; a test holds it there."""
FOLLOW_UPS_A_RUN = 4
"""In earnest it is two hundred; a clock has few customers here."""
FAILED = (InjectedError, DunlinError, Killed)


class Platform:
    """Calls Dunlin's functions as AWS would."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._planned: set[datetime] = set()
        self._flagged: set[Task] = set()
        life.queues.workers = {
            "sweep": self._sweep_shard,
            **{
                queue: partial(self._work_off, queue)
                for queue in ("email", "sms", "letter", "action")
            },
            "nightly": self._compare,
            "clock": self._advance_clock,
            "webhook": self._publish,
        }
        life.ledger.on_change.append(self._plan)
        life.endpoints.on_due = self._sweep_at
        life.scheduler.at(life.start, self._catch_up)
        life.scheduler.at(life.start + OPERATOR_EVERY, self._operate)
        if life.has_nights:  # in most lives the catch-up has to do without the comparison
            life.scheduler.at(life.start + DAY, self._night)

    def webhook(self, fact: ProviderPayment) -> bool:
        """Let a webhook arrive; say whether it was taken."""
        what = f"webhook {fact.event_type} {fact.provider_reference}"
        try:
            apply_provider_payment(self._life.ports, fact)
        except FAILED as failed:
            self._life.tell(f"{what} failed: {failed}")
            return False
        self._life.tell(f"{what} applied")
        return True

    def _catch_up(self) -> None:
        """Read the provider's list of events, now and ever after."""
        wait = CATCH_UP_EVERY if self._life.faults.rate else IN_CALM
        self._life.scheduler.at(self._life.scheduler.now() + wait, self._catch_up)
        try:
            done = catch_up_payments(self._life.ports)
        except FAILED as failed:
            self._life.tell(f"catch-up failed: {failed}")
        except ExceptionGroup as failed:
            if failed.split(FAILED)[1]:
                raise
            self._life.tell(f"catch-up failed: {failed.exceptions}")
        else:
            for tenant, count in done.facts.items():
                self._life.tell(f"catch-up read {count} of {tenant.key}")

    def _night(self) -> None:
        """Compare the payments with the provider's balance, tonight and every night."""
        self._life.scheduler.at(self._life.scheduler.now() + DAY, self._night)
        for _ in range(TRIES):
            try:
                ask_for_balances(self._life.ports, period_of(self._life.scheduler.now()))
                break
            except FAILED:
                self._life.scheduler.sleep(60)

    def _compare(self, message: Message, _tries: int) -> None:
        """Be the nightly queue's worker."""
        tenant = tenant_of(message["tenant"])
        if "payment" not in message:
            period = Period(*(datetime.fromisoformat(message[each]) for each in PERIOD))
            compare_balance(self._life.ports, tenant, period, message.get("after"))
            return
        question = Question(tenant, message["payment"], message.get("customer"), "again" in message)
        if found := compare_payment(self._life.ports, question):
            kinds = ", ".join(found.kinds)
            self._life.tell(f"found at night: {found.reference} {kinds} {found.is_settled}")

    def mail_event(self, event: EmailEvent) -> None:
        """Let a mail event arrive through its topic."""
        for _ in range(TRIES):
            try:
                settle_communication(self._life.ports, event)
            except FAILED:
                self._life.scheduler.sleep(60)
            else:
                self._life.tell(f"mail event {event.kind} {event.communication_id}")
                return

    def inbound_sms(self, message: InboundSms) -> None:
        """Let a text message arrive through its topic; what fails for good, a person redrives."""
        for _ in range(TRIES):
            try:
                receive_sms(self._life.ports, message)
            except (*FAILED, TryLaterError, WriteConflictError):
                self._life.scheduler.sleep(60)
            else:
                self._life.tell(f"text message {message.id} {message.text}")
                return
        again = OPERATOR_EVERY.total_seconds()
        self._life.scheduler.after(again, lambda: self.inbound_sms(message))

    def is_busy(self) -> bool:
        """Say whether anything is still scheduled, dead or flagged."""
        scheduled = any(case.due_at for case in self._life.working_cases())
        scheduled = scheduled or any(each.due_at for each in self._life.endpoints.owed())
        return scheduled or bool(self._life.queues.dead or self.flagged())

    def _plan(self, _before: Record | None, after: Record) -> None:
        if (due_at := getattr(after, "due_at", None)) is not None:
            self._sweep_at(max(due_at, self._life.scheduler.now()))

    def _sweep_at(self, moment: datetime) -> None:
        """Plan the sweep of a minute. Minutes at which nothing is due are left out."""
        minute = moment.replace(second=0, microsecond=0)
        if minute < moment:
            minute += MINUTE
        if minute not in self._planned:
            self._planned.add(minute)
            self._life.scheduler.at(minute, lambda: self._sweep(minute))

    def _sweep(self, minute: datetime) -> None:
        self._planned.discard(minute)
        for _ in range(TRIES):
            try:
                sweep(self._life.ports)
                break
            except FAILED:
                self._life.scheduler.sleep(30)
        now = self._life.scheduler.now()
        due = [*self._life.working_cases(), *self._life.endpoints.owed()]
        if any(each.due_at and each.due_at <= now for each in due):
            self._sweep_at(now.replace(minute=now.minute // 15 * 15, second=0) + QUARTER)

    def _operate(self) -> None:
        """Be the person whom alarms and tasks call: redrive what is dead, look into what is stuck.

        What was flagged at the last visit and still is has lost its dead letter.
        """
        self._life.scheduler.at(self._life.scheduler.now() + OPERATOR_EVERY, self._operate)
        if moved := self._life.queues.redrive():
            self._life.tell(f"redrive of {moved}")
        known, self._flagged = self._flagged, self.flagged()
        for task in sorted(known & self._flagged, key=lambda each: each.id):
            try:
                complete_task(self._life.ports, task.tenant, OPERATOR, task.id, "looked into", None)
            except FAILED as failed:
                self._life.tell(f"{task.id} stays: {failed}")

    def flagged(self) -> set[Task]:
        """Return the tasks of what is stuck."""
        records = self._life.ledger._records.values()
        tasks = [each for each in records if isinstance(each, Task) and each.step == STUCK]
        return {task for task in tasks if task.status is TaskStatus.OPEN}

    def _sweep_shard(self, message: Message, _tries: int) -> None:
        sweep_shard(self._life.ports, message["partition"], stragglers_in(message))

    def _advance_clock(self, message: Message, _tries: int) -> None:
        """Be the clock queue's worker, for as long as its function may take."""
        life, tenant = self._life, tenant_of(message["tenant"])
        with life.weather.ending(life.scheduler.now() + CLOCK_TIMEOUT):
            try:
                advance_clock(life.ports, tenant, message["clock"], FOLLOW_UPS_A_RUN)
            except WriteConflictError as conflict:
                raise Violation(f"clock: two workers are at {message['clock']}") from conflict

    def _work_off(self, channel: str, message: Message, tries: int) -> None:
        self._life.clocks.handed_over(message)
        work_off(self._life.ports, message, channel, tries)

    def _publish(self, message: Message, tries: int) -> None:
        publish_event(self._life.ports, message, body_of, tries)
