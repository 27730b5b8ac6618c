"""What moved on the balance of a Stripe account, and how one payment of ours stands.

A movement's own amount is in the currency of settlement and says nothing of what the customer
paid, so it is the movement's source that is read. A charge carries our metadata, or it isn't
ours. Refunds and disputes carry none, so for those the payment has to be asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import InvalidError, PaymentUnavailableError
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways import stripe_disputes, stripe_events
from chalicelib.gateways.stripe_amounts import from_stripe
from chalicelib.gateways.stripe_events import Source
from chalicelib.gateways.stripe_metadata import ours_in
from chalicelib.gateways.stripe_shapes import (
    BalanceTransaction,
    Charge,
    Dispute,
    PaymentIntent,
    Refund,
    read,
    reference,
)
from chalicelib.ports.payments import AS_IT_STANDS, Movement, Movements, ProviderPayment

if TYPE_CHECKING:
    import stripe

PAGE = 100
CHARGE_IDS = ("ch_", "py_")
"""What ids of charges begin with: of cards, and of every other method."""
GIVEN_BACK = frozenset({"succeeded", "pending", "requires_action"})
"""States of refunds that took money from the balance."""
Json = dict[str, Any]
Call = Callable[[Callable[["stripe.StripeClient"], "stripe.StripeObject"]], Json | None]
"""Makes a call as the tenant, and returns None where Stripe has no such object."""


def movements(
    call: Call, tenant: Tenant, since: datetime, until: datetime, after: str | None
) -> Movements:
    """Return a page of movements of payments that are, or may be, the tenant's."""
    created = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    params: Any = {"created": created, "limit": PAGE, "expand": ["data.source"]}
    if after:
        params["starting_after"] = after
    page = call(lambda client: client.v1.balance_transactions.list(params=params))
    if page is None:
        raise PaymentUnavailableError("the payment provider forgot where the page ended")
    found: list[Movement] = []
    unreadable: list[str] = []
    for row in page["data"]:
        try:
            moved = _movement(tenant, read(BalanceTransaction, row))
        except InvalidError:
            unreadable.append(str(row.get("id")))
        else:
            found += [moved] if moved else []
    onward = page["data"][-1]["id"] if page["has_more"] else None
    return Movements(tuple(found), onward, tuple(unreadable))


def standing(
    call: Call, tenant: Tenant, reference_: str, asked_at: datetime
) -> ProviderPayment | None:
    """Return how the payment with that PaymentIntent, or charge, stands; None for none of ours."""
    intent_id = reference_
    if reference_.startswith(CHARGE_IDS):
        charge = call(lambda client: client.v1.charges.retrieve(reference_))
        intent_id = (read(Charge, charge).intent_id if charge else None) or ""
    if not intent_id:
        return None
    params: Any = {"expand": ["latest_charge"]}
    found = call(lambda client: client.v1.payment_intents.retrieve(intent_id, params=params))
    intent = read(PaymentIntent, found) if found else None
    source = Source("", AS_IT_STANDS, asked_at.replace(microsecond=0))  # as exact as an event's
    fact = stripe_events.of_intent(intent, source) if intent else None
    if intent is None or fact is None or fact.tenant != tenant:
        return None
    name = f"{AS_IT_STANDS}_{intent.id}_{asked_at:%Y%m%dT%H%M%SZ}"
    fact = replace(fact, event_id=name, asked_at=asked_at)
    return _with_disputes(call, intent, _with_refunds(call, intent, fact), asked_at)


def _movement(tenant: Tenant, moved: BalanceTransaction) -> Movement | None:
    """Return the movement if it may be of a payment of the tenant's."""
    source = moved.source
    if isinstance(source, str):
        return Movement(moved.id, source, None) if source.startswith(CHARGE_IDS) else None
    kind = source.get("object") if source else None
    if kind == "charge":
        return _of_charge(tenant, moved, read(Charge, source))
    if kind not in {"refund", "dispute"}:
        return None
    about = read(Refund, source) if kind == "refund" else read(Dispute, source)
    found = reference(about.payment_intent) or reference(about.charge)
    return Movement(moved.id, found, None) if found else None


def _of_charge(tenant: Tenant, moved: BalanceTransaction, charge: Charge) -> Movement | None:
    """Return the movement of a charge of ours; what is rare about it, the payment is asked for."""
    ours = ours_in(charge.metadata)
    if ours is None or ours.tenant != tenant or charge.intent_id is None:
        return None
    if charge.disputed or charge.is_captured_in_part:
        return Movement(moved.id, charge.intent_id, None)
    at = datetime.fromtimestamp(moved.created, UTC)
    fact = stripe_events.of_charge(charge, Source(moved.id, AS_IT_STANDS, at))
    return Movement(moved.id, charge.intent_id, replace(fact, disputed=0) if fact else None)


def _with_refunds(call: Call, intent: PaymentIntent, fact: ProviderPayment) -> ProviderPayment:
    """Correct what was refunded where the charge also counts what was never taken."""
    if not any(charge.is_captured_in_part for charge in intent.known_charges):
        return fact
    params: Any = {"payment_intent": intent.id, "limit": PAGE}
    listed = call(lambda client: client.v1.refunds.list(params=params)) or {}
    refunds = [read(Refund, each) for each in listed.get("data", [])]
    back = sum(
        each.amount for each in refunds if each.balance_transaction and each.status in GIVEN_BACK
    )
    return replace(fact, refunded=from_stripe(back, intent.currency).amount)


def _with_disputes(
    call: Call, intent: PaymentIntent, fact: ProviderPayment, asked_at: datetime
) -> ProviderPayment:
    """Add how disputes stand, by the latest of them; a charge says whether there was any."""
    if intent.known_charges and not any(charge.disputed for charge in intent.known_charges):
        return replace(fact, disputed=0, chargebacks=())
    params: Any = {"payment_intent": intent.id, "limit": PAGE}
    listed = call(lambda client: client.v1.disputes.list(params=params)) or {}
    disputes = [read(Dispute, each) for each in listed.get("data", [])]
    if not disputes:
        return replace(fact, disputed=0, chargebacks=())
    return stripe_disputes.with_disputes(fact, disputes[0], disputes, asked_at)
