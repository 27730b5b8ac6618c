"""A whole Dunlin in memory: the real services on fakes, with a clock that a test moves.

`World` is what scenarios, races and the real data run in. Time passes in sweeps: `until(moment)`
jumps from one due moment to the next, sweeps as production does, and lets the queues' workers run
until all is quiet. What was committed is projected into events, as the stream does.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import currency
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Tenant
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.all import Ports
from chalicelib.services.announce import owe_to_endpoints
from chalicelib.services.create_customer import NewCustomer
from chalicelib.services.post_invoice import NewInvoice, post_invoice
from chalicelib.services.project_changes import CommittedChange, project_changes
from chalicelib.services.publish_event import publish_event
from chalicelib.services.stragglers import stragglers_in
from chalicelib.services.sweep import sweep, sweep_shard
from chalicelib.services.try_later import TryLaterError
from chalicelib.services.work_off import work_off
from tests.builders import CREDITOR_ID, LIVE, TEST, a_creditor
from tests.deeds import BILLING, Deeds
from tests.fakes.fingerprints import FakeFingerprints
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.letters import FakeDocuments, FakeLetterGateway
from tests.fakes.messages import FakeEmailGateway, FakeLinks, FakeSmsGateway, PlainRenderer
from tests.fakes.payment_marks import InMemoryPaymentMarks
from tests.fakes.payments import FakePaymentProvider
from tests.fakes.webhooks import FakeWebhooks, InMemoryWebhookEndpoints, fake_signing
from tests.fakes.worklist import InMemoryWorklist
from tests.fakes.world import FakeClock, FakeLimits, FakeQueues, FakeThrottle, SeededChance

ROUNDS = 50


class Crash(Exception):  # noqa: N818 - it is no error of the code
    """A worker dies here and now. Its queue message comes back, as SQS lets it."""


class World(Deeds):
    """Services on fakes; `tenant` is live unless said otherwise."""

    def __init__(
        self,
        now: str = "2026-01-02 08:00",
        *,
        sequence: Sequence = DEFAULT,
        tenant: Tenant = LIVE,
        seed: int = 0,
        ledger: InMemoryLedger | None = None,
        **ports: Any,
    ) -> None:
        super().__init__()
        self.tenant = tenant
        self.clock = FakeClock(datetime.fromisoformat(now).replace(tzinfo=UTC))
        self.ledger = ledger or InMemoryLedger(shards=2)
        self.queues = FakeQueues()
        self.email = FakeEmailGateway(self.clock)
        self.sms = FakeSmsGateway(self.clock)
        self.documents = FakeDocuments()
        self.letters = FakeLetterGateway(self.clock)
        self.payments = FakePaymentProvider(self.now)
        self.throttle = FakeThrottle()
        self.sending = FakeLimits()
        self.marks = InMemoryPaymentMarks()
        self.worklist = InMemoryWorklist(self.ledger)
        self.endpoints = InMemoryWebhookEndpoints(self.ledger, shards=2)
        self.webhooks = FakeWebhooks()
        given: dict[str, Any] = {
            "clock": self.clock,
            "chance": SeededChance(seed),
            "ledger": self.ledger,
            "due": self.ledger,
            "configuration": self.ledger,
            "queues": self.queues,
            "email": self.email,
            "sms": self.sms,
            "renderer": PlainRenderer(),
            "links": FakeLinks(),
            "payments": self.payments,
            "throttle": self.throttle,
            "sending": self.sending,
            "payment_marks": self.marks,
            "fingerprints": FakeFingerprints(),
            "endpoints": self.endpoints,
            "webhooks": self.webhooks,
            "signing": fake_signing(),
            "documents": self.documents,
            "letters": self.letters,
            "worklist": self.worklist,
            "delivers_test_mode": True,
            "shards": 2,
        }
        self.ports = Ports(**{**given, **ports})
        self.ledger.save_creditor(a_creditor(id=CREDITOR_ID, default_sequence=sequence.id))
        for each in (LIVE, TEST):
            self.ledger.add_sequence(each, sequence)
        self.stream: list[CommittedChange] = []
        self._projected = self._configured = 0

    def post(
        self,
        number: str,
        *,
        due: str | date,
        amount: int = 100_00,
        customer: str | NewCustomer | None = None,
        issued: str | date | None = None,
        of: str = "eur",
        **facts: Any,
    ) -> Invoice:
        """Post an invoice; without `customer` to a German one called `one`."""
        due_date = date.fromisoformat(due) if isinstance(due, str) else due
        issue_date = date.fromisoformat(issued) if isinstance(issued, str) else issued
        order = NewInvoice(
            number=number,
            customer=customer or somebody(),
            currency=currency(of),
            amount=amount,
            issue_date=issue_date or min(due_date, self.clock.now().date()),
            due_date=due_date,
            **facts,
        )
        return post_invoice(self.ports, self.tenant, BILLING, order).invoice

    def sweep(self) -> None:
        """Sweep once and let the workers run until all queues are empty."""
        sweep(self.ports)
        self.work()

    def work(self) -> None:
        """Let the queues' workers run until all is quiet; what can't be taken now comes back."""
        back: list[tuple[str, dict[str, str]]] = []
        for _ in range(ROUNDS):
            messages = self.queues.drain("sweep")
            for message in messages:
                sweep_shard(self.ports, message["partition"], stragglers_in(message))
            for queue in ("email", "sms", "letter", "action"):
                for message in self.queues.drain(queue):
                    messages.append(message)
                    if not self._follow_up(message, queue):
                        back.append((queue, message))
            if not messages:
                break
        for queue, message in back:
            self.queues.put(queue, [message])
        self._project()
        while messages := self.queues.drain("webhook"):
            for message in messages:
                publish_event(self.ports, message, body_of)
            self._project()

    def until(self, moment: str | datetime) -> None:
        """Let time pass up to a moment, sweeping at every due moment on the way."""
        end = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
        end = end.replace(tzinfo=UTC)
        while (due := self._next_moment()) is not None and due <= end:
            self.clock.set(due)
            self.sweep()
        if self.clock.now() < end:
            self.clock.set(end)
            self.sweep()

    def _next_moment(self) -> datetime | None:
        """The next due moment; what is overdue already waits for the next straggler sweep."""
        now = self.clock.now()
        soonest = now + timedelta(seconds=1)
        due = self.ledger.next_due(after=now)
        moments = [max(due, soonest)] if due else []
        if self.ledger.next_due() and self.ledger.next_due() <= now:
            quarter = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
            moments.append(quarter + timedelta(minutes=15))
        return min(moments, default=None)

    def days(self, count: int) -> None:
        """Let so many days pass."""
        self.until(self.clock.now() + timedelta(days=count))

    def _follow_up(self, message: dict[str, str], queue: str) -> bool:
        try:
            if "privacy" in message:
                self._project()  # the stream is faster than the message's delay
            work_off(self.ports, message, queue)
        except (TryLaterError, Crash):
            return False
        return True

    def _project(self) -> None:
        new = self.ledger.changes[self._projected :]
        self._projected = len(self.ledger.changes)
        changes = [CommittedChange(old, after, self.clock.now()) for old, after in new]
        self.stream += changes
        try:
            project_changes(self.ports, changes)
        except Crash:
            project_changes(self.ports, changes)  # a batch whose reader dies comes again
        told = self.ledger.configured[self._configured :]
        self._configured += len(told)
        owe_to_endpoints(self.ports, told)


def somebody(name: str = "one", **facts: Any) -> NewCustomer:
    """Return a customer to post, in Berlin unless said otherwise."""
    given: dict[str, Any] = {
        "name": f"Customer {name}",
        "country": "DE",
        "locale": "en",
        "timezone": "Europe/Berlin",
        "external_id": name,
        "email": f"{name}@customer.example",
        "phone": "+4915112345678",
    }
    return NewCustomer(**{**given, **facts})
