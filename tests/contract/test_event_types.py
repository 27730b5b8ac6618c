"""The feed and a timeline by type of event: full pages, both ways, a bounded effort."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib.domain import ids
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.lists import LOOKED_THROUGH
from chalicelib.ports.storage import Cursor, Page
from tests.builders import a_communication, a_customer
from tests.contract.conftest import Store
from tests.contract.listed import START, customer_at, own, tell

WANTED, OTHER = "invoice.paid", "invoice.created"


def an_event(tenant: Tenant, number: int, of_type: str, *, of: int = 0) -> Event:
    """Return what happened at that minute, with that customer."""
    return Event(
        id=ids.child_id(ids.EVENT, customer_at(of), own(number)),
        tenant=tenant,
        customer_id=customer_at(of),
        type=of_type,
        object_id=ids.child_id(ids.INVOICE, customer_at(of), own(0)),
        at=START + timedelta(minutes=number),
        by="system",
        why="test",
        data={},
    )


def told(store: Store, types: Iterator[str]) -> list[Event]:
    """Record events of these types, a minute each, of two customers in turn."""
    made = [an_event(store.live, at, each, of=at % 2) for at, each in enumerate(types, start=1)]
    store.ledger.record_events(made)
    return made


def every_third(count: int) -> Iterator[str]:
    return (OTHER if number % 3 else WANTED for number in range(count))


def test_pages_of_one_type_are_full(store: Store):
    made = told(store, every_third(30))
    wanted = [each for each in made if each.type == WANTED][::-1]

    def page(cursor: Cursor) -> Page[Event]:
        return store.ledger.events_page(store.live, cursor, of_type=WANTED)

    first = page(Cursor(4))
    assert (first.data, first.has_more) == (tuple(wanted[:4]), True)
    second = page(Cursor(4, after=first.data[-1].id))
    assert page(Cursor(4, after=first.searched_to)) == second
    assert (second.data, second.has_more) == (tuple(wanted[4:8]), True)
    last = page(Cursor(4, after=second.searched_to))
    assert last == Page(tuple(wanted[8:]), has_more=False, searched_to=made[0].id)


def test_newer_ones_up_to_the_newest_event_of_any_type(store: Store):
    made = told(store, every_third(30))
    wanted = [each for each in made if each.type == WANTED]

    def page(cursor: Cursor) -> Page[Event]:
        return store.ledger.events_page(store.live, cursor, of_type=WANTED)

    first = page(Cursor(8, before=wanted[0].id))
    assert (first.data, first.has_more) == (tuple(wanted[8:0:-1]), True)
    rest = page(Cursor(8, before=first.searched_to))
    assert rest == Page((wanted[9],), has_more=False, searched_to=made[-1].id)
    nothing = page(Cursor(8, before=made[-1].id))
    assert nothing == Page((), has_more=False, searched_to=made[-1].id)


def test_a_timeline_by_type(store: Store):
    made = told(store, every_third(30))
    wanted = [each for each in made if each.type == WANTED and each.customer_id == customer_at(1)]

    def page(cursor: Cursor) -> Page[Event]:
        return store.ledger.events_page(
            store.live, cursor, customer_id=customer_at(1), of_type=WANTED
        )

    first = page(Cursor(3))
    assert (first.data, first.has_more) == (tuple(wanted[:1:-1]), True)
    last = page(Cursor(3, after=first.searched_to))
    assert (last.data, last.has_more) == (tuple(wanted[1::-1]), False)


def test_a_rare_type_ends_the_looking_and_says_where(store: Store):
    rare = iter([WANTED, *[OTHER] * LOOKED_THROUGH])
    made = told(store, rare)

    def page(cursor: Cursor) -> Page[Event]:
        return store.ledger.events_page(store.live, cursor, of_type=WANTED)

    first = page(Cursor(1))
    assert first == Page((), has_more=True, searched_to=made[1].id)
    assert page(Cursor(1, after=first.searched_to)) == Page(
        (made[0],), has_more=False, searched_to=made[0].id
    )
    back = page(Cursor(1, before=made[0].id))
    assert back == Page((), has_more=False, searched_to=made[-1].id)


@pytest.mark.parametrize("of_type", ["customer.created", "communication.sent"])
def test_what_tells_of_something_new_has_its_type_too(store: Store, of_type: str):
    customer = tell(store, a_customer(tenant=store.live))
    message = tell(store, a_communication(tenant=store.live))
    store.ledger.record_events([an_event(store.live, 1, WANTED)])
    expected = [each for each in (customer, message) if each.type == of_type]

    found = store.ledger.events_page(store.live, Cursor(2), of_type=of_type)
    assert (list(found.data), found.has_more) == (expected, False)
    later = an_event(store.live, 10**6, "communication.failed")
    store.ledger.record_events([later])
    failed = store.ledger.events_page(store.live, Cursor(2), of_type="communication.failed")
    assert failed.data == (later,)


@pytest.mark.parametrize("tenant", ["test", "other"])
def test_others_find_none(store: Store, tenant: str):
    told(store, every_third(3))
    stranger = getattr(store, tenant)
    found = store.ledger.events_page(stranger, Cursor(2), of_type=WANTED)
    assert found == Page((), has_more=False)
