"""One browser for all tests here, a fresh profile for each; its console must stay silent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browser import PATIENCE_MS, chromium, path_of_chromium, visit

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.stack)
            item.add_marker(pytest.mark.enable_socket)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return Chromium; without it the tests are skipped."""
    path = path_of_chromium()
    if path is None:
        pytest.skip("no Chromium on PATH (Debian: apt-get install chromium)")
    expect.set_options(timeout=PATIENCE_MS)
    with chromium(path) as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Return an empty tab of a German browser."""
    with visit(browser, "de-DE") as (context, complaints):
        yield context.new_page()
        assert not complaints
