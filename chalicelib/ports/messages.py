"""Gateways for messages, rendering and signed links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.domain.call_sheet import CallSheet
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.dossier import Dossier
from chalicelib.domain.errors import FieldError
from chalicelib.domain.notice import EmailContent, LetterContent, Notice
from chalicelib.domain.own_template import TemplateName, Words
from chalicelib.domain.sample_notices import Sample
from chalicelib.domain.tenant import Tenant


class Delivery(StrEnum):
    """What a gateway knows after handing a message over."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    NOT_NOW = "not_now"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Handover:
    """The answer to a sending attempt.

    ACCEPTED has the provider's id. REFUSED is final, with a reason: `invalid` and `opted_out` say
    that the address can't be used, `rejected` and `malformed` are about this message only.
    NOT_NOW certainly wasn't taken and may be tried later; where a person must put something right
    first, its reason begins with `configuration`. UNKNOWN may have been taken.
    """

    delivery: Delivery
    provider_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class EmailMessage:
    """An e-mail ready to go. `communication_id` becomes tag, header and Message-ID.

    `unsubscribe_url` is where mail programs post that no more are wanted (RFC 8058); None: legal
    notices, which would come all the same.
    """

    tenant: Tenant
    communication_id: str
    sender_name: str
    sender_email: str
    reply_to: str
    to: str
    to_name: str
    content: EmailContent
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """An SMS ready to go to an E.164 number.

    From `sender_number` it can be answered, from a sender id it can't; the number goes before.
    """

    tenant: Tenant
    communication_id: str
    sender_id: str | None
    to: str
    text: str
    sender_number: str | None = None


@dataclass(frozen=True, slots=True)
class InboundSms:
    """A text message of a customer: `id` is the provider's, `at` when it was published, UTC."""

    id: str
    sender: str
    recipient: str
    text: str
    at: datetime


class EmailEventKind(StrEnum):
    """What became of an e-mail, as the provider says later."""

    SENT = "sent"
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    COMPLAINED = "complained"
    REJECTED = "rejected"
    DELAYED = "delayed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class EmailEvent:
    """A provider's later word on one e-mail.

    `permanent` is only true of bounces after which the address must not be used again.
    `recipients` are the addresses concerned, without names. `tenant` and `communication_id` are
    None for e-mails that don't carry ours. `at` is when it happened, UTC.
    """

    kind: EmailEventKind
    recipients: tuple[str, ...]
    provider_id: str
    at: datetime
    permanent: bool = False
    tenant: Tenant | None = None
    communication_id: str | None = None
    reason: str | None = None


class EmailGateway(Protocol):
    """Sends e-mail. Never retries what may have been taken."""

    def send(self, message: EmailMessage, deadline: datetime) -> Handover:
        """Hand the message over; NOT_NOW where it could leave after the deadline."""


class SmsGateway(Protocol):
    """Sends SMS. Never retries what may have been taken."""

    def refusal(self, to: str) -> Handover | None:
        """Say why nothing can be sent to a number: REFUSED for good, or NOT_NOW (unknown)."""

    def send(self, message: SmsMessage, deadline: datetime) -> Handover:
        """Hand the message over; NOT_NOW where it could leave after the deadline."""


@dataclass(frozen=True, slots=True)
class DossierFiles:
    """A dossier to read, and the same as a file for a system (CSV)."""

    pdf: bytes
    table: bytes


class Renderer(Protocol):
    """Turns notices into words."""

    def email(self, notice: Notice) -> EmailContent:
        """Render an e-mail, with the built-in words where the notice's own can't be used."""

    def sms(self, notice: Notice) -> str:
        """Render an SMS, with the built-in words where the notice's own can't be used."""

    def letter(self, notice: Notice) -> LetterContent:
        """Set a letter; the same notice gives the same bytes."""

    def dossier(self, dossier: Dossier) -> DossierFiles:
        """Set what is handed over of a case; the same dossier gives the same bytes."""

    def answer(self, meaning: str, *, locale: str, creditor: Creditor, test_mode: bool) -> str:
        """Render the answer to a text message: to `stop`, `start` or `help`."""

    def call_script(self, sheet: CallSheet) -> str:
        """Render what to say in a call, in the customer's language."""

    def names(self) -> tuple[TemplateName, ...]:
        """Name every text that there is, by channel, message and language."""

    def builtin(self, name: TemplateName) -> Words:
        """Return the source of a built-in text."""

    def faults(self, channel: str, words: Words, tried: Iterable[Sample]) -> tuple[FieldError, ...]:
        """Return what is wrong with a creditor's words, tried on samples."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a signed link names: whose page it opens, and the communication it stood in."""

    tenant: Tenant
    customer_id: str
    communication_id: str | None
    issued_at: datetime


class Links(Protocol):
    """Signed links to a customer's page."""

    def pay_url(self, tenant: Tenant, customer_id: str, communication_id: str | None) -> str: ...

    def read(self, token: str, now: datetime) -> Link:
        """Return what the token of a link names. Raises LinkInvalidError, LinkExpiredError."""
