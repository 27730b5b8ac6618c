"""Stripe: hosted checkout, the last look, and webhooks.

The creditor's own webhook secret decides whether an event is believed, our metadata whether it is
ours, and the key's kind whether it is of this mode: money of Stripe's test mode never pays a live
invoice. What takes money back (refunds, disputes) is rare, doesn't arrive in order, and may carry
no metadata, so for those events the payment is asked for as it stands now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.errors import InvalidError, PaymentUnavailableError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways import stripe_balance, stripe_checkout, stripe_disputes, stripe_events
from chalicelib.gateways.stripe_events import Source
from chalicelib.gateways.stripe_history import Wanted, told_since
from chalicelib.gateways.stripe_shapes import (
    Charge,
    CheckoutSession,
    Dispute,
    Event,
    PaymentIntent,
    Refund,
    read,
    reference,
)
from chalicelib.gateways.stripe_signature import verify
from chalicelib.ports.payments import Checkout, CheckoutRequest, Movements, ProviderPayment, Told
from chalicelib.ports.world import Clock

if TYPE_CHECKING:
    import stripe

TIMEOUT = (2.0, 8.0)
"""Seconds to connect, and between two bytes of an answer."""
RETRIES = 1
"""Stripe's idempotency keys make repeating safe; customers don't wait for more than one."""
AMOUNT_CODES = frozenset(
    {"amount_too_large", "amount_too_small", "invalid_charge_amount", "parameter_invalid_integer"}
)
_TEST_KEYS = ("sk_test_", "rk_test_")


@dataclass(frozen=True, slots=True)
class StripeKeys:
    """A creditor's account: a key per mode, and the secrets that sign its webhooks."""

    api_keys: Mapping[Mode, str]
    webhook_secrets: tuple[str, ...] = ()


