"""The simple model of the state machine: what each payment is worth, what was asked for and paid,
and how far apart messages have to be. It shares no code with what it judges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Payment
from chalicelib.ports.payments import ProviderPayment
from chalicelib.services.receive_payment_event import payment_id
from tests.world import World

BERLIN = ZoneInfo("Europe/Berlin")
MIN_GAP_DAYS = 3


@dataclass(slots=True)
class Charge:
    """What the model knows of one provider payment, and when its dispute was decided last."""

    first: ProviderPayment
    arrived: bool
    refunded: int = 0
    disputed: int = 0
    decided_at: datetime | None = None

    @property
    def worth(self) -> int:
        """What the creditor has of it."""
        taken = self.refunded + self.disputed
        return max(0, self.first.amount.amount - taken) if self.arrived else 0


@dataclass(slots=True)
class Model:
    """Sums in cents: `asked` of all invoices, `transfers` of all money outside the provider."""

    charges: list[Charge] = field(default_factory=list)
    transfers: int = 0
    asked: int = 0

    def check(self, world: World) -> None:
        """Compare the sums with the books."""
        for charge in self.charges:
            first = charge.first
            identifier = payment_id(first.customer_id, first.provider_reference)
            payment = world.ledger.payment(world.tenant, identifier)
            assert payment is not None
            assert payment.effective == charge.worth
        records = list(world.ledger._records.values())
        invoices = [each for each in records if isinstance(each, Invoice)]
        credit = sum(each.unapplied for each in records if isinstance(each, Payment))
        received = self.transfers + sum(charge.worth for charge in self.charges)
        assert sum(each.amount for each in invoices) == self.asked
        assert sum(each.paid for each in invoices) + credit == received


def check_distance(world: World) -> None:
    """Every message left in office hours, and at least three days after the one before it."""
    log = [each for each in world.ledger._records.values() if isinstance(each, Communication)]
    days: dict[str, list[date]] = {}
    for each in sorted(log, key=lambda each: each.created_at):
        if each.status is CommunicationStatus.FAILED:
            continue
        local = each.created_at.astimezone(BERLIN)
        assert local.weekday() < 5
        assert 9 <= local.hour < 17
        days.setdefault(each.customer_id, []).append(local.date())
    for dates in days.values():
        gaps = [(later - first).days for first, later in pairwise(dates)]
        assert all(gap >= MIN_GAP_DAYS for gap in gaps), dates
