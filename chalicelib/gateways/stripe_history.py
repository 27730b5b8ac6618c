"""What Stripe's list of events says of payments of ours, as far as there is time to read it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from chalicelib.domain.errors import InvalidError, PaymentUnavailableError
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways.stripe_events import CHARGE_EVENTS, INTENT_EVENTS, SESSION_EVENTS
from chalicelib.gateways.stripe_listing import Fetch, Json, read_oldest
from chalicelib.gateways.stripe_metadata import CREDITOR
from chalicelib.gateways.stripe_shapes import Event, read
from chalicelib.ports.payments import ProviderPayment, Told

SHOWS_METADATA = INTENT_EVENTS | SESSION_EVENTS | CHARGE_EVENTS


@dataclass(frozen=True, slots=True)
class Wanted:
    """A stretch of a tenant's list, but for the events in `leave_out`, as far as there is time."""

    tenant: Tenant
    after: datetime
    until: datetime
    leave_out: frozenset[str]
    has_time: Callable[[], bool]


def told_since(
    wanted: Wanted, fetch: Fetch, fact_of: Callable[[Event], ProviderPayment | None]
) -> Told:
    """Return what a stretch of the list says.

    `fact_of` says what an event means to the tenant and may take its time, since some are asked
    about. It raises InvalidError for one that it can't read, and PaymentUnavailableError for one
    that can't be asked about, before which the answer ends. When there is no time any more, the
    second that was begun is read to its end, so that there is progress.
    """
    rows, end = read_oldest(fetch, wanted.after, wanted.until, wanted.has_time)
    facts: list[ProviderPayment] = []
    unreadable: list[str] = []
    first = second = int(wanted.after.timestamp())
    for row in rows:
        at, event_id = row.get("created", second), str(row.get("id"))
        if event_id in wanted.leave_out:
            continue
        if at > second and not wanted.has_time():
            return Told(tuple(facts), datetime.fromtimestamp(at, UTC), tuple(unreadable))
        second = at
        try:
            fact = fact_of(read(Event, row))
        except InvalidError:
            if _may_be_of(wanted.tenant, row):
                unreadable.append(event_id)
            continue
        except PaymentUnavailableError as error:
            if at == first:
                raise PaymentUnavailableError(f"{event_id}: {error.detail}") from error
            return Told(tuple(facts), datetime.fromtimestamp(at, UTC), tuple(unreadable))
        if fact and fact.tenant == wanted.tenant:
            facts.append(fact)
    return Told(tuple(facts), end, tuple(unreadable))


def _may_be_of(tenant: Tenant, row: Json) -> bool:
    """Say whether nothing in an event shows that it is none of the creditor's.

    Refunds and disputes don't show whose they are.
    """
    data = row.get("data")
    shown = data.get("object") if isinstance(data, dict) else None
    metadata = shown.get("metadata") if isinstance(shown, dict) else None
    if row.get("type") not in SHOWS_METADATA or not isinstance(metadata, dict):
        return True
    return bool(metadata.get(CREDITOR) == tenant.creditor_id)
