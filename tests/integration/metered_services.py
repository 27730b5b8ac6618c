"""How services of customers are read, for the table of access patterns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from chalicelib.ports.storage import Cursor, Write
from chalicelib.storage.ledger import TableLedger
from tests.builders import LIVE, a_service


def reads_of_services(ledger: TableLedger, customer: str) -> dict[str, Callable[[], Any]]:
    """Store a service of the customer called that, and return its reads by their names."""
    service, ten = a_service(customer=customer), Cursor(10)
    ledger.commit([Write(None, service)])
    of = {"customer_id": service.customer_id}
    return {
        "service by id": partial(ledger.service, LIVE, service.id),
        "ten services requested": partial(ledger.services_page, LIVE, ten, status="requested"),
        "service of a customer": partial(ledger.services_page, LIVE, ten, **of),
    }
