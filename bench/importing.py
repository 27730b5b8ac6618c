"""Cold starts: a new interpreter imports the app, then loads the adapters that a function uses.

The interpreter's own start isn't counted. Compiled files exist, as they do on a function's second
cold start here; Lambda itself compiles what the package brings as source.
"""

import os
import subprocess
import sys
from pathlib import Path

from bench.measure import Row
from tests.environment import COMPLETE

ROOT = Path(__file__).parent.parent
ROUNDS = 3
ADAPTERS = {
    "sweep": ("queues",),
    "sweep_shard": ("due", "queues"),
    "send_email": ("ledger", "configuration", "renderer", "links", "email"),
    "send_sms": ("ledger", "configuration", "renderer", "links", "sms"),
    "run_action": ("ledger", "configuration"),
    "receive_email_event": ("ledger",),
    "project_changes": ("ledger",),
    "the API, a route": ("ledger", "configuration", "links"),
    "the API, paying": ("ledger", "configuration", "links", "payments"),
}
"""The ports that a function asks something of on its usual way."""

CODE = """
import sys, time
start = time.process_time()
import app
from chalicelib import bootstrap
ports = bootstrap.ports()
for name in sys.argv[1:]:
    hasattr(getattr(ports, name), "made")  # the stand-in makes its adapter now
print(time.process_time() - start)
"""
ENVIRONMENT = {
    **COMPLETE,
    "DUNLIN_PORTAL_URL": "https://pay.example",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
}


def run() -> list[Row]:
    """`import app` alone, then with the adapters of each function."""
    rows = [_measure("import app", ())]
    return rows + [_measure(f"{name}, ready", ports) for name, ports in ADAPTERS.items()]


def _measure(what: str, ports: tuple[str, ...]) -> Row:
    return Row(what, 1, min(_start(ports) for _ in range(ROUNDS)))


def _start(ports: tuple[str, ...]) -> float:
    done = subprocess.run(  # noqa: S603 -- this very interpreter, with words of ours
        [sys.executable, "-c", CODE, *ports],
        cwd=ROOT,
        env={**os.environ, **ENVIRONMENT},
        capture_output=True,
        text=True,
        check=True,
    )
    return float(done.stdout)
