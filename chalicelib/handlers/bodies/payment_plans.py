"""Bodies of payment plans."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field, ValidationInfo, field_validator

from chalicelib.domain.instalments import EqualInstalments, Interval
from chalicelib.domain.payment_plan import (
    MOST_DAYS_AHEAD,
    MOST_GRACE_DAYS,
    MOST_INSTALMENTS,
    MOST_INVOICES,
    USUAL_GRACE_DAYS,
    USUALLY_BROKEN_AFTER,
    Instalment,
)
from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import (
    Amount,
    CurrencyCode,
    Day,
    InvoiceId,
    Label,
    Note,
    SequenceId,
)
from chalicelib.services.replan import NewSchedule
from chalicelib.services.take_plan import NewPlan

GraceDays = Annotated[int, Field(ge=0, le=MOST_GRACE_DAYS)]
BrokenAfter = Annotated[int, Field(ge=1, le=MOST_INSTALMENTS)]


class InstalmentBody(Body):
    """How much is to come by a day of the customer's."""

    date: Day
    amount: Amount

    def instalment(self) -> Instalment:
        """Return what the use case takes."""
        return Instalment(self.date, self.amount)


class EqualInstalmentsBody(Body):
    """So many instalments (`count`) that differ by one minor unit at most, or of so much each
    (`amount`) and a last one of the rest; one of the two."""

    first_date: Day
    interval: Literal["week", "month"]
    count: Annotated[int, Field(ge=1, le=MOST_INSTALMENTS)] | None = None
    amount: Amount | None = Field(default=None, validate_default=True)

    @field_validator("amount")
    @classmethod
    def _one_of_two(cls, value: int | None, info: ValidationInfo) -> int | None:
        if "count" in info.data and (value is None) == (info.data["count"] is None):
            raise ValueError("or else `count` is needed, one of the two")
        return value


class _ScheduleBody(Body):
    """Free instalments, or equal ones."""

    instalments: Annotated[
        list[InstalmentBody],
        Field(
            max_length=MOST_INSTALMENTS,
            description=f"In order; at most {MOST_DAYS_AHEAD} days ahead.",
        ),
    ] = Field(default_factory=list)
    equal_instalments: EqualInstalmentsBody | None = Field(default=None, validate_default=True)

    @field_validator("equal_instalments")
    @classmethod
    def _one_of_them(
        cls, value: EqualInstalmentsBody | None, info: ValidationInfo
    ) -> EqualInstalmentsBody | None:
        if "instalments" in info.data and (value is None) != bool(info.data["instalments"]):
            raise ValueError("or else `instalments` are needed, one of the two")
        return value

    def schedule(self) -> tuple[Instalment, ...] | EqualInstalments:
        """Return the instalments, or how to make them."""
        equal = self.equal_instalments
        if equal is None:
            return tuple(each.instalment() for each in self.instalments)
        return EqualInstalments(
            equal.first_date, Interval(equal.interval), equal.count, equal.amount
        )


class PaymentPlanBody(_ScheduleBody):
    """A plan over invoices, which are one customer's and in one currency: a deposit if agreed, then
    free or equal instalments, together exactly what is owed on them and not disputed, with the
    `fee`, which is charged on the first invoice. An instalment is missed when its money isn't there
    `grace_days` after it; `broken_after` says how many may be missing at the same time until the
    plan is broken. `sequence` is what chases each instalment, by days around it.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "invoices": ["in_01KPF4M8Q0ABCDEF01KPF4M8Q1ABCDEF"],
                    "currency": "eur",
                    "deposit": {"date": "2036-04-01", "amount": 20000},
                    "equal_instalments": {
                        "first_date": "2036-05-01",
                        "interval": "month",
                        "count": 6,
                    },
                    "fee": 2500,
                    "taken_by": "Frau Krause",
                }
            ]
        }
    )

    invoices: Annotated[list[InvoiceId], Field(min_length=1, max_length=MOST_INVOICES)]
    currency: CurrencyCode
    deposit: InstalmentBody | None = None
    fee: Amount | None = None
    grace_days: GraceDays = USUAL_GRACE_DAYS
    broken_after: BrokenAfter = USUALLY_BROKEN_AFTER
    sequence: SequenceId | None = None
    taken_by: Label | None = None
    note: Note | None = None

    @field_validator("invoices")
    @classmethod
    def _once_each(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValueError("must be different invoices")
        return value

    def order(self) -> NewPlan:
        """Return what the use case takes."""
        return NewPlan(
            invoices=tuple(self.invoices),
            currency=self.currency,
            instalments=self.schedule(),
            grace_days=self.grace_days,
            broken_after=self.broken_after,
            deposit=self.deposit.instalment() if self.deposit else None,
            fee=self.fee or 0,
            sequence=self.sequence,
            taken_by=self.taken_by,
            note=self.note,
        )


class ReplanBody(_ScheduleBody):
    """Another schedule for what a plan has left; what isn't named stays as it was agreed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"instalments": [{"date": "2036-08-01", "amount": 119000}]}]
        }
    )

    grace_days: GraceDays | None = None
    broken_after: BrokenAfter | None = None
    taken_by: Label | None = None
    note: Note | None = None

    def wanted(self) -> NewSchedule:
        """Return what the use case takes."""
        return NewSchedule(
            self.schedule(), self.grace_days, self.broken_after, self.taken_by, self.note
        )
