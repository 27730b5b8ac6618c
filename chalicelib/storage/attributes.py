"""How single values are stored: exactly, and in few bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Generic, TypeVar

from pydantic import TypeAdapter
from pynamodb.attributes import Attribute
from pynamodb.constants import LIST, MAP, NUMBER, STRING

T = TypeVar("T")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Whole(Attribute[int]):
    """An integer of any size up to 38 digits."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class Instant(Attribute[datetime]):
    """An instant as microseconds since 1970: nine bytes, and sorted by time."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        return str(microseconds(value))

    def deserialize(self, value: str) -> datetime:
        return instant(int(value))


class Day(Attribute[date]):
    """A local date."""

    attr_type = STRING

    def serialize(self, value: date) -> str:
        return value.isoformat()

    def deserialize(self, value: str) -> date:
        return date.fromisoformat(value)


class Texts(Attribute[dict[str, str]]):
    """Texts by text."""

    attr_type = MAP

    def serialize(self, value: dict[str, str]) -> dict[str, dict[str, str]]:
        return {key: {STRING: str(text)} for key, text in value.items()}

    def deserialize(self, value: dict[str, dict[str, str]]) -> dict[str, str]:
        return {key: typed[STRING] for key, typed in value.items()}


class Amounts(Attribute[dict[str, int]]):
    """Minor units by currency code."""

    attr_type = MAP

    def serialize(self, value: dict[str, int]) -> dict[str, dict[str, str]]:
        return {key: {NUMBER: str(amount)} for key, amount in value.items()}

    def deserialize(self, value: dict[str, dict[str, str]]) -> dict[str, int]:
        return {key: int(typed[NUMBER]) for key, typed in value.items()}


class TextList(Attribute[tuple[str, ...]]):
    """Texts in order."""

    attr_type = LIST

    def serialize(self, value: tuple[str, ...]) -> list[dict[str, str]]:
        return [{STRING: text} for text in value]

    def deserialize(self, value: list[dict[str, str]]) -> tuple[str, ...]:
        return tuple(typed[STRING] for typed in value)


class Structured(Attribute[T], Generic[T]):
    """A value with a structure of its own, as JSON; a sparse one leaves out what has its default.

    The size of an item is what its writes cost.
    """

    attr_type = STRING

    def __init__(
        self, adapter: TypeAdapter[T], *, null: bool = False, sparse: bool = False
    ) -> None:
        super().__init__(null=null)
        self._adapter, self._sparse = adapter, sparse

    def serialize(self, value: T) -> str:
        return self._adapter.dump_json(value, exclude_defaults=self._sparse).decode()

    def deserialize(self, value: str) -> T:
        return self._adapter.validate_json(value)


def microseconds(value: datetime) -> int:
    """Return an instant as whole microseconds since 1970."""
    return (value - _EPOCH) // _MICROSECOND


def instant(value: int) -> datetime:
    """Return the instant of so many microseconds since 1970."""
    return _EPOCH + value * _MICROSECOND
