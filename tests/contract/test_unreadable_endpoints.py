"""Endpoints and deliveries that can't be made out, or that another release wrote."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from pynamodb.exceptions import GetError

from chalicelib.domain.configuration_facts import event_of_endpoint
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import Failure, FailureReason
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.webhooks import UnreadableEndpoint
from chalicelib.storage import webhook_keys
from chalicelib.storage.keys import Key
from chalicelib.storage.table import Table
from chalicelib.storage.telling import METRIC, tell
from chalicelib.storage.webhooks import TableWebhookEndpoints
from tests.contract.conftest import Both
from tests.contract.endpoints import ENDPOINT, NINE, OFFICE, a_delivery, an_endpoint
from tests.fakes.webhooks import unheard
from tests.fakes.world import FakeClock

pytestmark = pytest.mark.parametrize("store", ["table"], indirect=True)
OTHERS = Failure(NINE, FailureReason.UNKNOWN, 599)


def rewrite(table: Table, key: Key, attribute: str, old: str, new: str) -> None:
    """Let a text that is stored be another."""
    raw = table.get_raw(key)
    assert old in raw[attribute]["S"]
    table.put_back([{**raw, attribute: {"S": raw[attribute]["S"].replace(old, new)}}])


def test_an_endpoint_whose_failure_another_release_told_is_its_creditors_still(
    both: Both, table: Table
):
    endpoint = an_endpoint(both, last_failure=Failure(NINE, FailureReason.STATUS, 599))
    both.endpoints.save(endpoint)
    key = webhook_keys.endpoint(both.store.live, ENDPOINT)
    rewrite(table, key, "body", '"http_status"', '"told_by_a_later_release"')

    found = both.endpoints.find(both.store.live, ENDPOINT)
    assert found == replace(endpoint, last_failure=OTHERS)
    changed = replace(found, url="https://other.example.com/", version=2)
    both.endpoints.save(changed, event_of_endpoint("updated", changed, OFFICE, NINE))
    assert both.endpoints.all(both.store.live) == (changed,)
    both.endpoints.remove(changed, event_of_endpoint("deleted", changed, OFFICE, NINE))
    assert both.endpoints.all(both.store.live) == ()


def test_so_is_what_it_is_owed(both: Both, table: Table):
    delivery = a_delivery(both)
    failed = delivery.failed(Failure(NINE, FailureReason.STATUS, 599), 0.5)
    both.endpoints.owe([failed])
    key = webhook_keys.delivery(both.store.live, ENDPOINT, delivery.event_id)
    rewrite(table, key, "last_failure", '"http_status"', '"told_by_a_later_release"')

    found = both.endpoints.delivery(both.store.live, ENDPOINT, delivery.event_id)
    assert found == replace(failed, last_failure=OTHERS)


def test_one_that_a_release_before_pauses_wrote_has_none(both: Both, table: Table):
    endpoint = an_endpoint(both)
    both.endpoints.save(endpoint)
    key = webhook_keys.endpoint(both.store.live, ENDPOINT)
    rewrite(table, key, "body", ',"paused_until":null', "")

    assert both.endpoints.find(both.store.live, ENDPOINT) == endpoint


def test_and_what_a_later_release_notes_disturbs_nobody(both: Both, table: Table):
    endpoint = an_endpoint(both)
    both.endpoints.save(endpoint)
    key = webhook_keys.endpoint(both.store.live, ENDPOINT)
    rewrite(table, key, "body", '"paused_until"', '"noted_by_a_later_release"')

    assert both.endpoints.find(both.store.live, ENDPOINT) == endpoint


def test_what_cant_be_made_out_is_told_from_what_cant_be_reached(both: Both, table: Table):
    endpoint, delivery = an_endpoint(both), a_delivery(both)
    both.endpoints.save(endpoint)
    both.endpoints.owe([delivery.failed(Failure(NINE, FailureReason.TIMEOUT), 0.5)])
    where = both.store.live, ENDPOINT, delivery.event_id
    rewrite(table, webhook_keys.endpoint(*where[:2]), "body", "{", "")
    rewrite(table, webhook_keys.delivery(*where), "last_failure", "{", "")

    with pytest.raises(UnreadableRecordError, match=f"ValidationError at .*{ENDPOINT}"):
        both.endpoints.find(both.store.live, ENDPOINT)
    with pytest.raises(UnreadableRecordError, match="ValidationError at DELIVERY#"):
        both.endpoints.delivery(*where)
    nowhere = TableWebhookEndpoints(Table("nowhere"), FakeClock(), shards=1, tell=unheard)
    with pytest.raises(GetError):
        nowhere.find(both.store.live, ENDPOINT)
    with pytest.raises(GetError):
        nowhere.delivery(*where)


def test_an_endpoint_that_cant_be_made_out_hides_no_other_and_somebody_hears_of_it(
    both: Both, table: Table
):
    sound, other = an_endpoint(both), an_endpoint(both, ENDPOINT[:-1] + "2")
    for each in (sound, other):
        both.endpoints.save(each)
    rewrite(table, webhook_keys.endpoint(both.store.live, other.id), "body", "{", "")
    told: list[tuple[Tenant, str, str]] = []
    endpoints = TableWebhookEndpoints(
        table, FakeClock(), shards=1, tell=lambda *facts: told.append(facts)
    )

    unreadable = UnreadableEndpoint(other.id, "ValidationError")
    for _ in range(2):
        assert endpoints.known(both.store.live) == (unreadable, sound)
    assert told == [(both.store.live, other.id, unreadable.fault)]
    assert endpoints.all(both.store.live) == (sound,)


def test_it_is_told_by_its_ids_and_counted_where_an_alarm_sees_it(
    both: Both, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    tell(both.store.live, ENDPOINT, "ValidationError", stage="prod")

    [line] = caplog.records
    assert (line.levelname, line.endpoint, line.tenant, line.code) == (
        "ERROR",
        ENDPOINT,
        both.store.live.key,
        "ValidationError",
    )
    counted = json.loads(capsys.readouterr().out)
    assert (counted[METRIC], counted["stage"], counted["mode"]) == ([1.0], "prod", "live")


def test_one_that_cant_be_made_out_begins_anew(both: Both, table: Table):
    delivery = a_delivery(both)
    both.endpoints.owe([delivery])
    where = both.store.live, ENDPOINT, delivery.event_id
    raw = table.get_raw(webhook_keys.delivery(*where))
    table.put_back([{**raw, "attempts": {"S": "many"}}])
    with pytest.raises(UnreadableRecordError):
        both.endpoints.delivery(*where)
    both.endpoints.begin_anew(delivery)

    assert both.endpoints.delivery(*where) == delivery
