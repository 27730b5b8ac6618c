"""Finds records by the unique values that billing systems know them by: one look-up each."""

from __future__ import annotations

from chalicelib.domain.customer import Customer
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.create_customer import EXTERNAL_ID
from chalicelib.services.post_invoice import INVOICE_NUMBER


def find_invoice(ports: Ports, tenant: Tenant, number: str) -> Invoice | None:
    """Return the invoice of exactly that number, in whatever state."""
    found = ports.ledger.reference(tenant, INVOICE_NUMBER, number)
    return ports.ledger.invoice(tenant, found) if found else None


def find_customer(ports: Ports, tenant: Tenant, external_id: str) -> Customer | None:
    """Return the customer of exactly that external id."""
    found = ports.ledger.reference(tenant, EXTERNAL_ID, external_id)
    return ports.ledger.customer(tenant, found) if found else None
