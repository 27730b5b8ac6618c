"""Webhook endpoints and what they are owed, in memory and in the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain import ids
from chalicelib.domain.configuration_facts import event_of_endpoint
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.due import delivery_partition, wall_partition
from chalicelib.domain.webhook_endpoint import (
    Failure,
    FailureReason,
)
from chalicelib.ports.due import DueDelivery
from chalicelib.ports.storage import Cursor, WriteConflictError
from chalicelib.storage import keys, webhook_keys
from chalicelib.storage.due_index import delivery_of
from chalicelib.storage.table import Table
from chalicelib.storage.webhooks import ENDPOINTS_KEPT_FOR, TableWebhookEndpoints
from tests.contract.conftest import SHARDS, Both, Store
from tests.contract.endpoints import ENDPOINT, NINE, OFFICE, a_delivery, an_endpoint, event_id
from tests.fakes.webhooks import unheard
from tests.fakes.world import FakeClock


def due(both: Both, delivery: Delivery) -> list[DueDelivery]:
    """Return what the due index has of a delivery's endpoint."""
    where = delivery_partition(delivery.event_id, shards=SHARDS)
    page = both.store.due.deliveries(where, after=None, until=NINE + timedelta(days=9))
    return [each for each in page.entries if each.tenant == both.store.live]


def test_an_endpoint_is_stored_whole_in_its_tenant_only(both: Both):
    endpoint = an_endpoint(both, paused_until=NINE + timedelta(hours=1))
    both.endpoints.save(endpoint)
    assert both.endpoints.find(both.store.live, ENDPOINT) == endpoint
    for other in (both.store.test, both.store.other):
        assert both.endpoints.find(other, ENDPOINT) is None
        assert both.endpoints.all(other) == ()
        assert both.endpoints.known(other) == ()


def test_all_are_listed_and_nothing_else(both: Both):
    first, second = an_endpoint(both), an_endpoint(both, ENDPOINT[:-1] + "2")
    for each in (first, second):
        both.endpoints.save(each)
    assert both.endpoints.all(both.store.live) == (second, first)
    assert both.endpoints.known(both.store.live) == (second, first)


def test_a_version_is_stored_after_the_one_before_and_only_then(both: Both):
    endpoint = an_endpoint(both)
    with pytest.raises(WriteConflictError):
        both.endpoints.save(replace(endpoint, version=2))
    both.endpoints.save(endpoint)
    with pytest.raises(WriteConflictError):
        both.endpoints.save(endpoint)
    changed = replace(endpoint, url="https://other.example.com/", version=2)
    both.endpoints.save(changed)
    with pytest.raises(WriteConflictError):
        both.endpoints.save(replace(endpoint, version=2))
    assert both.endpoints.find(both.store.live, ENDPOINT) == changed


def test_the_event_that_tells_of_it_comes_with_it_or_not_at_all(both: Both):
    endpoint = an_endpoint(both)
    told = event_of_endpoint("created", endpoint, OFFICE, NINE)
    both.endpoints.save(endpoint, told)
    late = event_of_endpoint("updated", endpoint, OFFICE, NINE + timedelta(days=1))
    with pytest.raises(WriteConflictError):
        both.endpoints.save(endpoint, late)
    with pytest.raises(WriteConflictError):
        both.endpoints.remove(replace(endpoint, version=2), late)
    ledger = both.store.ledger
    assert ledger.events_page(both.store.live, Cursor(10)).data == (told,)
    assert ledger.event(both.store.live, told.id) == told
    assert ledger.event(both.store.live, late.id) is None
    assert ledger.event(both.store.test, told.id) is None
    both.endpoints.remove(endpoint, late)
    assert both.endpoints.all(both.store.live) == ()
    assert ledger.events_page(both.store.live, Cursor(10)).data == (late, told)


def test_what_is_owed_is_due_until_it_is_settled(both: Both):
    delivery = a_delivery(both)
    both.endpoints.owe([delivery])
    found = both.endpoints.delivery(both.store.live, ENDPOINT, delivery.event_id)
    assert found == delivery
    entry = DueDelivery(both.store.live, ENDPOINT, delivery.event_id, delivery.due_at)
    assert due(both, delivery) == [entry]
    both.endpoints.settle(delivery)
    both.endpoints.settle(delivery)
    assert both.endpoints.delivery(both.store.live, ENDPOINT, delivery.event_id) is None
    assert due(both, delivery) == []


def test_what_is_owed_on_a_presumption_stays_so_until_it_is_owed_for_sure(both: Both):
    sure = a_delivery(both)
    presumed = replace(sure, is_presumed=True)
    for delivery in (presumed, sure):
        both.endpoints.owe([delivery])
        assert both.endpoints.delivery(both.store.live, ENDPOINT, sure.event_id) == delivery


def test_no_sweep_of_cases_comes_across_what_is_owed(both: Both):
    """An older release reads the shards of cases, and knows nothing of deliveries."""
    both.endpoints.owe([a_delivery(both, number) for number in range(9)])
    for shard in range(SHARDS):
        page = both.store.due.page(
            wall_partition(shard), after=None, until=NINE + timedelta(days=9)
        )
        assert [each for each in page.entries if each.tenant == both.store.live] == []


