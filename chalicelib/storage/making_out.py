"""What can't be made out of an item is one kind of error, whatever is wrong with it.

Whoever goes on without such a record catches UnreadableRecordError, and nothing that DynamoDB says
of a call: that concerns everybody. The error tells where the item stands, nothing of what is in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.storage import keys
from chalicelib.storage.items import Item

Raw = dict[str, Any]


def item_of(raw: Raw) -> Item:
    """Return the item that DynamoDB has. Raises UnreadableRecordError."""
    with making_out(raw[keys.SORT]["S"]):
        return Item.from_raw_data(raw)


@contextmanager
def making_out(place: str) -> Iterator[None]:
    """Raise UnreadableRecordError for whatever goes wrong with what stands there."""
    try:
        yield
    except UnreadableRecordError:
        raise
    except Exception as error:
        raise UnreadableRecordError(f"{type(error).__name__} at {place}") from error
