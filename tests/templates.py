"""Writes what docs/templates.md says of variables, filters and limits, from the code that runs.

    python -m tests.templates

A test holds the page up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from chalicelib.domain.own_template import LONGEST_SUBJECT, LONGEST_TEXT
from chalicelib.rendering.own.demands import LONGEST_SUBJECT_SAID
from chalicelib.rendering.own.grammar import DEEPEST, MOST_NODES
from chalicelib.rendering.own.messages import MOST_SEGMENTS, MOST_SEGMENTS_SENT
from chalicelib.rendering.own.sandbox import LONGEST_OUTPUT
from chalicelib.rendering.own.vocabulary import (
    FILTERS,
    Amount,
    CreditorWords,
    InvoiceWords,
    LoopWords,
    MessageWords,
    kinds,
    names,
)

PAGE = Path(__file__).parents[1] / "docs" / "templates.md"
OWNERS: tuple[tuple[str, type], ...] = (
    ("", MessageWords),
    ("creditor.", CreditorWords),
    ("invoice.", InvoiceWords),
    ("loop.", LoopWords),
)
WRITTEN = {str: "text", int: "number", bool: "yes or no", Amount: "amount"}


def written(page: str) -> str:
    """Return the page with its three generated parts as they should be."""
    parts = {"variables": _variables(), "filters": _filters(), "limits": _limits()}
    for name, text in parts.items():
        block = rf"<!-- {name} -->.*?<!-- end -->"
        fresh = f"<!-- {name} -->{text}<!-- end -->"
        page = re.sub(block, lambda _, fresh=fresh: fresh, page, flags=re.DOTALL)  # type: ignore[misc]
    return page


def _variables() -> str:
    lines = ["", "| variable | kind | what |", "|---|---|---|"]
    for prefix, record in OWNERS:
        for name, about in names(record):
            kind = WRITTEN.get(kinds(record)[name])
            if kind is None:
                kind = "list" if name in {"invoices", "address"} else "fields below"
            lines.append(f"| `{prefix}{name}` | {kind} | {about} |")
    return "\n".join([*lines, ""])


def _filters() -> str:
    rows = [f"| `{name}` | {about} |" for name, (_, about) in sorted(FILTERS.items())]
    return "\n".join(["", "| filter | what |", "|---|---|", *rows, ""])


def _limits() -> str:
    return (
        f"{LONGEST_TEXT:,} characters of text and {LONGEST_SUBJECT} of subject as written, "
        f"{MOST_NODES} parts (variables, conditions, loops), {DEEPEST} levels; as said, "
        f"{LONGEST_OUTPUT:,} characters, a subject of {LONGEST_SUBJECT_SAID}, and "
        f"{MOST_SEGMENTS} segments of an SMS, both with names of usual length and few invoices; "
        f"{MOST_SEGMENTS_SENT} segments in any message that is sent, as much as SNS takes"
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"wrote {PAGE.name}\n")


if __name__ == "__main__":
    main()
