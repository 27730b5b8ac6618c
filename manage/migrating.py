"""Carries a migration through a table that is in use: segment by segment, page by page.

    read a page ── make the new items ── put each where the old one is still as it was read
                                               │ else somebody wrote meanwhile: read it again

So no update is lost, whoever writes at the same time. Behind each page stands how far it got. A
migrated record has the same facts as before, and the stream tells no event of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from json import dumps, loads
from typing import Any

from botocore.exceptions import ClientError
from pynamodb.expressions.operand import Path

from chalicelib.storage import configuration_keys, keys
from chalicelib.storage.items import MigrationItem
from chalicelib.storage.keys import Key
from chalicelib.storage.migrations import Migration
from chalicelib.storage.table import Table

SEGMENTS = 16
PAGE = 200
LOST = "ConditionalCheckFailedException"
ATTEMPTS = 10

Raw = dict[str, Any]


class BusyItemError(Exception):
    """An item was written anew each time that it was to be migrated."""


@dataclass(slots=True)
class Progress:
    """How many items were looked at, and how many written."""

    read: int = 0
    written: int = 0


def is_done(table: Table, migration: Migration) -> bool:
    """Say whether every segment was carried through."""
    states = [_state(table, migration, segment) for segment in range(SEGMENTS)]
    return all(state.done_at for state in states)


def migrate_page(
    table: Table, migration: Migration, segment: int, now: datetime, progress: Progress
) -> bool:
    """Migrate the next page of a segment; False where there was none left."""
    state = _state(table, migration, segment)
    if state.done_at:
        return False
    page = table.connection.scan(
        table.name,
        filter_condition=Path("kind").is_in(*sorted(migration.kinds)),
        limit=PAGE,
        segment=segment,
        total_segments=SEGMENTS,
        exclusive_start_key=loads(state.behind) if state.behind else None,
    )
    for found in page["Items"]:
        progress.written += _migrate(table, migration, found)
    progress.read += page["ScannedCount"]
    behind = page.get("LastEvaluatedKey")
    state.behind = dumps(behind) if behind else None
    state.done_at = None if behind else now
    table.put(state)
    return True


def _migrate(table: Table, migration: Migration, found: Raw) -> int:
    """Put what a migration makes of an item, and return how many items it wrote."""
    key, written = _key(found), 0
    for _ in range(ATTEMPTS):
        for new in [each for each in migration.made_of(found) if each != found]:
            old = found if _key(new) == key else None
            is_put = _put(table, new, old)
            written += is_put
            if old and not is_put:
                break  # somebody changed it meanwhile
        else:
            return written
        again = table.connection.get_item(table.name, key.pk, key.sk, consistent_read=True)
        if "Item" not in again:
            return written
        found = again["Item"]
    raise BusyItemError(f"{key.pk} {key.sk}")


def _put(table: Table, new: Raw, old: Raw | None) -> bool:
    """Put an item in the place of one that is still as it was read, or beside it if it isn't there.

    False where the one to be replaced was changed, or one is there already that was to be beside.
    """
    names, clauses, values = _exactly(old) if old else ({}, ["attribute_not_exists(pk)"], {})
    request: Raw = {
        "TableName": table.name,
        "Item": new,
        "ConditionExpression": " AND ".join(clauses),
    }
    if old:
        request |= {"ExpressionAttributeNames": names, "ExpressionAttributeValues": values}
    try:
        table.connection.dispatch("PutItem", request)
    except ClientError as error:
        if error.response["Error"]["Code"] != LOST:
            raise
        return False
    return True


def _exactly(old: Raw) -> tuple[dict[str, str], list[str], Raw]:
    """Return a condition that holds as long as no attribute that was read has changed."""
    names = {f"#a{number}": name for number, name in enumerate(old)}
    values = {f":v{number}": value for number, value in enumerate(old.values())}
    clauses = [f"{name} = {value}" for name, value in zip(names, values, strict=True)]
    return names, clauses, values


def _state(table: Table, migration: Migration, segment: int) -> MigrationItem:
    at = configuration_keys.migration(migration.name, segment)
    found = table.get(at)
    return found if isinstance(found, MigrationItem) else MigrationItem(pk=at.pk, sk=at.sk)


def _key(raw: Raw) -> Key:
    return Key(raw[keys.PARTITION]["S"], raw[keys.SORT]["S"])
