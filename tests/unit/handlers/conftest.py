"""The API on a fresh world for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.api import Api, an_api


@pytest.fixture
def api() -> Iterator[Api]:
    with an_api() as each:
        yield each
