"""`python -m tests.simulation` in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys


def run(*words: str, hashing: str = "0", status: int | None = 0) -> str:
    """Return what it prints. `status`: how it has to end; None: with a violation or without."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *words],
        env={**os.environ, "PYTHONHASHSEED": hashing},
        capture_output=True,
        text=True,
        check=False,
    )
    expected = {0, 1} if status is None else {status}
    assert done.returncode in expected, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout
