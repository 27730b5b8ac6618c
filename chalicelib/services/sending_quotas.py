"""What is left of the providers' quotas for a customer's messages.

Only e-mail has one that can be asked for. SNS has a limit of what a month may cost, but its API
says neither what was spent nor that a message wasn't sent for it.
"""

from __future__ import annotations

import zlib
from datetime import datetime, timedelta

from chalicelib.domain.customer import Customer
from chalicelib.domain.quota import Quotas
from chalicelib.domain.sequence import Do
from chalicelib.domain.tenant import Mode
from chalicelib.ports.all import Ports

LOOKED_AT_AGAIN = timedelta(minutes=45)
SPREAD = timedelta(minutes=30)
"""Those who wait come back spread over this time, not all at once."""


def quotas(ports: Ports, customer: Customer, now: datetime) -> Quotas | None:
    """Return what is left; None where nobody counts, or the message wouldn't reach the provider.

    Nobody on a test clock waits: the provider's day isn't theirs.
    """
    captured = customer.tenant.mode is Mode.TEST and not ports.delivers_test_mode
    if customer.test_clock or captured:
        return None
    left = ports.sending.quota(Do.EMAIL.value)
    if left is None:
        return None
    share = zlib.crc32(customer.id.encode()) % int(SPREAD.total_seconds())
    return Quotas({Do.EMAIL: left}, now + LOOKED_AT_AGAIN + timedelta(seconds=share))
