"""Writes docs/access-patterns.md: `python -m tests.integration.access_patterns`.

The page is the table in chalicelib/storage/access_patterns.py with the units that the
meter found. A test says when it is out of date.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from chalicelib.storage import keys
from chalicelib.storage.access_patterns import ACCESS_PATTERNS
from tests.ministack import CREDENTIALS, ministack

PAGE = Path(__file__).parents[2] / "docs" / "access-patterns.md"
COMMAND = "python -m tests.integration.access_patterns"
STORED = 10_000
Units = tuple[float, float]

HEAD = f"""# Access patterns

Written by `{COMMAND}` from `chalicelib/storage/access_patterns.py`,
`chalicelib/storage/keys.py` and the meter (`chalicelib/storage/meter.py`); don't edit it by hand.

The units are DynamoDB's, by its published rules on real item sizes, with {STORED:,} other open
invoices stored. With 10 stored they are the same wherever a test says so
(`tests/integration/test_budgets.py`): nothing here depends on how much is stored. `list` and
`due` are the two indexes. There is no scan.
"""


def page(figures: Mapping[str, Units]) -> str:
    """Return the page for the figures of every use case and access pattern."""
    layout = keys.__doc__ or ""
    items = layout[layout.index("| item") :].strip()
    patterns = {each.name: each for each in ACCESS_PATTERNS}
    use_cases = [
        f"| {name} | {_number(read)} | {_number(write)} |"
        for name, (read, write) in figures.items()
        if name not in patterns
    ]
    reads = [
        f"| {each.name} | `{each.port}` | {each.by} | {_number(figures[each.name][0])} |"
        for each in patterns.values()
    ]
    return "\n".join(
        [
            HEAD,
            "## Use cases",
            "",
            "| use case | read units | write units |",
            "|---|---:|---:|",
            *use_cases,
            "",
            "## Reads",
            "",
            "| what for | port | by | read units |",
            "|---|---|---|---:|",
            *reads,
            "",
            "## Items",
            "",
            items,
            "",
        ]
    )


def _number(units: float) -> str:
    return f"{units:g}"


def main() -> None:
    """Measure and write the page."""
    with tempfile.TemporaryDirectory() as folder, ministack(Path(folder)) as endpoint:
        os.environ.update({**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint})
        from tests.integration.metered import figures

        PAGE.write_text(page(figures("ledger", STORED)))
    sys.stdout.write(f"wrote {PAGE.name}\n")


if __name__ == "__main__":
    main()
