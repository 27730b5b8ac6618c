"""Parameters of lists. In a query everything is text, so whole numbers are read from it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from chalicelib.handlers.bodies.base import Query
from chalicelib.handlers.bodies.fields import CustomerId, RecordId
from chalicelib.ports.storage import Cursor

DEFAULT_LIMIT, MOST = 10, 100


def _whole(value: Any) -> Any:  # noqa: ANN401 - what isn't digits is left to the validator
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}", value):
        return int(value)
    return value


class ListQuery(Query):
    """A page of a list, newest first: `limit` records after or before the record of an id."""

    limit: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST)] = DEFAULT_LIMIT
    starting_after: RecordId | None = None
    ending_before: RecordId | None = None

    @field_validator("ending_before")
    @classmethod
    def _one_direction(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and info.data.get("starting_after") is not None:
            raise ValueError("can't be combined with starting_after")
        return value

    def cursor(self) -> Cursor:
        """Return where the page begins."""
        return Cursor(limit=self.limit, after=self.starting_after, before=self.ending_before)


class CustomerRecordsQuery(ListQuery):
    """A page, of one customer's records where one is named."""

    customer: CustomerId | None = None


class InvoicesQuery(CustomerRecordsQuery):
    """A page of invoices."""

    status: Literal["open", "paid", "void", "written_off"] | None = None


class CasesQuery(CustomerRecordsQuery):
    """A page of cases."""

    status: Literal["open", "closed"] | None = None


class TasksQuery(CustomerRecordsQuery):
    """A page of tasks."""

    status: Literal["open", "done"] | None = None
