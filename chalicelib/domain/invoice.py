"""The invoice: what is owed, and the one identity its amounts always keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from chalicelib.domain import ids
from chalicelib.domain.choice import Override
from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.money import Currency, Money
from chalicelib.domain.tenant import Tenant


class InvoiceStatus(StrEnum):
    """Where an invoice stands."""

    OPEN = "open"
    PAID = "paid"
    VOID = "void"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an invoice; `amount` is minor units of the invoice's currency."""

    description: str
    amount: int
    quantity: int = 1


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice. All amounts are minor units of `currency`.

    Always: `amount + charges = paid + credited + written_off + remaining`, each at least zero.
    `days_late` is set while it counts in the customer's history: local days from the due date to
    the payment that settled it. `override` is who gave it another sequence, and why.
    """

    id: str
    tenant: Tenant
    customer_id: str
    number: str
    currency: Currency
    amount: int
    issue_date: date
    due_date: date
    sequence: tuple[str, int]
    created_at: datetime
    status: InvoiceStatus = InvoiceStatus.OPEN
    charges: int = 0
    paid: int = 0
    credited: int = 0
    written_off: int = 0
    lines: tuple[Line, ...] = ()
    pdf_url: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    settled_at: datetime | None = None
    days_late: int | None = None
    override: Override | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def remaining(self) -> int:
        """What is still owed, in minor units."""
        return self.amount + self.charges - self.paid - self.credited - self.written_off

    @property
    def principal(self) -> int:
        """What is still owed of the invoice itself; money pays that before the charges on it."""
        return max(0, min(self.remaining, self.amount - self.paid - self.credited))

    @property
    def open_charges(self) -> int:
        """What is still owed of the charges on it."""
        return self.remaining - self.principal

    @property
    def owed(self) -> Money:
        """What is still owed, as money."""
        return Money(self.remaining, self.currency)

    @property
    def case_id(self) -> str:
        """The id of the case that follows this invoice up."""
        return ids.sibling(self.id, ids.CASE)

    @property
    def is_open(self) -> bool:
        """Whether anything can still be asked of the customer."""
        return self.status is InvoiceStatus.OPEN
