"""What a customer said about each channel over time: their consents and withdrawals.

It is read off the events. Each change of a customer is one commit of their record, and the stream
tells of each commit exactly once, with who and why; what is told stays as long as the customer
does. The record itself knows what was said last, and decisions are made by that alone: so what may
be sent never depends on events, and the history can't be changed by changing the customer.
"""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor, Page
from chalicelib.services.common import load_customer

TOLD_AS = ("customer.consent_given", "customer.consent_withdrawn")


def list_consents(ports: Ports, tenant: Tenant, customer_id: str, cursor: Cursor) -> Page[Event]:
    """Return a page of the events that tell of what the customer said, newest first.

    An event is there about a second after what it tells of. Raises NotFoundError.
    """
    customer = load_customer(ports, tenant, customer_id)
    pages = [_of_type(ports, tenant, customer.id, cursor, each) for each in TOLD_AS]
    found = sorted((event for page in pages for event in page.data), key=_position, reverse=True)
    backwards = cursor.before is not None
    kept = found[-cursor.limit :] if backwards else found[: cursor.limit]
    more = len(found) > cursor.limit or any(page.has_more for page in pages)
    return Page(tuple(kept), has_more=more)


def _of_type(
    ports: Ports, tenant: Tenant, customer_id: str, cursor: Cursor, of_type: str
) -> Page[Event]:
    """Return a page of one type, however long the timeline is that it has to be looked for in."""
    found: list[Event] = []
    place = cursor
    while True:
        page = ports.ledger.events_page(tenant, place, customer_id=customer_id, of_type=of_type)
        found = [*page.data, *found] if cursor.before else [*found, *page.data]
        missing = cursor.limit - len(found)
        if not page.has_more or missing <= 0:
            return Page(tuple(found), page.has_more)
        to = page.searched_to
        place = Cursor(missing, before=to) if cursor.before else Cursor(missing, after=to)


def _position(event: Event) -> str:
    return ids.parse(ids.EVENT, event.id).own
