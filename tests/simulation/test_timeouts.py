"""The simulation gives functions as long as they have where they are deployed."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from chalicelib.services.advance_clock import HELD_FOR
from tests.simulation.api import TIMEOUT
from tests.simulation.platform import CLOCK_TIMEOUT
from tests.simulation.queues import CLOCK_HIDDEN_SECONDS

CHALICE = Path(__file__).parents[2] / ".chalice"


def test_a_request_takes_no_longer_than_its_function_may():
    assert TIMEOUT.total_seconds() == _functions()["api_handler"]["lambda_timeout"]


def test_a_clock_takes_no_longer_than_its_function_may_and_comes_back_when_that_is_over():
    resources = json.loads((CHALICE / "resources.json").read_text())["Resources"]
    assert CLOCK_TIMEOUT.total_seconds() == _functions()["advance_clock"]["lambda_timeout"]
    assert CLOCK_TIMEOUT <= HELD_FOR <= timedelta(seconds=CLOCK_HIDDEN_SECONDS)
    assert resources["ClockQueue"]["Properties"]["VisibilityTimeout"] == CLOCK_HIDDEN_SECONDS


def _functions() -> dict[str, Any]:
    config = json.loads((CHALICE / "config.json").read_text())
    functions: dict[str, Any] = config["lambda_functions"]
    return functions
