"""MiniStack as a process of its own, for tests whose stores are too large for moto."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.ports import free_port
from tests.waiting import answers, until

STARTS_WITHIN = 30
REGION = "eu-central-1"
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
}


@contextmanager
def ministack(folder: Path) -> Iterator[str]:
    """Run MiniStack on a free port and yield its endpoint; what it writes goes into `folder`."""
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        **CREDENTIALS,
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_REGION": REGION,
        "PERSIST_STATE": "0",
        "TMPDIR": str(folder),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "ERROR",
    }
    environment.pop("AWS_ENDPOINT_URL", None)
    with (folder / "ministack.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "ministack"], env=environment, stdout=log, stderr=log
        )
        try:
            until(
                lambda: answers(f"{endpoint}/_ministack/health"), "MiniStack", seconds=STARTS_WITHIN
            )
            yield endpoint
        finally:
            process.terminate()
            process.wait(timeout=30)
