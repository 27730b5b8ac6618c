"""All that is stored of a customer, for them to have: GDPR articles 15(3) and 20(1).

Handing it out is an access like no other, so it is an event with who and why, committed before
anything is handed out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.filed import Filed
from chalicelib.services.common import changing, load_customer, now_of, retrying

READ_AT_ONCE = 500
LASTS = timedelta(hours=1)
"""How long one may take to read an export, part by part."""


def note_export(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, *, is_first: bool
) -> Customer:
    """Note that the customer's data are handed out now, and return the customer.

    A part that isn't the first is noted, too, unless an export began within the last hour. Raises
    NotFoundError.
    """

    def attempt() -> Customer:
        before = load_customer(ports, tenant, customer_id)
        now = now_of(ports, before)
        began = before.exported_at
        if not is_first and began and began <= now < began + LASTS:
            return before
        write = changing(before, replace(before, exported_at=now), change.when(now))
        ports.ledger.commit([write])
        return write.after

    return retrying(attempt)


def filed_after(ports: Ports, customer: Customer, after: str | None) -> Iterator[Filed]:
    """Yield all that is filed beyond a position, read bit by bit as it is consumed."""
    while True:
        some = ports.ledger.filed(customer.tenant, customer.id, after=after, limit=READ_AT_ONCE)
        yield from some
        if len(some) < READ_AT_ONCE:
            return
        after = some[-1].position
