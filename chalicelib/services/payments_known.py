"""Whether payments are known well enough to remind anybody of what is owed.

Webhooks that don't come make no noise: whoever paid would be reminded all the same. So what counts
is up to when the provider's own list of events was read, or it was seen that there is none.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.customer import Customer
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor

LOOKED_AT_AGAIN = timedelta(minutes=15)
"""How soon those who wait are looked at again: three runs of the catch-up later."""


def stale_until(ports: Ports, customer: Customer, now: datetime) -> datetime | None:
    """Return when to look again while payments aren't known well enough; None: they are.

    Whoever takes no payments online waits only where nobody looked for hours whether that is still
    so. Nobody on a test clock waits: the provider's time isn't theirs.
    """
    if customer.test_clock:
        return None
    certain_until = ports.payment_marks.certain_until(customer.tenant)
    if certain_until is None or now - certain_until <= limit(ports, customer.tenant):
        return None
    return now + LOOKED_AT_AGAIN


def limit(ports: Ports, tenant: Tenant) -> timedelta:
    """Return how old the knowledge of a tenant's payments may be. Raises NotFoundError."""
    return load_creditor(ports, tenant.creditor_id).payments_known_within
