"""What an object of Stripe says of a payment: pure mapping, no network.

State comes from the object, not from the order of events. Only Checkout's asynchronous endings
look alike in the object (complete and unpaid both while a debit runs and after it failed), so
there the event's type tells. The payment's identity is the PaymentIntent.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chalicelib.domain.errors import InvalidError
from chalicelib.gateways.stripe_amounts import from_stripe
from chalicelib.gateways.stripe_metadata import Ours, ours_in
from chalicelib.gateways.stripe_shapes import (
    Charge,
    CheckoutSession,
    Dispute,
    Event,
    PaymentIntent,
    Refund,
    read,
)
from chalicelib.ports.payments import ProviderPayment, ProviderState

INTENT_EVENTS = frozenset(
    f"payment_intent.{what}" for what in ("processing", "succeeded", "payment_failed", "canceled")
)
SESSION_EVENTS = frozenset(
    f"checkout.session.{what}"
    for what in ("completed", "async_payment_succeeded", "async_payment_failed")
)
CHARGE_EVENTS = frozenset({"charge.refunded"})
REFUND_EVENTS = frozenset({"charge.refund.updated", "refund.updated", "refund.failed"})
DISPUTE_EVENTS = frozenset(
    f"charge.dispute.{what}"
    for what in ("created", "updated", "closed", "funds_withdrawn", "funds_reinstated")
)
HANDLED = INTENT_EVENTS | SESSION_EVENTS | CHARGE_EVENTS | REFUND_EVENTS | DISPUTE_EVENTS
"""Types to subscribe the endpoint to."""

_CARD = frozenset({"card", "card_present", "link"})
_TRANSFER = frozenset({"customer_balance"})
_STATES = {
    "succeeded": ProviderState.SUCCEEDED,
    "processing": ProviderState.PROCESSING,
    "canceled": ProviderState.FAILED,
}
_CHARGE_STATES = {
    "succeeded": ProviderState.SUCCEEDED,
    "pending": ProviderState.PROCESSING,
    "failed": ProviderState.FAILED,
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact comes from: an event, or a look at the object."""

    id: str
    type: str
    at: datetime


def parse_event(payload: bytes) -> Event | None:
    """Read a webhook's body; None for the thin events of API v2. Raises InvalidError."""
    try:
        body = json.loads(payload)
    except (ValueError, RecursionError):
        raise InvalidError("the body is no JSON") from None
    if not isinstance(body, dict):
        raise InvalidError("the body is no event")
    if body.get("object") == "v2.core.event":
        return None
    return read(Event, body)


def source_of(event: Event) -> Source:
    """Return what names an event and its time."""
    return Source(event.id, event.type, datetime.fromtimestamp(event.created, UTC))


def told_at(event: Event) -> datetime | None:
    """Return when an event was told; None for one of a type that is never read."""
    return source_of(event).at if event.type in HANDLED else None


def shape_of(event: Event) -> type[Charge | Dispute | Refund]:
    """Return what the object of an event that must be asked about is."""
    if event.type in DISPUTE_EVENTS:
        return Dispute
    return Refund if event.type in REFUND_EVENTS else Charge


def of_event(event: Event) -> ProviderPayment | None:
    """Return what the object of an event says by itself, None where it says nothing of ours.

    Disputes and refunds say nothing by themselves: they don't carry our metadata.
    """
    if event.type in INTENT_EVENTS:
        return of_intent(read(PaymentIntent, event.data.object), source_of(event))
    if event.type in SESSION_EVENTS:
        return of_session(read(CheckoutSession, event.data.object), source_of(event))
    if event.type in CHARGE_EVENTS:
        return of_charge(read(Charge, event.data.object), source_of(event))
    return None


def of_intent(intent: PaymentIntent, source: Source) -> ProviderPayment | None:
    """Return what a PaymentIntent says; None while nothing was paid or tried."""
    ours, state = ours_in(intent.metadata), _state(intent)
    if ours is None or state is None:
        return None
    received = state is ProviderState.SUCCEEDED and intent.amount_received > 0
    amount = intent.amount_received if received else intent.amount
    refunded = _refunded(intent.known_charges) if state is ProviderState.SUCCEEDED else None
    fact = _fact(ours, intent.id, amount, intent.currency, state, source)
    return replace(
        fact,
        refunded=None if refunded is None else _given_back(fact, refunded),
        failure=_failure(intent) if state is ProviderState.FAILED else None,
        method=_method(_kind(intent), state),
    )


