"""One simulated life: creditors, customers, invoices and weeks of weather, all from one seed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from chalicelib.domain.case import Case
from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.late_payment import LatePayment, WhenPaid
from chalicelib.ports.all import Ports
from chalicelib.ports.messages import InboundSms, SmsMessage
from tests.builders import a_creditor
from tests.fakes.fingerprints import FakeFingerprints
from tests.fakes.letters import FakeDocuments
from tests.fakes.messages import FakeLinks, PlainRenderer
from tests.fakes.payment_marks import InMemoryPaymentMarks
from tests.fakes.webhooks import fake_signing
from tests.fakes.worklist import InMemoryWorklist
from tests.fakes.world import FakeThrottle, SeededChance
from tests.simulation.api import Api
from tests.simulation.bank import SimulatedBank
from tests.simulation.billing import BillingSystem
from tests.simulation.checker import Checker
from tests.simulation.clocks import Clocks
from tests.simulation.draw import draw
from tests.simulation.faults import Faults
from tests.simulation.ledger import LaggingLedger
from tests.simulation.mail import MailEvents, Message, SimulatedGateway, SimulatedLimits, channel_of
from tests.simulation.people import People
from tests.simulation.plans import Plans
from tests.simulation.platform import Platform
from tests.simulation.promises import Promises
from tests.simulation.queues import SimulatedQueues
from tests.simulation.scene import Party
from tests.simulation.scheduler import Scheduler
from tests.simulation.stories import Planned, Steady, Story
from tests.simulation.stream import Stream
from tests.simulation.texters import number_of
from tests.simulation.told import Told
from tests.simulation.torn import Torn  # noqa: F401 - taken by a run without transactions
from tests.simulation.weather import Behind, Weather
from tests.simulation.webhooks import OwedInALife, Receivers

START = datetime(2026, 1, 5, 6, tzinfo=UTC)
STORMY_DAYS = 30
CALM_DAYS = 20
BETWEEN_NIGHTS = timedelta(hours=67)
LONGEST = timedelta(days=400)
"""More than forty invoices take, if each of their five steps is a message of its own a week."""
SHARDS = 2
RATES = (0.03, 0.07, 0.16)
"""Shares of calls at which something goes wrong; a seed has one of them."""


class Life:
    """The real services on simulated ports, in a life of a seed, or of a story that was kept.

    `run` raises Violation.
    """

    def __init__(self, given: int | Story) -> None:
        self.start, self.days = START, STORMY_DAYS
        self._random: Random = Steady() if isinstance(given, Story) else Random(given)
        self.lines: list[str] = []
        self.erased = 0
        self.texted: dict[InboundSms, frozenset[str]] = {}  # by whom: the ids of its writers
        self.unfound: set[tuple[str, str]] = set()
        self.scheduler = Scheduler(START)
        if isinstance(given, Story):
            self.scene = given.scene
            self.faults: Faults = Planned(given.mishaps, self.scheduler.now)
        else:
            self.scene = draw(self.branch(), START, STORMY_DAYS)
            rate = RATES[given % len(RATES)]
            self.faults = Faults(self.branch(), rate, self.scheduler.now)
        self.has_nights = isinstance(given, int) and given % 4 == 1
        self.has_endpoints = isinstance(given, int) and given % 3 == 0
        self.weather = Weather(self.scheduler, self.branch(), self.faults)
        self.ledger = LaggingLedger(self.scheduler, self.branch(), self.faults, shards=SHARDS)
        self.payment_marks = InMemoryPaymentMarks()
        self.worklist = InMemoryWorklist(self.ledger)
        self.queues = SimulatedQueues(self.scheduler, self.branch(), self.faults)
        self.limits = SimulatedLimits(self.weather, self.branch())
        self.email = SimulatedGateway(self.weather, self.branch(), self.limits)
        self.sms = SimulatedGateway(self.weather, self.branch())
        self.endpoints = OwedInALife(self.ledger, shards=SHARDS)
        self.receivers = Receivers(self)
        self.platform = Platform(self)
        self.mail_events = MailEvents(
            self.scheduler, self.branch(), self.faults, self.platform.mail_event
        )
        self.bank = SimulatedBank(self.scheduler, self.branch(), self.faults, self.platform.webhook)
        self.documents = FakeDocuments()
        self.letters = SimulatedGateway(self.weather, self.branch())
        self.ports = self._ports()
        self.told = Told(self)
        self.api = Api(self, self.scene.requests_per_minute)
        self.stream = Stream(self)
        self.clocks = Clocks(self)
        self.promises = Promises(self)
        self.plans = Plans(self)
        self.billing: list[BillingSystem] = []
        self.checker = Checker(self)
        for gateway in (self.email, self.sms, self.letters):
            gateway.left += [self.checker.left, self._tell_message, self.mail_events.left]

    def run(self) -> None:
        """Live through days of weather, then in calm until nothing is left to do."""
        with self.api.running():
            self._live()
        self.checker.at_the_end()

    def _live(self) -> None:
        for party in self.scene.parties:
            self._settle_in(party)
        end = self.calm_from
        for moment in _nights(START, end):
            self.scheduler.at(moment, self.checker.nightly)
        self.scheduler.run(end)
        self.faults.rate = 0.0
        self.tell("calm")
        while end < START + LONGEST:
            self.scheduler.after(BETWEEN_NIGHTS.total_seconds(), self.checker.nightly)
            end += timedelta(days=CALM_DAYS)
            self.scheduler.run(end)
            if not self.platform.is_busy():
                break

    @property
    def calm_from(self) -> datetime:
        """When the weather turns good for ever."""
        return self.start + timedelta(days=self.days)

    @property
    def digest(self) -> str:
        """What the whole run came to, to the byte."""
        return hashlib.sha256("\n".join(self.lines).encode()).hexdigest()

    @property
    def customer_days(self) -> int:
        """How many days all customers together lived through."""
        customers = sum(len(party.persons) for party in self.scene.parties)
        return customers * (self.scheduler.now() - START).days

    def working_cases(self) -> Iterator[Case]:
        """Return the cases of all working files, as they stand."""
        return (case for cases in self.ledger.files() for case in cases)

    def branch(self) -> Random:
        """Return a source of chance of its own, so that one part doesn't shift all others."""
        steady = isinstance(self._random, Steady)
        return Steady() if steady else Random(self._random.getrandbits(64))

    def tell(self, line: str) -> None:
        """Note what happened, for the story."""
        self.lines.append(f"{self.scheduler.now():%d %b %H:%M:%S.%f}  {line}")

    def _settle_in(self, party: Party) -> None:
        """Let a creditor be set up, and its customers and their invoices come to be."""
        policy = LatePayment(when_paid=WhenPaid.WAIVE if party.waives else WhenPaid.KEEP)
        creditor = a_creditor(
            id=party.tenant.creditor_id,
            default_sequence=party.sequence.id,
            late_payment=policy,
            sms_number=number_of(party.tenant),
        )
        self.ledger.save_creditor(creditor)
        self.ledger.add_sequence(party.tenant, party.sequence)
        self.ledger.add_sequence(party.tenant, party.other_sequence)
        self.payment_marks.begin(party.tenant, START)
        for person in party.persons:
            if person.email and person.bounces:
                self.mail_events.bouncing.add(person.email)
            if person.email and person.complains:
                self.mail_events.complaining.add(person.email)
        People(self, party).arrive()
        self.receivers.register(party.tenant)
        self.billing.append(BillingSystem(self, party.tenant))

    def _ports(self) -> Ports:
        return Ports(
            clock=self.scheduler,
            chance=SeededChance(self._random.getrandbits(64)),
            ledger=Behind(self.weather, "ledger", self.ledger),
            due=Behind(self.weather, "due", self.ledger),
            configuration=self.ledger,
            queues=Behind(self.weather, "queues", self.queues),
            email=self.email,
            sms=self.sms,
            renderer=PlainRenderer(),
            links=FakeLinks(),
            payments=Behind(self.weather, "payments", self.bank, PaymentUnavailableError),
            throttle=FakeThrottle(),
            sending=self.limits,
            payment_marks=Behind(self.weather, "payment_marks", self.payment_marks),
            fingerprints=FakeFingerprints(),
            endpoints=self.receivers.endpoints(),
            webhooks=self.receivers,
            signing=fake_signing(),
            documents=self.documents,
            letters=self.letters,
            worklist=Behind(self.weather, "worklist", self.worklist),
            delivers_test_mode=self.scene.delivers_test_mode,
            shards=SHARDS,
        )

    def _tell_message(self, message: Message) -> None:
        text = message.text if isinstance(message, SmsMessage) else message.content.subject
        channel = channel_of(message)
        self.tell(f"{channel} to {message.to}: {text} [{message.communication_id}]")


def _nights(start: datetime, end: datetime) -> Iterator[datetime]:
    """Yield a moment of every third day or so, at another hour each time."""
    moment = start
    while (moment := moment + BETWEEN_NIGHTS) < end:
        yield moment
