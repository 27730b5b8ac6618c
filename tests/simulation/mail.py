"""SES and SNS from outside: messages that leave, and what is said of them later, or never."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from chalicelib.domain.quota import Quota
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways.handing_over import LEAVING
from chalicelib.ports.letters import LetterMessage
from chalicelib.ports.messages import (
    Delivery,
    EmailEvent,
    EmailEventKind,
    EmailMessage,
    Handover,
    SmsMessage,
)
from tests.simulation.faults import Faults
from tests.simulation.scheduler import Killed, Scheduler
from tests.simulation.weather import Weather

Message = EmailMessage | SmsMessage | LetterMessage


def channel_of(message: Message) -> str:
    """Name the channel that a message goes by."""
    return {EmailMessage: "email", SmsMessage: "sms", LetterMessage: "letter"}[type(message)]


def text_of(message: Message) -> str:
    """Return what a message says."""
    match message:
        case EmailMessage():
            return message.content.text
        case LetterMessage():
            return message.content.pdf.decode()
        case SmsMessage():
            return message.text


DAY = timedelta(days=1)


class SimulatedLimits:
    """What SES takes in any 24 hours, in some lives very little; and turns that are far away.

    In calm weather there are no limits.
    """

    def __init__(self, weather: Weather, random: Random) -> None:
        self._weather, self._random = weather, random
        self._limit = random.choice((2, 5, None, None, None))
        self._taken: list[datetime] = []

    def turn(self, channel: str) -> float:
        self._weather.wait()
        if self._weather.faults.happens("no turn to send", self._weather.faults.rate):
            return self._random.uniform(0.1, 30)
        return 0.0

    def quota(self, channel: str) -> Quota | None:
        self._weather.wait()
        if channel != "email" or self._limit is None or self._weather.faults.rate == 0:
            return None
        if self._weather.faults.happens("the quota is what it was before", 0.2):
            return Quota(self._limit, self._limit)
        return Quota(self._limit, self._limit - self._recent())

    def refused(self, channel: str, reason: str) -> None:
        """Each of the processes asks anew."""

    def takes_more(self) -> bool:
        """Count a message, if it is still within the limit."""
        if self._limit is not None and self._weather.faults.rate and self._recent() >= self._limit:
            self._weather.faults.counts["the quota is used up"] += 1
            return False
        self._taken.append(self._weather.scheduler.now())
        return True

    def _recent(self) -> int:
        since = self._weather.scheduler.now() - DAY
        self._taken = [each for each in self._taken if each > since]
        return len(self._taken)


class SimulatedGateway:
    """Takes messages until the deadline; none of a creditor whose sender it refuses for days.

    `left` is called with each at the moment it leaves.
    """

    def __init__(
        self, weather: Weather, random: Random, limits: SimulatedLimits | None = None
    ) -> None:
        self._weather, self._random, self._limits = weather, random, limits
        self.left: list[Callable[[Message], None]] = []
        self.opted_out: set[str] = set()
        self._refused_until: dict[Tenant, datetime] = {}
        self._count = 0

    def refusal(self, to: str) -> Handover | None:
        self._weather.wait()
        if self._faults.happens("the opt-out list is silent", self._faults.rate):
            return Handover(Delivery.NOT_NOW, reason="opt-out unknown")
        return Handover(Delivery.REFUSED, reason="opted_out") if to in self.opted_out else None

    def send(self, message: Message, deadline: datetime) -> Handover:
        clock = self._weather.scheduler
        self._weather.wait()
        self._maybe_die("before a message leaves")
        if self._faults.happens("a gateway throttles", self._faults.rate):
            return Handover(Delivery.NOT_NOW, reason="throttled")
        if self._is_refused(message.tenant):
            return Handover(Delivery.NOT_NOW, reason="configuration: MessageRejected")
        if clock.now() + LEAVING > deadline:
            return Handover(Delivery.NOT_NOW, reason="too_late")
        if self._limits and not self._limits.takes_more():
            return Handover(Delivery.NOT_NOW, reason="quota")
        clock.sleep(self._random.uniform(0.01, LEAVING.total_seconds()))
        if self._faults.happens("a gateway fails before it takes", self._faults.rate):
            return Handover(Delivery.UNKNOWN, reason="failure inside AWS")
        if message.to in self.opted_out:
            return Handover(Delivery.REFUSED, reason="opted_out")
        self._count += 1
        for each in self.left:
            each(message)
        self._maybe_die("after a message left")
        if self._faults.happens("a gateway's answer is lost", self._faults.rate):
            clock.sleep(self._random.uniform(1, 15))
            return Handover(Delivery.UNKNOWN, reason="no answer")
        self._weather.wait()
        return Handover(Delivery.ACCEPTED, provider_id=f"provider-{self._count}")

    def has_refused(self, tenant: Tenant, since: datetime) -> bool:
        """Say whether it took nothing of a creditor at some time since a moment."""
        return tenant in self._refused_until and self._refused_until[tenant] > since

    def _is_refused(self, tenant: Tenant) -> bool:
        now = self._weather.scheduler.now()
        if self._faults.happens("a creditor's sender is refused for days", 0.02):
            lasts = timedelta(days=self._random.uniform(0.1, 4))
            self._refused_until[tenant] = now + lasts
        return bool(self._faults.rate) and now < self._refused_until.get(tenant, now)

    @property
    def _faults(self) -> Faults:
        return self._weather.faults

    def _maybe_die(self, when: str) -> None:
        if self._faults.happens(f"a worker is killed {when}", self._faults.rate):
            raise Killed(when)


class MailEvents:
    """What SES tells of e-mails: twice, late, in any order, or never."""

    def __init__(
        self,
        scheduler: Scheduler,
        random: Random,
        faults: Faults,
        tell: Callable[[EmailEvent], None],
    ) -> None:
        self._scheduler, self._random, self._faults, self._tell = scheduler, random, faults, tell
        self.bouncing: set[str] = set()
        self.complaining: set[str] = set()

    def comes_back(self, address: str) -> bool:
        """Say whether what goes to an address doesn't count as having reached the customer."""
        return address in self.bouncing | self.complaining

    def left(self, message: Message) -> None:
        """Tell in due time what becomes of a message."""
        if not isinstance(message, EmailMessage):
            return
        kinds = [EmailEventKind.SENT]
        kinds.append(
            EmailEventKind.BOUNCED if message.to in self.bouncing else EmailEventKind.DELIVERED
        )
        if message.to in self.complaining:
            kinds.append(EmailEventKind.COMPLAINED)
        for kind in kinds:
            self._announce(message, kind)

    def _announce(self, message: EmailMessage, kind: EmailEventKind) -> None:
        if self._faults.happens("a mail event never comes", 0.03):
            return
        copies = 2 if self._faults.happens("a mail event comes twice", 0.1) else 1
        for _ in range(copies):
            late = self._faults.happens("a mail event is late", 0.1)
            wait = self._random.uniform(60, 3 * 3600) if late else self._random.uniform(0.05, 5)
            self._scheduler.after(wait, lambda: self._tell(self._event(message, kind)))

    def _event(self, message: EmailMessage, kind: EmailEventKind) -> EmailEvent:
        return EmailEvent(
            kind=kind,
            recipients=(message.to,),
            provider_id="provider",
            at=self._scheduler.now(),
            permanent=kind is EmailEventKind.BOUNCED,
            tenant=message.tenant,
            communication_id=message.communication_id,
            reason=kind.value,
        )
