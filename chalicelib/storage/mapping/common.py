"""What the mappings of all kinds have in common."""

from __future__ import annotations

from typing import Any

from chalicelib.domain.customer import Change
from chalicelib.ports.storage import Record
from chalicelib.storage.items import RecordItem
from chalicelib.storage.keys import Key

SEPARATOR = "|"


def stamp(record: Record, key: Key) -> dict[str, Any]:
    """Return the attributes that every record's item has."""
    return {
        "pk": key.pk,
        "sk": key.sk,
        "version": record.version,
        "by": record.change.by,
        "why": record.change.why,
        "at": record.change.at,
    }


def change_of(item: RecordItem) -> Change:
    """Return who changed the record, and why and when."""
    return Change(by=item.by, why=item.why, at=item.at)


def write_version(sequence: tuple[str, int]) -> str:
    """Write a version of a sequence in one text."""
    sequence_id, version = sequence
    return f"{sequence_id}@{version}"


def read_version(text: str) -> tuple[str, int]:
    """Read what `write_version` wrote."""
    sequence_id, _, version = text.rpartition("@")
    return sequence_id, int(version)
