"""The parts of Stripe's objects that Dunlin reads, in today's API shapes and the older ones.

A PaymentIntent shows its charge as `latest_charge` (an id, or the object where it was asked for);
until 2022-11-15 it listed `charges`. What isn't named here may come, go and change as it likes;
what is named and has another type is an InvalidError.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chalicelib.domain.errors import InvalidError

Amount = Annotated[int, Field(ge=0, le=10**14)]
Moment = Annotated[int, Field(ge=0, le=32_503_680_000)]
"""Seconds since 1970, up to the year 3000."""
Id = Annotated[str, Field(min_length=1, max_length=255)]
Metadata = dict[str, str]


class Shape(BaseModel):
    """A part of an object of Stripe."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class MethodDetails(Shape):
    """By which kind of payment method a charge was made."""

    type: str | None = None


class Charge(Shape):
    """An attempt to move money, and what was given back of it."""

    id: Id
    amount: Amount
    amount_captured: Amount | None = None
    amount_refunded: Amount = 0
    currency: str
    status: str | None = None
    disputed: bool = False
    payment_intent: str | dict[str, Any] | None = None
    metadata: Metadata | None = None
    payment_method_details: MethodDetails | None = None

    @property
    def intent_id(self) -> str | None:
        """The PaymentIntent that made the charge."""
        return reference(self.payment_intent)

    @property
    def is_captured_in_part(self) -> bool:
        """Whether some of the amount was let go without ever having been taken."""
        return bool(self.amount_captured) and self.amount_captured != self.amount


class Charges(Shape):
    """The list of charges in older PaymentIntents."""

    data: list[Charge] = []


class PaymentError(Shape):
    """Why the last attempt failed."""

    code: str | None = None
    decline_code: str | None = None
    payment_method: MethodDetails | None = None


class PaymentIntent(Shape):
    """A payment: its id is the payment's identity at the provider."""

    id: Id
    amount: Amount
    amount_received: Amount = 0
    currency: str
    status: str
    metadata: Metadata | None = None
    last_payment_error: PaymentError | None = None
    cancellation_reason: str | None = None
    latest_charge: str | Charge | None = None
    charges: Charges | None = None

    @property
    def known_charges(self) -> tuple[Charge, ...]:
        """The charges that the object shows, whichever shape it has."""
        if isinstance(self.latest_charge, Charge):
            return (self.latest_charge,)
        return tuple(self.charges.data) if self.charges else ()


class CheckoutSession(Shape):
    """A hosted page; in payment mode it makes one PaymentIntent."""

    id: Id
    mode: str | None = None
    amount_total: Amount | None = None
    currency: str | None = None
    payment_status: str | None = None
    payment_intent: str | PaymentIntent | None = None
    metadata: Metadata | None = None


class Dispute(Shape):
    """A chargeback, or an inquiry that may become one. It carries no metadata of ours."""

    id: Id
    amount: Amount
    currency: str
    status: str
    charge: str | dict[str, Any] | None = None
    payment_intent: str | dict[str, Any] | None = None


class Refund(Shape):
    """Money given back. What it amounts to in all stands on the charge."""

    id: Id
    amount: Amount = 0
    status: str | None = None
    balance_transaction: str | dict[str, Any] | None = None
    charge: str | dict[str, Any] | None = None
    payment_intent: str | dict[str, Any] | None = None


class BalanceTransaction(Shape):
    """A movement on the account's balance. `amount`, in the currency of settlement, isn't read."""

    id: Id
    created: Moment
    source: str | dict[str, Any] | None = None


class EventData(Shape):
    """The object as it was when the event happened."""

    object: dict[str, Any]


class Event(Shape):
    """A webhook's body."""

    id: Id
    type: Id
    created: Moment
    livemode: bool = False
    data: EventData


S = TypeVar("S", bound=Shape)


def read(shape: type[S], value: object) -> S:
    """Return the value in that shape. Raises InvalidError, which repeats nothing of the value."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        where = ", ".join(".".join(map(str, fault["loc"])) for fault in error.errors()[:3])
        raise InvalidError(f"no {shape.__name__} of Stripe: {where or 'the whole'}") from None


def reference(value: str | dict[str, Any] | None) -> str | None:
    """Return the id in a field that holds an id or the object itself."""
    if isinstance(value, dict):
        found = value.get("id")
        return found if isinstance(found, str) and found else None
    return value or None
