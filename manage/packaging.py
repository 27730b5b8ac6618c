"""What `chalice package` makes of the sources for a stage: `sam.json`, and the zip beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from manage.alone import alone

LAST_WORDS = 4000


class PackagingFailed(Exception):  # noqa: N818 -- reads as what happened
    """`chalice package` ended with an error; the message is its last words."""


def package(
    project: Path, stage: str, folder: Path, *, environment: Mapping[str, str] | None = None
) -> None:
    """Make the package of a stage in `folder`. Raises PackagingFailed."""
    command = [
        *(sys.executable, "-c", "from chalice.cli import main; main()"),
        *("package", "--stage", stage, "--template-format", "json"),
        *("--merge-template", ".chalice/resources.json", str(folder)),
    ]
    with alone(project / ".chalice"):
        made = subprocess.run(  # noqa: S603 -- our own words, no shell
            command,
            cwd=project,
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise PackagingFailed((made.stdout + made.stderr)[-LAST_WORDS:])
        # Chalice keeps every zip that it ever made.
        shutil.rmtree(project / ".chalice" / "deployments", ignore_errors=True)
