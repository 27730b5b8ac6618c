"""What a billing system does about customers' services: the part of `Deeds` that acknowledges."""

from __future__ import annotations

from chalicelib.domain.customer import Change
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.service import Service, service_id
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.acknowledge_service import acknowledge_service
from tests.fakes.ledger import InMemoryLedger

BILLING_SYSTEM = Change(by="api_key:billing", why="acknowledge")


class ServiceDeeds:
    """Everything that can happen to services."""

    ports: Ports
    tenant: Tenant
    ledger: InMemoryLedger

    def service(self, invoice: Invoice) -> Service:
        """Return the service of an invoice's customer as it stands now."""
        found = self.ledger.service(self.tenant, service_id(invoice.customer_id))
        assert found is not None
        return found

    def acknowledge(self, invoice: Invoice, number: int | None = None) -> Service:
        """Say that the newest request was carried out, or that of a number."""
        service = self.service(invoice)
        asked = service.number if number is None else number
        return acknowledge_service(self.ports, self.tenant, BILLING_SYSTEM, service.id, asked)
