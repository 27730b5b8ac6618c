"""The API on a fresh world for each test, on a ledger into whose commits the test can meddle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import Api, an_api
from tests.invariants.meddling import MeddledLedger


@pytest.fixture
def api() -> Iterator[Api]:
    with an_api(ledger=MeddledLedger()) as each:
        yield each
