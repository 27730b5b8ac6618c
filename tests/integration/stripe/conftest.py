"""An emulator and a receiver of its webhooks for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.ports import free_port
from tests.integration.stripe.emulator import Emulator, Receiver
from tests.web import serving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Return the creditor's side, taking webhooks."""
    taking = Receiver()
    with serving(taking.take) as taking.url:
        yield taking


@pytest.fixture
def emulator(receiver: Receiver, tmp_path: Path) -> Iterator[Emulator]:
    """Return an emulator that tells the receiver."""
    url = f"{receiver.url}/webhooks/stripe/{{creditor_id}}"
    running = Emulator(free_port(), tmp_path / "stripe.json", url)
    running.start()
    yield running
    running.stop()
