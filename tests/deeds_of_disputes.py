"""What is done about disputes: the part of `Deeds` that objects and decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from chalicelib.domain.customer import Change
from chalicelib.domain.dispute import Dispute, DisputeOutcome, DisputeReason
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.change_dispute import extend_dispute
from chalicelib.services.open_dispute import NewDispute, open_dispute
from chalicelib.services.resolve_dispute import Decision, resolve_dispute
from tests.fakes.ledger import InMemoryLedger

OFFICE = Change(by="api_key:office", why="a person decided so")


class DisputeDeeds:
    """Everything that can happen to disputes."""

    ports: Ports
    tenant: Tenant
    ledger: InMemoryLedger

    def dispute(self, invoice: Invoice, amount: int | None = None, **facts: Any) -> Dispute:
        """Dispute an invoice: so many minor units of it, or all that is left."""
        part = None if amount is None else Money(amount, invoice.currency)
        order = NewDispute(invoice.id, DisputeReason.DAMAGED, "phone", amount=part)
        return open_dispute(self.ports, self.tenant, OFFICE, replace(order, **facts))

    def extend(self, dispute: Dispute, deadline: str) -> Dispute:
        """Set a dispute aside for longer."""
        day = date.fromisoformat(deadline)
        return extend_dispute(self.ports, self.tenant, OFFICE, dispute.id, day)

    def resolve(self, dispute: Dispute, outcome: str, credit: int | None = None) -> Dispute:
        """Decide on a dispute."""
        money = None if credit is None else Money(credit, dispute.currency)
        decision = Decision(DisputeOutcome(outcome), money, note="looked into")
        return resolve_dispute(self.ports, self.tenant, OFFICE, dispute.id, decision)

    def disputed(self, dispute: Dispute) -> Dispute:
        """Return a dispute as it stands now."""
        found = self.ledger.dispute(dispute.tenant, dispute.id)
        assert found is not None
        return found
