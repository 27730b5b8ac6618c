"""The simulation gives functions as long as they have where they are deployed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.simulation.api import TIMEOUT

CHALICE = Path(__file__).parents[2] / ".chalice"


def test_a_request_takes_no_longer_than_its_function_may():
    assert TIMEOUT.total_seconds() == _functions()["api_handler"]["lambda_timeout"]


def _functions() -> dict[str, Any]:
    config = json.loads((CHALICE / "config.json").read_text())
    functions: dict[str, Any] = config["lambda_functions"]
    return functions
