"""Writes JSON as it leaves, in UTF-8, and no more of it than Lambda passes on.

Lambda's answer has at most 6 MB, headers and body together; what is larger ends in a 502, each
time anew. The body stands in it as a JSON string, which the runtime for Python 3.11 writes in
ASCII: a quotation mark counts two bytes, ü six. So JSON is weighed as that.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeVar

S = TypeVar("S")

MOST_WEIGHT = 4 * 1024 * 1024
"""Bytes of Lambda's answer that the records of one answer may take. The rest is room for one more
of the largest kind: an item of the table has 400 KB at most."""


def to_json(document: object) -> str:
    """Write a document, its letters as they are."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def weight(document: object) -> int:
    """Return how many bytes of Lambda's answer a document takes."""
    return len(json.dumps(to_json(document)))


def fitting(records: Iterable[S]) -> tuple[list[S], bool]:
    """Return as many records, from the first on, as fit into an answer, and whether any is left.

    At least one is returned, so that whoever goes on from there gets to the end.
    """
    taken: list[S] = []
    total = 0
    for record in records:
        total += weight(record)
        if taken and total > MOST_WEIGHT:
            return taken, True
        taken.append(record)
    return taken, False
