"""The case: the follow-up of one open invoice. What happened to each step is kept as a fact."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain import ids
from chalicelib.domain.approval import Approval
from chalicelib.domain.choice import Choice, Covered
from chalicelib.domain.confirmation import Confirmation
from chalicelib.domain.customer import SYSTEM, Change, Customer
from chalicelib.domain.instalment import InstalmentDue
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.domain.money import Currency, Money
from chalicelib.domain.restriction import Restriction
from chalicelib.domain.tenant import Tenant

CLAIM_SETTLES_AFTER = timedelta(hours=1)
"""How long an unknown outcome waits for the provider's event before it ends `unconfirmed`."""

CLOCKS_DIFFER_BY = timedelta(minutes=1)
"""More than two machines' clocks ever differ by: what one put just now holds for the other, too."""


class CaseStatus(StrEnum):
    """Whether a case is followed up."""

    OPEN = "open"
    CLOSED = "closed"


class Outcome(StrEnum):
    """The final state of a step."""

    SENT = "sent"
    ACTED = "acted"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    CAPTURED = "captured"


REACHED = frozenset({Outcome.SENT, Outcome.UNCONFIRMED, Outcome.CAPTURED})
"""Outcomes after which the customer has, or may have, a message in hand."""


class PauseKind(StrEnum):
    """What holds a case back."""

    HOLD = "hold"
    DISPUTE = "dispute"
    PROMISE = "promise"
    PLAN = "plan"
    PAYMENT_PROCESSING = "payment_processing"
    HANDED_OVER = "handed_over"


@dataclass(frozen=True, slots=True)
class Pause:
    """A reason not to follow up, with its end (None: until it is lifted). `reference` is the record
    that it comes from. `amount` is how much of what remains it holds back (minor units; None: all
    of it), `look_at` when something is to be done about it before its end."""

    kind: PauseKind
    reason: str
    since: datetime
    until: datetime | None = None
    reference: str | None = None
    amount: int | None = None
    look_at: datetime | None = None

    @property
    def dispute(self) -> str | None:
        """The dispute that it comes from; chargebacks are none."""
        return self.reference if (self.reference or "").startswith(f"{ids.DISPUTE}_") else None

    def covers(self, now: datetime) -> bool:
        """Say whether the pause holds: it has begun, and not ended yet."""
        return self.since <= now + CLOCKS_DIFFER_BY and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Claim:
    """Exactly one worker's right to send a step, under the communication's id."""

    step: str
    communication: str
    channel: str
    at: datetime
    pay_by: date | None = None

    def ended(self, outcome: Outcome, reason: str, *, reroute: bool = False) -> StepResult:
        """Return how the step ended."""
        return StepResult(
            outcome, reason, self.at, self.channel, self.communication, reroute, self.pay_by
        )


@dataclass(frozen=True, slots=True)
class StepResult:
    """How a step ended. `reroute`: the message didn't reach the customer on `channel`, so the step
    is still to be done in another way. `pay_by` is the local day until which it gave time."""

    outcome: Outcome
    reason: str
    at: datetime
    channel: str | None = None
    communication: str | None = None
    reroute: bool = False
    pay_by: date | None = None

    @property
    def reached(self) -> bool:
        """Whether the customer has, or may have, its message in hand."""
        return self.outcome in REACHED and not self.reroute


