"""How a customer is found who writes to us: by a fingerprint of the number; several may share it.

Keys turn up in errors and metrics, so no number stands in one. The references of new customers are
written off the stream (see `keep_references`), so that an ingest doesn't pay for them.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.customer import Customer
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Reference

PHONE = "customer_phone"


def phone_reference(ports: Ports, customer: Customer) -> list[Reference]:
    """Return by what the customer's number leads to them; empty where they have none."""
    if customer.phone is None:
        return []
    value = ports.fingerprints.of(customer.tenant, customer.phone)
    return [Reference(customer.tenant, PHONE, value, customer.id, shared=True)]


def customers_with(ports: Ports, tenant: Tenant, number: str) -> Iterator[Customer]:
    """Yield the customers who have that number now, in a steady order."""
    value = ports.fingerprints.of(tenant, number)
    for customer_id in ports.ledger.sharing(tenant, PHONE, value):
        customer = ports.ledger.customer(tenant, customer_id)
        if customer and customer.phone == number and not customer.erasure:
            yield customer


def is_there(ports: Ports, reference: Reference) -> bool:
    """Say whether a number leads to its customer already."""
    found = ports.ledger.sharing(reference.tenant, reference.kind, reference.value)
    return reference.target in found
