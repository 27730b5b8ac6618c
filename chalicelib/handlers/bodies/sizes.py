"""How much a creditor may keep with a record: lines and metadata, in bytes of JSON in UTF-8.

It is there for the creditor's own use, yet read and written with every change of the record.
DynamoDB writes at most 4 MB in one transaction. A payment changes up to 30 invoices in one
(MOST_AT_ONCE), about 1 MB with this bound; without it, 30 invoices with 150 KB of lines and
metadata each would make a payment that can never be recorded.
"""

from __future__ import annotations

from typing import TypeVar

from pydantic_core import to_json

T = TypeVar("T")

MOST_BYTES = 32 * 1024


def bounded(value: T) -> T:
    """Return what is kept. Raises ValueError where it is too large."""
    if (size := _size(value)) > MOST_BYTES:
        raise ValueError(f"has {size} bytes as JSON; at most {MOST_BYTES} are allowed")
    return value


def check_with_lines(metadata: object, lines: object) -> None:
    """Raise ValueError where an invoice's lines and metadata are too large together."""
    if (size := _size(lines) + _size(metadata)) > MOST_BYTES:
        raise ValueError(
            f"has, together with lines, {size} bytes as JSON; at most {MOST_BYTES} are allowed"
        )


def _size(value: object) -> int:
    return len(to_json(value))
