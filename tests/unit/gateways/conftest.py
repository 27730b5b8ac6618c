"""Gateways make real clients of AWS here, whose requests never leave the process."""

from __future__ import annotations

import pytest

from tests.environment import pretend_aws


@pytest.fixture(autouse=True)
def _aws(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend_aws(monkeypatch)