@dataclass(frozen=True, slots=True)
class Case:
    """The follow-up of one invoice, with the facts of the invoice that decisions need.

    `remaining` and `charges` (beside the `amount`) are minor units. `due_at` is when to look at it
    next; None: nothing to do. `open_tasks` are those that its steps made and nobody has done.
    `closed_version` is the version in which it closed last, `reopened_at` when it came back since.
    `choice` decided about the sequence (None: from before there were segments), `covered` is how
    far it got before, `confirmations` what the customer is yet to hear, `restriction` what it
    restricts of the service, `approvals` what was asked about its steps, `instalment` what is asked
    for instead while a payment plan holds it back.
    """

    id: str
    tenant: Tenant
    customer_id: str
    number: str
    currency: Currency
    amount: int
    remaining: int
    issue_date: date
    due_date: date
    sequence: tuple[str, int]
    created_at: datetime
    status: CaseStatus = CaseStatus.OPEN
    closed_reason: str | None = None
    results: dict[str, StepResult] = field(default_factory=dict)
    pauses: tuple[Pause, ...] = ()
    claim: Claim | None = None
    due_at: datetime | None = None
    channel: str | None = None
    test_clock: str | None = None
    open_tasks: tuple[str, ...] = ()
    closed_version: int | None = None
    reopened_at: datetime | None = None
    choice: Choice | None = None
    covered: Covered | None = None
    confirmations: tuple[Confirmation, ...] = ()
    approvals: tuple[Approval, ...] = ()
    charges: int = 0
    instalment: InstalmentDue | None = None
    restriction: Restriction | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def is_open(self) -> bool:
        """Whether the invoice is still followed up."""
        return self.status is CaseStatus.OPEN

    @property
    def is_unfinished(self) -> bool:
        """Whether anything is left to do: a closed one may have something to end, a service to give
        back, or something to tell."""
        left = (self.claim, self.restriction, self.open_tasks, self.disputes, self.confirmations)
        return self.is_open or any(left)

    @property
    def invoice_id(self) -> str:
        """The invoice that this case follows."""
        return ids.sibling(self.id, ids.INVOICE)

    @property
    def owed(self) -> Money:
        """What is still owed, as money."""
        return Money(self.remaining, self.currency)

    @property
    def last_contact_at(self) -> datetime | None:
        """When a message about this invoice last went, or may have gone, to the customer."""
        moments = [result.at for result in self.results.values() if result.reached]
        moments += [self.claim.at] if self.claim else []
        return max(moments, default=None)

    @property
    def disputes(self) -> tuple[Pause, ...]:
        """The pauses of disputes, also those whose time is over and that nobody has ended yet."""
        return tuple(pause for pause in self.pauses if pause.dispute)

    def asked_at(self, now: datetime) -> Money:
        """Return what may be asked for now: what is owed, but for the part that is disputed."""
        held = sum(pause.amount or 0 for pause in self.pauses if pause.covers(now))
        return Money(max(0, self.remaining - held), self.currency)

    def pause_at(self, now: datetime) -> Pause | None:
        """Return the pause that lasts longest among those that hold all of it back now."""
        asked, endless = self.asked_at(now), datetime.max.replace(tzinfo=UTC)
        covering = (pause for pause in self.pauses if pause.covers(now))
        holding = [pause for pause in covering if pause.amount is None or not asked]
        return max(holding, key=lambda pause: pause.until or endless, default=None)


def open_case(invoice: Invoice, *, test_clock: str | None = None) -> Case:
    """Return the new case that follows an invoice up, with the facts it copies from it."""
    return Case(
        id=invoice.case_id,
        tenant=invoice.tenant,
        customer_id=invoice.customer_id,
        number=invoice.number,
        currency=invoice.currency,
        amount=invoice.amount,
        remaining=invoice.remaining,
        charges=invoice.charges,
        issue_date=invoice.issue_date,
        due_date=invoice.due_date,
        sequence=invoice.sequence,
        created_at=invoice.created_at,
        test_clock=test_clock,
    )


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """A customer and every case that isn't finished. What was `lost` is lived through again before
    anything is sent."""

    customer: Customer
    cases: tuple[Case, ...]
    lost: LostStretch | None = None

    @property
    def open_cases(self) -> tuple[Case, ...]:
        """The cases of invoices that are still owed."""
        return tuple(case for case in self.cases if case.is_open)

    @property
    def last_contact_at(self) -> datetime | None:
        """When the customer was last written to, about whatever invoice."""
        moments = (*(each.last_contact_at for each in self.cases), self.customer.last_contact_at)
        return max((moment for moment in moments if moment), default=None)
