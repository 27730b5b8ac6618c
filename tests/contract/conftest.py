"""The two ledgers that the suite runs against. Each test has tenants of its own in one table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

import pytest

from chalicelib.domain import ids
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.configuration import Configuration
from chalicelib.ports.due import DueIndex
from chalicelib.ports.storage import Ledger
from chalicelib.ports.webhooks import WebhookEndpoints
from chalicelib.storage.configuration import TableConfiguration
from chalicelib.storage.due_index import TableDueIndex
from chalicelib.storage.ledger import TableLedger
from chalicelib.storage.table import Table
from chalicelib.storage.webhooks import TableWebhookEndpoints
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.webhooks import InMemoryWebhookEndpoints, unheard
from tests.fakes.world import FakeClock

SHARDS = 4
_number = count(1)


@dataclass
class Store:
    """A ledger, its due index and configuration, with tenants that no other test uses."""

    ledger: Ledger
    due: DueIndex
    configuration: Configuration
    live: Tenant
    test: Tenant
    other: Tenant


@dataclass
class Both:
    """A store and its endpoints."""

    store: Store
    endpoints: WebhookEndpoints


@pytest.fixture(scope="module")
def table(new_table: Callable[[str], str]) -> Table:
    """Return the module's table in moto."""
    return Table(new_table("contract"))


@pytest.fixture(params=["memory", "table"])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return the fake and the real adapter in turn."""
    number = next(_number)
    creditor_id = "cr_" + ids.encode(number, ids.PART)
    live = Tenant(creditor_id, Mode.LIVE)
    tenants = {
        "live": live,
        "test": replace(live, mode=Mode.TEST),
        "other": Tenant("cr_" + ids.encode(10_000 + number, ids.PART), Mode.LIVE),
    }
    if request.param == "memory":
        fake = InMemoryLedger(shards=SHARDS)
        yield Store(fake, fake, fake, **tenants)
        return
    table: Table = request.getfixturevalue("table")
    yield Store(
        TableLedger(table, shards=SHARDS),
        TableDueIndex(table),
        TableConfiguration(table, FakeClock()),
        **tenants,
    )


@pytest.fixture
def both(store: Store, request: pytest.FixtureRequest) -> Both:
    """Return the endpoints beside each of the two stores."""
    if isinstance(store.ledger, InMemoryLedger):
        return Both(store, InMemoryWebhookEndpoints(store.ledger, shards=SHARDS))
    table: Table = request.getfixturevalue("table")
    return Both(store, TableWebhookEndpoints(table, FakeClock(), shards=SHARDS, tell=unheard))
