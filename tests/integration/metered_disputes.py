"""How disputes and services are read, for the table of access patterns."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from chalicelib.ports.storage import Cursor, Write
from chalicelib.storage.ledger import TableLedger
from tests.builders import LIVE, a_dispute
from tests.integration.metered_services import reads_of_services


def reads_of_disputes(ledger: TableLedger, customer: str) -> dict[str, Callable[[], Any]]:
    """Store a dispute and a service of the customer called that, and return their reads by their
    names."""
    dispute, ten = a_dispute(customer=customer), Cursor(10)
    ledger.commit([Write(None, dispute)])
    of = {"customer_id": dispute.customer_id}
    return {
        "dispute by id": partial(ledger.dispute, LIVE, dispute.id),
        "ten open disputes": partial(ledger.disputes_page, LIVE, ten, status="open"),
        "disputes of a customer": partial(ledger.disputes_page, LIVE, ten, **of),
        **reads_of_services(ledger, customer),
    }
