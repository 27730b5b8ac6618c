"""Items that were put back from an export of the table, and how the stream knows them.

A restored record appears in the stream as a new one, but nothing happened: what it tells was told
long ago, and its events are restored with it. Its nonce says so until it is written again. So
does that of an event of what is set up, which the stream tells itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.storage import keys

NONCE = "nonce"
VERSION = "ver"
MARK = {"S": "restored"}

Raw = dict[str, Any]


def as_restored(raw: Raw) -> Raw:
    """Return an item (DynamoDB's JSON) as it is put back; marked, if the stream tells of it."""
    return {**raw, NONCE: MARK} if VERSION in raw or _is_told_itself(raw) else raw


def is_restored(images: Mapping[str, Any]) -> bool:
    """Say whether a change in the stream only put a record back."""
    new = images.get("NewImage")
    return new is not None and new.get(NONCE) == MARK


def _is_told_itself(raw: Raw) -> bool:
    partition, sort = str(raw[keys.PARTITION]["S"]), str(raw[keys.SORT]["S"])
    return partition.endswith(f"#{keys.CONFIGURATION}") and sort.startswith(keys.EVENT)