def of_session(session: CheckoutSession, source: Source) -> ProviderPayment | None:
    """Return what a Checkout Session says; None for other modes and before a payment."""
    if isinstance(session.payment_intent, PaymentIntent):
        return of_intent(session.payment_intent, source)
    ours = ours_in(session.metadata)
    if ours is None or not session.payment_intent or session.mode not in {None, "payment"}:
        return None
    if session.amount_total is None or session.currency is None:
        raise InvalidError("no CheckoutSession of Stripe: amount_total, currency")
    state = _session_state(session, source.type)
    if state is None:
        return None
    fact = _fact(
        ours, session.payment_intent, session.amount_total, session.currency, state, source
    )
    at_once = source.type == "checkout.session.completed" and state is ProviderState.SUCCEEDED
    failure = "payment_failed" if state is ProviderState.FAILED else None
    return replace(fact, failure=failure, method="card" if at_once else "other")


def of_charge(charge: Charge, source: Source) -> ProviderPayment | None:
    """Return what a charge says; None for one without PaymentIntent, which can't be ours."""
    ours, intent_id = ours_in(charge.metadata), charge.intent_id
    state = _CHARGE_STATES.get(charge.status or "")
    if ours is None or intent_id is None or state is None:
        return None
    fact = _fact(ours, intent_id, charge.amount, charge.currency, state, source)
    kind = charge.payment_method_details.type if charge.payment_method_details else None
    refunded = _given_back(fact, charge.amount_refunded)
    return replace(fact, refunded=refunded, method=_method(kind, state))


def _fact(
    ours: Ours, reference: str, amount: int, code: str, state: ProviderState, source: Source
) -> ProviderPayment:
    return ProviderPayment(
        tenant=ours.tenant,
        customer_id=ours.customer_id,
        provider_reference=reference,
        amount=from_stripe(amount, code),
        state=state,
        at=source.at,
        event_id=source.id,
        event_type=source.type,
        named=ours.named,
        communication_id=ours.communication_id,
    )


def _state(intent: PaymentIntent) -> ProviderState | None:
    if intent.status == "requires_payment_method" and intent.last_payment_error:
        return ProviderState.FAILED
    return _STATES.get(intent.status)


def _session_state(session: CheckoutSession, event_type: str) -> ProviderState | None:
    if session.payment_status == "paid":
        return ProviderState.SUCCEEDED
    if session.payment_status != "unpaid":
        return None
    failed = event_type == "checkout.session.async_payment_failed"
    return ProviderState.FAILED if failed else ProviderState.PROCESSING


def _refunded(charges: Iterable[Charge]) -> int | None:
    """Return what was given back, None where the object shows no charge."""
    shown = list(charges)
    return sum(charge.amount_refunded for charge in shown) if shown else None


def _given_back(fact: ProviderPayment, refunded: int) -> int:
    """Return what was given back in ISO's minor units. Raises InvalidError beyond the payment."""
    money = from_stripe(refunded, fact.amount.currency.code)
    if money.amount > fact.amount.amount:
        raise InvalidError("more was given back than was paid")
    return money.amount


def _failure(intent: PaymentIntent) -> str:
    error = intent.last_payment_error
    known = (error.decline_code or error.code) if error else intent.cancellation_reason
    return known or "unknown"


def _kind(intent: PaymentIntent) -> str | None:
    """Return the kind of payment method, as far as the object shows it."""
    for charge in intent.known_charges:
        if charge.payment_method_details:
            return charge.payment_method_details.type
    error = intent.last_payment_error
    return error.payment_method.type if error and error.payment_method else None


def _method(kind: str | None, state: ProviderState) -> str:
    if kind is None:
        return "other" if state is ProviderState.PROCESSING else "card"
    if kind in _TRANSFER:
        return "bank_transfer"
    return "card" if kind in _CARD else "other"
