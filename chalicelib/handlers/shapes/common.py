"""How the contract writes moments, and the envelope of lists."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import WithJsonSchema
from typing_extensions import TypedDict

from chalicelib.domain.decisions import Reason
from chalicelib.handlers.writing import fitting
from chalicelib.ports.storage import Cursor, Page

R = TypeVar("R")
S = TypeVar("S")

Timestamp = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
ReasonText = Annotated[
    str, WithJsonSchema({"type": "string", "enum": [each.value for each in Reason]})
]
"""Why something is, or isn't, done."""
DateText = Annotated[str, WithJsonSchema({"type": "string", "format": "date"})]


class ListShape(TypedDict, Generic[S]):
    """A page of a list, newest first. Where records are large it has fewer than `limit`; has_more
    says whether to go on."""

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


def list_shape(page: Page[R], shape: Callable[[R], S], *, url: str, cursor: Cursor) -> ListShape[S]:
    """Write a page, or as much of it as fits into an answer."""
    data, is_cut = page_data(page, shape, cursor)
    return ListShape(object="list", data=data, has_more=page.has_more or is_cut, url=url)


def page_data(page: Page[R], shape: Callable[[R], S], cursor: Cursor) -> tuple[list[S], bool]:
    """Return the records that fit into an answer, newest first, and whether any is left out.

    Those next to the cursor stay, so that the next page goes on where this one ends.
    """
    if cursor.before is None:
        return fitting(shape(each) for each in page.data)
    data, is_cut = fitting(shape(each) for each in reversed(page.data))
    return data[::-1], is_cut


def found_shape(record: R | None, shape: Callable[[R], S], url: str) -> ListShape[S]:
    """Write what a filter by a unique value found: a list of one, or an empty one."""
    data = [shape(record)] if record is not None else []
    return ListShape(object="list", data=data, has_more=False, url=url)
