"""Call a promise off: its cases are followed up again as if it had never been made."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.customer import Change
from chalicelib.domain.errors import PromiseNotOpenError
from chalicelib.domain.judging import cancelled
from chalicelib.domain.promise import EndedBy, Promise
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import open_books
from chalicelib.services.common import changing, load_promise, retrying
from chalicelib.services.judge_promises import release


def cancel_promise(
    ports: Ports, tenant: Tenant, change: Change, promise_id: str, *, reason: str | None = None
) -> Promise:
    """End an open promise; one that is called off already stays as it is.

    `reason` is why, for the audit trail. Raises NotFoundError, PromiseNotOpenError.
    """

    def attempt() -> Promise:
        before = load_promise(ports, tenant, promise_id)
        if before.ended_by is EndedBy.CANCELLED:
            return before
        if not before.is_open:
            raise PromiseNotOpenError(f"The promise is {before.status}.")
        opened = open_books(ports, tenant, change, before.customer_id)
        release(opened, before)
        now = opened.books.now
        because = replace(change, why=reason or change.why).when(now)
        write = changing(before, cancelled(before, now), because)
        ports.ledger.commit([write, *opened.close()])
        return write.after

    return retrying(attempt)
