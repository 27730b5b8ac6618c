"""What stored items of older releases lack, and how they get it. Each migration stays for good.

A release that changes what is stored reads both shapes and writes the new one. Once it runs
everywhere, its migration brings the rest into the new shape (`manage.migrate`); only the release
after that may count on it. What a migration makes of an item depends on that item alone. Of one
that is in the new shape it makes nothing, and what it makes beside an item is written only where it
isn't there yet; so it may run twice and stop anywhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.storage import configuration_keys, keys
from chalicelib.storage.attributes import microseconds
from chalicelib.storage.items import ListedCreditorItem

Raw = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Migration:
    """One change of what is stored.

    `made_of` is given each item of the kinds in `kinds` (DynamoDB's JSON) and yields what is to be
    there: the same item in its new shape, or others beside it.
    """

    name: str
    kinds: frozenset[str]
    why: str
    made_of: Callable[[Raw], Iterator[Raw]]


def _listed(creditor: Raw) -> Iterator[Raw]:
    creditor_id = creditor[keys.PARTITION]["S"].partition("#")[0]
    at = configuration_keys.listed_creditor(creditor_id)
    yield dict(ListedCreditorItem(pk=at.pk, sk=at.sk).serialize())


def _ended_beside(key: Raw) -> Iterator[Raw]:
    body = json.loads(key["body"]["S"])
    beside: Raw = {}
    if revoked_at := body.get("revoked_at"):
        beside["revoked_at"] = {"N": str(microseconds(datetime.fromisoformat(revoked_at)))}
    if replaced_by := body.get("replaced_by"):
        beside["replaced_by"] = {"S": replaced_by}
    if not beside.keys() <= key.keys():
        yield {**key, **beside}


MIGRATIONS = (
    Migration(
        name="0001-creditors-are-listed",
        kinds=frozenset({"creditor"}),
        why="the nightly look and the catch-up find creditors by their list",
        made_of=_listed,
    ),
    Migration(
        name="0002-ends-of-keys-beside-the-body",
        kinds=frozenset({"api_key"}),
        why="a key that ended stays ended whoever else writes it; the table compares attributes",
        made_of=_ended_beside,
    ),
)
