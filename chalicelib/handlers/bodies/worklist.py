"""How tasks are asked for: as a list, or in a view of the worklist."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from chalicelib.domain.money import Currency
from chalicelib.domain.worklist import BY_CURRENCY, View
from chalicelib.handlers.bodies.fields import CurrencyCode, CustomerId, TaskId
from chalicelib.handlers.bodies.queries import ListQuery


class TasksQuery(ListQuery):
    """A page of tasks, of one customer or status where one is named.

    With a `view`, open tasks come by rank: by `value_at_risk` or by what is owed, for which the
    `currency` has to be named; those that are overdue longest; those of customers who broke a
    promise, by value at risk in a currency; or those with a dispute, its deadline nearest first.
    """

    starting_after: TaskId | None = None
    ending_before: TaskId | None = None
    customer: CustomerId | None = None
    status: Literal["open", "done"] | None = None
    view: (
        Literal[
            "value_at_risk",
            "largest_owed",
            "longest_overdue",
            "broken_promises",
            "disputes_near_deadline",
        ]
        | None
    ) = None
    currency: CurrencyCode | None = Field(default=None, validate_default=True)

    @field_validator("view")
    @classmethod
    def _of_all_that_are_open(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and info.data.get("customer"):
            raise ValueError("can't be combined with customer")
        if value and info.data.get("status") == "done":
            raise ValueError("is of open tasks only")
        return value

    @field_validator("currency")
    @classmethod
    def _of_amounts(cls, value: Currency | None, info: ValidationInfo) -> Currency | None:
        if "view" not in info.data:
            return value
        by_currency = info.data["view"] in BY_CURRENCY
        if by_currency and value is None:
            raise ValueError("is required in a view by amounts")
        if value is not None and not by_currency:
            raise ValueError("goes with a view by amounts")
        return value

    @property
    def chosen(self) -> View | None:
        """The view that is asked for."""
        return View(self.view) if self.view else None
