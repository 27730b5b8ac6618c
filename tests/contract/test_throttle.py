"""Requests per key and minute, by the fake and by processes that share the table."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.access import AccessScope, ApiKey
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.traffic import Throttle
from chalicelib.storage import configuration_keys
from chalicelib.storage.items import RequestCountItem
from chalicelib.storage.meter import Meter
from chalicelib.storage.table import Table
from chalicelib.storage.throttle import FREE, TableThrottle
from tests.builders import utc
from tests.fakes.world import FakeThrottle

NOON = utc("2026-01-05 12:00")
LIMIT = 3
_names = iter(range(1000))


def a_key() -> ApiKey:
    tenant = Tenant("cr_" + "7" * 16, Mode.LIVE)
    scopes = frozenset({AccessScope.READ})
    return ApiKey(f"ak_{next(_names)}", tenant, "d" * 64, "abcd", scopes, NOON)


@pytest.fixture(params=["memory", "table"])
def throttle(request: pytest.FixtureRequest) -> Throttle:
    """Return the fake and the real adapter in turn."""
    if request.param == "memory":
        return FakeThrottle(LIMIT)
    return TableThrottle(request.getfixturevalue("table"), per_minute=LIMIT)


def test_the_limit_holds_for_a_minute_and_says_how_long_it_lasts(throttle: Throttle):
    key, at = a_key(), NOON + timedelta(seconds=17.5)
    assert [throttle.admit(key, at) for _ in range(5)] == [None, None, None, 43, 43]
    assert throttle.admit(key, NOON + timedelta(seconds=59.9)) == 1
    later = NOON + timedelta(minutes=1)
    assert [throttle.admit(key, later) for _ in range(4)] == [None, None, None, 60]


def test_each_key_has_a_limit_of_its_own(throttle: Throttle):
    greedy, modest = a_key(), a_key()
    assert [throttle.admit(greedy, NOON) for _ in range(4)] == [None, None, None, 60]
    assert throttle.admit(modest, NOON) is None


def admitted(throttles: list[TableThrottle], key: ApiKey, requests: int) -> int:
    """Send requests to processes in turn, and count what goes on."""
    waits = [throttles[each % len(throttles)].admit(key, NOON) for each in range(requests)]
    return waits.count(None)


@pytest.mark.parametrize("processes", [1, 2, 7])
def test_a_small_limit_is_exact_over_all_processes(table: Table, processes: int):
    throttles = [TableThrottle(table, per_minute=10) for _ in range(processes)]
    assert admitted(throttles, a_key(), 40) == 10


@pytest.mark.parametrize("processes", [1, 2, 7])
def test_a_large_limit_holds_but_for_the_free_part_of_each_process(table: Table, processes: int):
    """What many processes do is in tests/unit/storage/test_throttle_of_many.py."""
    limit = 150
    throttles = [TableThrottle(table, per_minute=limit) for _ in range(processes)]
    count = admitted(throttles, a_key(), 300)
    assert limit <= count <= limit + processes * FREE


@pytest.fixture
def metered(table: Table, dynamodb: Any) -> tuple[Table, Meter]:
    """Return a table whose calls are counted."""
    counted, meter = Table(table.name), Meter(dynamodb)
    meter.attach(counted.connection.client)
    return counted, meter


def test_a_call_now_and_then_costs_nothing_and_the_whole_limit_little(
    metered: tuple[Table, Meter],
):
    table, meter = metered
    throttle, key = TableThrottle(table, per_minute=6000), a_key()
    tally = meter.tallies["other"]
    assert [throttle.admit(key, NOON) for _ in range(FREE)] == [None] * FREE
    assert tally.write == 0
    written = {}
    for number in range(FREE + 1, 6001):
        assert throttle.admit(key, NOON) is None
        written[number] = tally.write
    assert (written[10], written[60], written[600], written[6000]) == (7, 16, 27, 62)
    assert throttle.admit(key, NOON) == 60
    assert {throttle.admit(key, NOON) for _ in range(500)} == {60}
    assert (tally.write, tally.read) == (63, 0)


def test_the_count_goes_away_by_itself(table: Table):
    key = a_key()
    TableThrottle(table, per_minute=1).admit(key, NOON)
    counted = table.get(configuration_keys.request_count(key.tenant, key.id, NOON))
    assert isinstance(counted, RequestCountItem)
    assert counted.expires_at == int((NOON + timedelta(hours=1)).timestamp())
