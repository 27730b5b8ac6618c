"""The log of messages, kept for ever, and the tasks that only a person can do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain import ids
from chalicelib.domain.approval import Question
from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.decisions import Part
from chalicelib.domain.inbound_sms import INBOUND
from chalicelib.domain.tenant import Tenant


class Direction(StrEnum):
    """Whether the message went to the customer or came from them."""

    OUT = "out"
    IN = "in"


class CommunicationStatus(StrEnum):
    """How a message ended."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    CAPTURED = "captured"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class Communication:
    """One message. `amounts` is what it asked for, in minor units by currency code.

    `text` is what the customer wrote, where it came from them; `to` is the creditor's number then.
    `about` is the record that a confirmation tells of; that belongs to no step of a case.
    """

    id: str
    tenant: Tenant
    customer_id: str
    channel: str
    status: CommunicationStatus
    parts: tuple[Part, ...]
    template: str
    locale: str
    to: str
    subject: str
    amounts: dict[str, int]
    created_at: datetime
    direction: Direction = Direction.OUT
    reason: str | None = None
    provider_id: str | None = None
    sent_at: datetime | None = None
    text: str | None = None
    about: str | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def cases(self) -> tuple[str, ...]:
        """The cases that the message was about."""
        return tuple(part.case_id for part in self.parts)

    @property
    def invoices(self) -> tuple[str, ...]:
        """The invoices that the message was about."""
        return tuple(ids.sibling(case_id, ids.INVOICE) for case_id in self.cases)


CHARGEBACK = "chargeback"
STUCK = "stuck"
SERVICE_REQUEST = "service_request"
NO_STEP = frozenset({CHARGEBACK, STUCK, INBOUND, SERVICE_REQUEST})
"""What stands for the step of a task that no step of a sequence made: no case waits for it."""
DISPUTE = "dispute"
"""The same for a task about a dispute. Its case knows it, so it ends as the invoice is settled."""


class TaskStatus(StrEnum):
    """Whether a task is still to be done."""

    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Task:
    """Something a person must do, and for which step of which case.

    `assignee` is who does it, by the name that the creditor's system gives. It waits until
    `snoozed_until`, if that is still to come. `attempts` is how often somebody called in vain. Of a
    task that asks for approval `question` says who decides on what.
    """

    id: str
    tenant: Tenant
    customer_id: str
    case_id: str
    step: str
    do: str
    reason: str
    created_at: datetime
    status: TaskStatus = TaskStatus.OPEN
    outcome: str | None = None
    note: str | None = None
    done_at: datetime | None = None
    assignee: str | None = None
    snoozed_until: datetime | None = None
    attempts: int = 0
    question: Question | None = None
    version: int = 0
    change: Change = SYSTEM
