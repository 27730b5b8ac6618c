"""What AWS and the providers call: the sweep every minute, workers, webhooks, mail events."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain.errors import DunlinError
from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.messages import EmailEvent
from chalicelib.ports.payments import ProviderPayment
from chalicelib.ports.storage import Record
from chalicelib.services.catch_up_payments import catch_up_payments
from chalicelib.services.do_privacy_work import do_privacy_work
from chalicelib.services.follow_up import follow_up
from chalicelib.services.project_changes import CommittedChange, project_changes
from chalicelib.services.receive_payment_event import apply_provider_payment
from chalicelib.services.settle_communication import settle_communication
from chalicelib.services.sweep import sweep, sweep_shard
from tests.simulation.faults import InjectedError
from tests.simulation.queues import Message
from tests.simulation.scheduler import Killed

if TYPE_CHECKING:
    from tests.simulation.life import Life

MINUTE = timedelta(minutes=1)
QUARTER = timedelta(minutes=15)
CATCH_UP_EVERY = timedelta(hours=1)
"""In earnest it is five minutes; a life is full of them."""
TRIES = 3
"""How often Lambda makes an asynchronous call: once, and twice more."""
FAILED = (InjectedError, DunlinError, Killed)


class Platform:
    """Calls Dunlin's functions as AWS would."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._planned: set[datetime] = set()
        life.queues.workers = {
            "sweep": self._sweep_shard,
            "email": lambda message: self._follow_up(message, "email"),
            "sms": lambda message: self._follow_up(message, "sms"),
            "action": lambda message: self._follow_up(message, "action"),
        }
        life.ledger.on_change.append(self._plan)
        life.scheduler.at(life.start, self._catch_up)

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
        self._life.scheduler.at(self._life.scheduler.now() + CATCH_UP_EVERY, self._catch_up)
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

    def is_busy(self) -> bool:
        """Say whether anything is still scheduled."""
        return any(case.due_at for case in self._life.working_cases())

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
        if any(case.due_at and case.due_at <= now for case in self._life.working_cases()):
            self._sweep_at(now.replace(minute=now.minute // 15 * 15, second=0) + QUARTER)

    def _sweep_shard(self, message: Message) -> None:
        stragglers = "stragglers" in message
        sweep_shard(self._life.ports, message["partition"], stragglers=stragglers)

    def _follow_up(self, message: Message, channel: str) -> None:
        if "privacy" in message:
            do_privacy_work(self._life.ports, message)
            return
        tenant = tenant_of(message["tenant"])
        follow_up(self._life.ports, tenant, message["customer"], channel)


class Stream:
    """The table's stream: every change, in order, at least once. `log` keeps all."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self.log: list[CommittedChange] = []
        self._read = 0
        self._is_awake = False
        life.ledger.on_change.append(self._changed)

    def _changed(self, before: Record | None, after: Record) -> None:
        life = self._life
        self.log.append(CommittedChange(before, after, life.scheduler.now()))
        change = f"{after.change.by}, {after.change.why}"
        life.tell(f"{after.id} v{after.version} {getattr(after, 'status', '')} by {change}")
        if not self._is_awake:
            self._is_awake = True
            life.scheduler.after(0.5, self._project)

    def _project(self) -> None:
        while self._read < len(self.log):
            batch = self.log[self._read : self._read + 100]
            try:
                project_changes(self._life.ports, batch)
            except FAILED:
                self._life.scheduler.sleep(1)
                continue
            if not self._life.faults.happens("the stream comes twice", 0.05):
                self._read += len(batch)
        self._is_awake = False