def test_what_failed_is_due_later_and_what_is_given_up_is_not(both: Both):
    delivery = a_delivery(both)
    both.endpoints.owe([delivery])
    failed = delivery.failed(Failure(NINE, FailureReason.TIMEOUT), 0.5)
    assert both.endpoints.note(failed, attempts=0)
    assert not both.endpoints.note(failed, attempts=0)
    assert [each.due_at for each in due(both, delivery)] == [NINE + timedelta(minutes=1)]
    ended = failed.given_up(Failure(NINE, FailureReason.DISABLED))
    assert both.endpoints.note(ended, attempts=1)
    assert due(both, delivery) == []
    assert both.endpoints.delivery(both.store.live, ENDPOINT, delivery.event_id) == ended


def test_what_is_owed_anew_is_ended_by_nobody_who_read_the_owing_before(both: Both):
    before = a_delivery(both)
    anew = replace(before, created_at=before.created_at + timedelta(microseconds=1))
    for each in (before, anew):
        both.endpoints.owe([each])
    both.endpoints.settle(before)
    assert not both.endpoints.note(replace(before, attempts=1), attempts=0)
    assert both.endpoints.delivery(both.store.live, ENDPOINT, anew.event_id) == anew
    assert [each.due_at for each in due(both, anew)] == [anew.due_at]
    assert both.endpoints.note(replace(anew, attempts=1), attempts=0)
    both.endpoints.settle(anew)
    assert both.endpoints.delivery(both.store.live, ENDPOINT, anew.event_id) is None


def test_nothing_is_noted_of_what_was_settled(both: Both):
    delivery = a_delivery(both)
    failed = delivery.failed(Failure(NINE, FailureReason.TIMEOUT), 0.5)
    assert not both.endpoints.note(failed, attempts=0)
    assert both.endpoints.delivery(both.store.live, ENDPOINT, delivery.event_id) is None


def test_only_what_is_there_still_begins_anew(both: Both):
    delivery = a_delivery(both)
    both.endpoints.begin_anew(delivery)
    assert both.endpoints.delivery(both.store.live, ENDPOINT, delivery.event_id) is None
    both.endpoints.owe([delivery])
    tried = replace(delivery, attempts=1)
    both.endpoints.begin_anew(tried)
    assert both.endpoints.delivery(both.store.live, ENDPOINT, delivery.event_id) == tried


def test_deliveries_are_listed_by_event_latest_first(both: Both):
    wanted = [a_delivery(both, number) for number in (5, 4, 3, 2, 1)]
    both.endpoints.owe(wanted[::-1])
    both.endpoints.owe([a_delivery(both, 9, "we_0000000000000002")])

    def page(cursor: Cursor) -> tuple[list[Delivery], bool]:
        found = both.endpoints.deliveries_page(both.store.live, ENDPOINT, cursor)
        return list(found.data), found.has_more

    assert page(Cursor(10)) == (wanted, False)
    assert page(Cursor(2)) == (wanted[:2], True)
    assert page(Cursor(2, after=wanted[1].event_id)) == (wanted[2:4], True)
    assert page(Cursor(2, before=wanted[3].event_id)) == (wanted[1:3], True)
    assert both.endpoints.deliveries_page(both.store.test, ENDPOINT, Cursor(2)).data == ()


def test_endpoints_are_read_once_in_ten_seconds_and_at_once_when_they_are_to(table: Table):
    clock = FakeClock()
    ours, theirs = (TableWebhookEndpoints(table, clock, shards=1, tell=unheard) for _ in range(2))
    store = Store(None, None, None, *[utc_tenant(each) for each in "XYZ"])  # type: ignore[arg-type]
    first = an_endpoint(Both(store, ours))
    assert ours.known(store.live) == ()
    theirs.save(first)
    assert ours.known(store.live) == ()
    clock.advance(ENDPOINTS_KEPT_FOR)
    assert ours.known(store.live) == (first,)
    second = replace(first, version=2, url="https://x.example.com/")
    theirs.save(second)
    ours.forget(store.live)
    assert ours.known(store.live) == (second,)
    third = replace(first, version=3)
    ours.save(third)
    assert ours.known(store.live) == (third,)


def utc_tenant(letter: str):
    from chalicelib.domain.tenant import Mode, Tenant

    return Tenant("cr_" + letter * ids.PART, Mode.LIVE)


def test_a_key_in_the_index_says_whose_it_is():
    tenant = utc_tenant("X")
    key = webhook_keys.delivery(tenant, ENDPOINT, event_id(1))
    raw = {**key.attributes, keys.DUE_AT: {"N": "0"}, keys.DUE_CHANNEL: {"S": "webhook"}}
    found = delivery_of(raw)
    assert (found.tenant, found.endpoint_id, found.event_id) == (tenant, ENDPOINT, event_id(1))
