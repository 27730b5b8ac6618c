"""Whoever opens a checkout knows that there is an account, whatever the catch-up has seen so far.

Its first look may come just when the key is gone. Without this it would take that for a tenant that
takes no payments, and begin to read later than what was paid meanwhile.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.errors import StaleRecordError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import ATTEMPTS


def begin_reading(ports: Ports, tenant: Tenant) -> None:
    """See to it that payments are read from the tenant's first checkout on; once in its life.

    Before that nothing could be paid. Raises StaleRecordError.
    """
    for _ in range(ATTEMPTS):
        mark = ports.payment_marks.get(tenant)
        if mark is None or mark.known_until is not None:
            return  # nobody reads for a tenant that isn't listed
        known = replace(mark, known_until=mark.since or ports.clock.now())
        if ports.payment_marks.move(mark, known):
            return
    raise StaleRecordError("The mark of payments is being moved by others; try again.")
