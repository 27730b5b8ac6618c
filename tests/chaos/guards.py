"""Throw-away packages without one of the guards, to show that the harness can find anything.

The guards are the simulation's, as far as they stand in the package itself, and those that show
only where messages really die.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.layout import ROOT
from tests.simulation.guards import GUARDS as SIMULATED
from tests.simulation.guards import GuardMissingError

SHARED = {name: each for name, each in SIMULATED.items() if each[0].startswith("chalicelib.")}
OWN = {
    "flag": (
        "chalicelib.services.stuck",
        "    cases = ports.ledger.due_cases(tenant, customer_id, now)",
        "    cases: tuple[str, ...] = ()",
    ),
}
GUARDS = {**SHARED, **OWN}
_PARTS = ("app.py", "chalicelib", "templates", "vendor", "requirements.txt", ".chalice")


@contextmanager
def without(guard: str) -> Iterator[Path]:
    """Return a copy of the project whose package lacks the guard."""
    module, line, instead = GUARDS[guard]
    with tempfile.TemporaryDirectory(prefix="dunlin-without-") as folder:
        project = Path(folder)
        for part in _PARTS:
            if (ROOT / part).is_dir():
                shutil.copytree(ROOT / part, project / part, symlinks=True)
            else:
                shutil.copy2(ROOT / part, project / part)
        file = project / Path(*module.split(".")).with_suffix(".py")
        source = file.read_text()
        if source.count(line) != 1:
            raise GuardMissingError(f"{module} doesn't have the line {line!r} once")
        file.write_text(source.replace(line, instead))
        yield project