class StripePayments:
    """The payment provider.

    `keys` returns a creditor's keys by its id (None: no account). `clock` is the wall clock,
    since Stripe has no other. `api_base` replaces Stripe's address, for the emulator.
    """

    def __init__(
        self,
        keys: Callable[[str], StripeKeys | None],
        clock: Clock,
        *,
        api_base: str | None = None,
    ) -> None:
        self._keys = keys
        self._clock = clock
        self._api_base = api_base
        self._clients: dict[str, stripe.StripeClient] = {}

    def has_account(self, tenant: Tenant) -> bool:
        return self._api_key(tenant) is not None

    def start_checkout(self, request: CheckoutRequest) -> Checkout:
        expires_at = stripe_checkout.expiry(self._clock.now())
        params: Any = stripe_checkout.session_params(request, expires_at)
        key = f"{request.idempotency_key}:{expires_at}"
        session = self._call(
            request.tenant,
            lambda client: client.v1.checkout.sessions.create(
                params=params, options={"idempotency_key": key}
            ),
        )
        if session is None:
            raise PaymentUnavailableError("the payment provider refused")
        return Checkout(id=session["id"], url=session["url"])

    def look(self, tenant: Tenant, checkout_id: str) -> ProviderPayment | None:
        params: Any = {"expand": ["payment_intent.latest_charge"]}
        asked_at = self._clock.now().replace(microsecond=0)  # as exact as the time of an event
        session = self._call(
            tenant,
            lambda client: client.v1.checkout.sessions.retrieve(checkout_id, params=params),
        )
        intent = read(CheckoutSession, session).payment_intent if session else None
        if not isinstance(intent, PaymentIntent):
            return None
        fact = stripe_events.of_intent(intent, Source("", "look", asked_at))
        if fact is None or fact.tenant != tenant:
            return None
        # The same payment may be tried again and stand as it stood before: that is news once more.
        return replace(fact, event_id=f"look_{intent.id}_{fact.state}_{asked_at:%Y%m%dT%H%M%SZ}")

    def read_event(
        self, creditor_id: str, payload: bytes, signature: str, now: datetime
    ) -> ProviderPayment | None:
        keys = self._keys(creditor_id)
        verify(payload, signature, keys.webhook_secrets if keys else (), now)
        event = stripe_events.parse_event(payload)
        if event is None or keys is None or event.type not in stripe_events.HANDLED:
            return None
        modes = [mode for mode, key in keys.api_keys.items() if event.livemode is _is_live(key)]
        fact = self._fact(creditor_id, modes, event)
        if fact is None or fact.tenant.creditor_id != creditor_id or fact.tenant.mode not in modes:
            return None
        return fact

    def events_since(
        self,
        tenant: Tenant,
        after: datetime,
        until: datetime,
        *,
        deadline: datetime,
        leave_out: frozenset[str] = frozenset(),
    ) -> Told | None:
        api_key = self._api_key(tenant)
        if api_key is None:
            return None

        def fact_of(event: Event) -> ProviderPayment | None:
            known = event.type in stripe_events.HANDLED and event.livemode is _is_live(api_key)
            return self._fact(tenant.creditor_id, [tenant.mode], event) if known else None

        return told_since(
            Wanted(tenant, after, until, leave_out, lambda: self._clock.now() < deadline),
            lambda params: self._listed(tenant, params),
            fact_of,
        )

    def told_at(self, tenant: Tenant, event_id: str) -> datetime | None:
        found = self._call(tenant, lambda client: client.v1.events.retrieve(event_id))
        return stripe_events.told_at(read(Event, found)) if found else None

    def movements(
        self, tenant: Tenant, since: datetime, until: datetime, after: str | None
    ) -> Movements | None:
        if self._api_key(tenant) is None:
            return None
        return stripe_balance.movements(partial(self._call, tenant), tenant, since, until, after)

    def standing(self, tenant: Tenant, reference: str) -> ProviderPayment | None:
        asked_at = self._clock.now()
        return stripe_balance.standing(partial(self._call, tenant), tenant, reference, asked_at)

    def _listed(self, tenant: Tenant, params: Any) -> dict[str, Any]:  # noqa: ANN401 - the SDK's own type
        page = self._call(tenant, lambda client: client.v1.events.list(params=params))
        if page is None:
            raise PaymentUnavailableError("the payment provider forgot its events")
        return page

    def _fact(self, creditor_id: str, modes: list[Mode], event: Event) -> ProviderPayment | None:
        known = stripe_events.of_event(event)
        if event.type in stripe_events.INTENT_EVENTS | stripe_events.SESSION_EVENTS:
            return known
        if event.type in stripe_events.CHARGE_EVENTS and known is None:
            return None
        for tenant in (Tenant(creditor_id, mode) for mode in modes):
            if fact := self._as_it_stands(tenant, event):
                return fact
        return None

    def _as_it_stands(self, tenant: Tenant, event: Event) -> ProviderPayment | None:
        """Ask for the payment to which a charge, refund or dispute belongs; None if not ours."""
        taken = read(stripe_events.shape_of(event), event.data.object)
        intent = self._find_intent(tenant, taken)
        fact = stripe_events.of_intent(intent, stripe_events.source_of(event)) if intent else None
        if intent is None or fact is None or not isinstance(taken, Dispute):
            return fact
        asked_at = self._clock.now()
        params: Any = {"payment_intent": intent.id, "limit": 100}
        listed = self._call(tenant, lambda client: client.v1.disputes.list(params=params))
        disputes = [read(Dispute, each) for each in (listed or {}).get("data", [])]
        return stripe_disputes.with_disputes(fact, taken, disputes, asked_at)

    def _find_intent(
        self, tenant: Tenant, taken: Charge | Dispute | Refund
    ) -> PaymentIntent | None:
        intent_id = reference(taken.payment_intent)
        if intent_id is None and not isinstance(taken, Charge):
            charge_id = reference(taken.charge) or ""
            charge = self._call(tenant, lambda client: client.v1.charges.retrieve(charge_id))
            intent_id = read(Charge, charge).intent_id if charge else None
        if intent_id is None:
            return None
        params: Any = {"expand": ["latest_charge"]}
        found = self._call(
            tenant, lambda client: client.v1.payment_intents.retrieve(intent_id, params=params)
        )
        return read(PaymentIntent, found) if found else None

    def _call(
        self, tenant: Tenant, call: Callable[[stripe.StripeClient], stripe.StripeObject]
    ) -> dict[str, Any] | None:
        """Make a call as the tenant; None where Stripe has no such object.

        Raises PaymentUnavailableError, and InvalidError for an amount that Stripe doesn't take.
        """
        import stripe

        api_key = self._api_key(tenant)
        if api_key is None:
            raise PaymentUnavailableError("this creditor takes no payments online")
        try:
            return call(self._client(api_key)).to_dict()
        except stripe.InvalidRequestError as error:
            if error.code == "resource_missing":
                return None
            if error.code in AMOUNT_CODES:
                raise InvalidError("this amount can't be paid by card") from error
            raise PaymentUnavailableError("the payment provider refused") from error
        except stripe.StripeError as error:
            raise PaymentUnavailableError("the payment provider can't be reached") from error

    def _api_key(self, tenant: Tenant) -> str | None:
        keys = self._keys(tenant.creditor_id)
        return keys.api_keys.get(tenant.mode) if keys else None

    def _client(self, api_key: str) -> stripe.StripeClient:
        import stripe

        if api_key not in self._clients:
            self._clients[api_key] = stripe.StripeClient(
                api_key,
                base_addresses={"api": self._api_base} if self._api_base else {},
                max_network_retries=RETRIES,
                http_client=stripe.RequestsClient(timeout=TIMEOUT),
            )
        return self._clients[api_key]


def _is_live(api_key: str) -> bool:
    return not api_key.startswith(_TEST_KEYS)
