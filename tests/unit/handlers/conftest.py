"""The API, and the functions, on a fresh world for each test, on a ledger into whose commits the
test can meddle."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap, observability
from tests.api import Api, an_api
from tests.environment import COMPLETE
from tests.invariants.meddling import MeddledLedger
from tests.world import World


@pytest.fixture
def api() -> Iterator[Api]:
    with an_api(ledger=MeddledLedger()) as each:
        yield each


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Return the world in which functions run, in the stage `prod`."""
    for variable, value in COMPLETE.items():
        monkeypatch.setenv(variable, value)
    bootstrap.settings.cache_clear()
    world = World("2026-03-02 08:00", ledger=MeddledLedger())
    bootstrap.use(world.ports)
    yield world
    bootstrap.use(None)
    bootstrap.settings.cache_clear()


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Return what the API and functions log, as it leaves."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(observability.logger().registered_formatter)
    logging.getLogger(observability.SERVICE).addHandler(handler)
    yield out
    logging.getLogger(observability.SERVICE).removeHandler(handler)
