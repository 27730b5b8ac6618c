"""Parameters of lists. In a query everything is text, so whole numbers are read from it."""

from __future__ import annotations

import re
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from chalicelib.handlers.bodies.base import Query
from chalicelib.handlers.bodies.fields import (
    CaseId,
    CommunicationId,
    CustomerId,
    EventId,
    InvoiceId,
    SequenceId,
    TaskId,
)
from chalicelib.ports.storage import Cursor

DEFAULT_LIMIT, MOST = 10, 100


def _whole(value: Any) -> Any:  # noqa: ANN401 - what isn't digits is left to the validator
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,3}", value):
        return int(value)
    return value


Id = TypeVar("Id")


class ListQuery(Query, Generic[Id]):
    """A page of a list, newest first: `limit` records after or before the record of an id."""

    limit: Annotated[int, BeforeValidator(_whole), Field(ge=1, le=MOST)] = DEFAULT_LIMIT
    starting_after: Id | None = None
    ending_before: Id | None = None

    @field_validator("ending_before")
    @classmethod
    def _one_direction(cls, value: Id | None, info: ValidationInfo) -> Id | None:
        if value is not None and info.data.get("starting_after") is not None:
            raise ValueError("can't be combined with starting_after")
        return value

    def cursor(self) -> Cursor:
        """Return where the page begins."""
        after, before = self.starting_after, self.ending_before
        return Cursor(
            limit=self.limit,
            after=None if after is None else str(after),
            before=None if before is None else str(before),
        )


class CustomersQuery(ListQuery[CustomerId]):
    """A page of customers."""


class SequencesQuery(ListQuery[SequenceId]):
    """A page of sequences."""


class TimelineQuery(ListQuery[EventId]):
    """A page of a customer's events."""


class EventsQuery(TimelineQuery):
    """A page of events, of one customer where one is named."""

    customer: CustomerId | None = None


class CommunicationsQuery(ListQuery[CommunicationId]):
    """A page of messages, of one customer where one is named."""

    customer: CustomerId | None = None


class InvoicesQuery(ListQuery[InvoiceId]):
    """A page of invoices, of one customer or status where one is named."""

    customer: CustomerId | None = None
    status: Literal["open", "paid", "void", "written_off"] | None = None


class CasesQuery(ListQuery[CaseId]):
    """A page of cases, of one customer or status where one is named."""

    customer: CustomerId | None = None
    status: Literal["open", "closed"] | None = None


class TasksQuery(ListQuery[TaskId]):
    """A page of tasks, of one customer or status where one is named."""

    customer: CustomerId | None = None
    status: Literal["open", "done"] | None = None
