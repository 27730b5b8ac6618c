"""How the contract writes moments, and the envelope of lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from chalicelib.domain.decisions import Reason
from chalicelib.ports.storage import Page

R = TypeVar("R")
S = TypeVar("S")

Timestamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
ReasonText = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [each.value for each in Reason]})
]
"""Why something is, or isn't, done."""
DateText = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]


class ListShape(TypedDict, Generic[S]):
    """A page of a list, newest first."""

    object: Literal["list"]
    data: list[S]
    has_more: bool
    url: str


def timestamp(moment: datetime) -> str:
    """Write an instant in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def timestamp_or_none(moment: datetime | None) -> str | None:
    """Write an instant, or null."""
    return timestamp(moment) if moment else None


def list_shape(page: Page[R], shape: Callable[[R], S], url: str) -> ListShape[S]:
    """Write a page."""
    return ListShape(
        object="list", data=[shape(each) for each in page.data], has_more=page.has_more, url=url
    )


def found_shape(record: R | None, shape: Callable[[R], S], url: str) -> ListShape[S]:
    """Write what a filter by a unique value found: a list of one, or an empty one."""
    found = Page((record,) if record is not None else (), has_more=False)
    return list_shape(found, shape, url)
