"""Money in: payments, where each went, and credit notes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.money import Currency
from chalicelib.domain.tenant import Tenant


class Method(StrEnum):
    """How the money came."""

    BANK_TRANSFER = "bank_transfer"
    CHECK = "check"
    CASH = "cash"
    CARD = "card"
    OTHER = "other"


class PaymentStatus(StrEnum):
    """Whether the money is there."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Allocation:
    """How much of a payment pays an invoice, in minor units of the payment's currency."""

    invoice_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment of a customer. Amounts are minor units of `currency`.

    `refunded` and `disputed` were taken back; what remains is `effective`, of which the
    `allocations` pay invoices and `unapplied` is the customer's credit. `named` are the invoices
    that the payer chose, `held` those whose cases carry a pause of this payment, also where they
    are closed by now. `provider_events` are the provider's events already applied,
    `provider_at` and `refunded_at` are the provider's times of the status and of `refunded`, and
    at `disputed_at` the provider was asked for `disputed`.
    `request` stands for the request that made it, if that had an Idempotency-Key.
    """

    id: str
    tenant: Tenant
    customer_id: str
    currency: Currency
    amount: int
    method: Method
    paid_at: datetime
    created_at: datetime
    status: PaymentStatus = PaymentStatus.SUCCEEDED
    refunded: int = 0
    disputed: int = 0
    named: tuple[str, ...] = ()
    allocations: tuple[Allocation, ...] = ()
    reference: str | None = None
    provider_reference: str | None = None
    provider_events: tuple[str, ...] = ()
    provider_at: datetime | None = None
    refunded_at: datetime | None = None
    disputed_at: datetime | None = None
    open_disputes: tuple[str, ...] = ()
    closed_disputes: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    communication: str | None = None
    request: str | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def effective(self) -> int:
        """What the creditor has of it."""
        if self.status is not PaymentStatus.SUCCEEDED:
            return 0
        return max(0, self.amount - self.refunded - self.disputed)

    @property
    def allocated(self) -> int:
        """What pays invoices."""
        return sum(allocation.amount for allocation in self.allocations)

    @property
    def unapplied(self) -> int:
        """What is the customer's credit."""
        return max(0, self.effective - self.allocated)

    @property
    def excess(self) -> int:
        """What allocations still pay although it was taken back; they are lowered in portions."""
        return max(0, self.allocated - self.effective)


@dataclass(frozen=True, slots=True)
class CreditNote:
    """An amount by which the creditor lowers an invoice. Minor units of the invoice's currency.

    `request` stands for the request that made it, if that had an Idempotency-Key.
    """

    id: str
    tenant: Tenant
    invoice_id: str
    currency: Currency
    amount: int
    reason: str
    created_at: datetime
    number: str | None = None
    request: str | None = None
    version: int = 0
    change: Change = SYSTEM
