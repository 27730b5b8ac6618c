"""Gateways that keep what they were given and answer as scripted, and readable renderings."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Generic, TypeVar

from chalicelib.domain.call_sheet import CallSheet
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import FieldError, LinkExpiredError, LinkInvalidError
from chalicelib.domain.money import Money
from chalicelib.domain.notice import EmailContent, LetterContent, Notice, NoticeItem
from chalicelib.domain.own_template import TemplateName, Words
from chalicelib.domain.sample_notices import Sample
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways.handing_over import LEAVING
from chalicelib.ports.letters import LetterMessage
from chalicelib.ports.messages import (
    Delivery,
    DossierFiles,
    EmailMessage,
    Handover,
    Link,
    SmsMessage,
)
from chalicelib.ports.world import Clock
from chalicelib.rendering.renderer import Renderer

M = TypeVar("M", EmailMessage, SmsMessage, LetterMessage)


class FakeGateway(Generic[M]):
    """Answers ACCEPTED unless scripted: first by `answers[address]`, then from the queue.

    `attempts` holds all messages handed over, `sent` those that were accepted. `before_answer`
    is called with each message, so that a test can do something at that very moment (record a
    payment, let time pass, or raise as a crash would). As with the real ones, nothing is attempted
    that might leave after the deadline.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.attempts: list[M] = []
        self.sent: list[M] = []
        self.answers: dict[str, Handover] = {}
        self.before_answer: Callable[[M], None] | None = None
        self._script: deque[Handover] = deque()

    def script(self, *answers: Handover) -> None:
        """Answer the next attempts with these, one each."""
        self._script.extend(answers)

    def send(self, message: M, deadline: datetime) -> Handover:
        if self._clock.now() + LEAVING > deadline:
            return Handover(Delivery.NOT_NOW, reason="too_late")
        self.attempts.append(message)
        if self.before_answer:
            self.before_answer(message)
        answer = self.answers.get(message.to) or self._next()
        if answer.delivery is Delivery.ACCEPTED:
            self.sent.append(message)
        return answer

    def to(self, address: str) -> list[M]:
        """Return the messages accepted for an address, in order."""
        return [message for message in self.sent if message.to == address]

    def _next(self) -> Handover:
        if self._script:
            return self._script.popleft()
        return Handover(Delivery.ACCEPTED, provider_id=f"provider-{len(self.attempts)}")


class FakeEmailGateway(FakeGateway[EmailMessage]):
    """An e-mail gateway without e-mail."""


class FakeSmsGateway(FakeGateway[SmsMessage]):
    """An SMS gateway without SMS. `opt_out` numbers are refused, as SNS would.

    `before_refusal` is called with each number that is asked about.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.before_refusal: Callable[[str], None] | None = None
        self._refusals: dict[str, Handover] = {}

    def opt_out(self, number: str) -> None:
        """Let a number be opted out."""
        self.refuse(number, Handover(Delivery.REFUSED, reason="opted_out"))
        self.answers[number] = self._refusals[number]

    def refuse(self, number: str, answer: Handover) -> None:
        """Let this be the answer whenever the number is asked about."""
        self._refusals[number] = answer

    def refusal(self, to: str) -> Handover | None:
        if self.before_refusal:
            self.before_refusal(to)
        return self._refusals.get(to)


class PlainRenderer:
    """Notices as plain lines: template, then number, what remains and due date of each item.

    Creditors' own texts are checked by the real one.
    """

    def email(self, notice: Notice) -> EmailContent:
        text = "\n".join([*_lines(notice), f"pay{_by(notice)}: {notice.pay_url}"])
        numbers = ", ".join(item.number for item in notice.items)
        return EmailContent(f"{notice.template}: {numbers}", text, f"<pre>{text}</pre>")

    def sms(self, notice: Notice) -> str:
        return "; ".join([*_lines(notice), f"{_by(notice)} {notice.pay_url}".strip()])

    def letter(self, notice: Notice) -> LetterContent:
        lines = "\n".join([*_lines(notice), f"pay: {notice.pay_url}"])
        numbers = ", ".join(item.number for item in notice.items)
        return LetterContent(f"{notice.template}: {numbers}", f"%PDF {lines}".encode())

    def dossier(self, dossier: Dossier) -> DossierFiles:
        numbers = ", ".join(item.number for item in dossier.items)
        lines = [f"{line.day} {line.what} {' '.join(line.about)}" for line in dossier.timeline]
        text = "\n".join([f"{dossier.id} to {dossier.to}: {numbers}", *lines])
        return DossierFiles(f"%PDF {text}".encode(), text.encode())

    def answer(self, meaning: str, *, locale: str, creditor: Creditor, test_mode: bool) -> str:
        return f"answer to {meaning} [{locale}] of {creditor.name}"

    def call_script(self, sheet: CallSheet) -> str:
        return f"call {sheet.name} about {sheet.number}: {amount(sheet.asked)}"

    def names(self) -> tuple[TemplateName, ...]:
        return Renderer().names()

    def builtin(self, name: TemplateName) -> Words:
        return Renderer().builtin(name)

    def faults(self, channel: str, words: Words, tried: Iterable[Sample]) -> tuple[FieldError, ...]:
        return Renderer().faults(channel, words, tried)


def _by(notice: Notice) -> str:
    return f" by {notice.pay_by}" if notice.pay_by else ""


class FakeLinks:
    """Links that show what they name. They never expire unless `expired` is set."""

    def __init__(self, issued_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self.expired = False
        self._issued_at = issued_at
        self._links: dict[str, Link] = {}

    def pay_url(self, tenant: Tenant, customer_id: str, communication_id: str | None) -> str:
        token = f"{tenant.key}~{customer_id}~{communication_id or '-'}"
        self._links[token] = Link(tenant, customer_id, communication_id, self._issued_at)
        return f"https://pay.test/pay/{token}"

    def read(self, token: str, now: datetime) -> Link:
        if token not in self._links:
            raise LinkInvalidError("this link isn't one of ours")
        if self.expired:
            raise LinkExpiredError("this link is too old")
        return self._links[token]


def amount(money: Money) -> str:
    """Write money plainly: `1190.00 EUR`."""
    digits = money.currency.digits
    whole, rest = divmod(abs(money.amount), 10**digits)
    sign = "-" if money.amount < 0 else ""
    decimals = f".{rest:0{digits}}" if digits else ""
    return f"{sign}{whole}{decimals} {money.currency.code.upper()}"


def _lines(notice: Notice) -> list[str]:
    return [
        f"{notice.template} [{notice.locale}] for {notice.customer_name}",
        *(_line(item) for item in notice.items),
        *(f"agreed: {amount(each.amount)} by {each.day}" for each in notice.agreed),
        f"total: {' + '.join(amount(total) for total in notice.totals)}",
    ]


def _line(item: NoticeItem) -> str:
    aside = f", {amount(item.disputed)} disputed" if item.disputed else ""
    return f"{item.number}: {amount(item.remaining)} due {item.due_date}{aside}"
