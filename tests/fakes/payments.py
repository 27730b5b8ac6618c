"""A payment provider in memory: checkouts are kept, payments happen when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from chalicelib.domain.errors import ForgedError, InvalidError, PaymentUnavailableError
from chalicelib.domain.provider_facts import Chargeback
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.payments import (
    AS_IT_STANDS,
    Checkout,
    CheckoutRequest,
    Movement,
    Movements,
    ProviderPayment,
    ProviderState,
    Told,
)

VALID = "valid"
_EVENT_TYPES = {
    ProviderState.PROCESSING: "payment_intent.processing",
    ProviderState.SUCCEEDED: "payment_intent.succeeded",
    ProviderState.FAILED: "payment_intent.payment_failed",
}


class FakePaymentProvider:
    """Checkouts and events of a provider.

    `down = True` makes every call raise PaymentUnavailableError; less than `least` minor units
    isn't taken. `pay` lets a customer pay a checkout: the last look sees it, and the returned fact
    can be put into a webhook with `event`, or into the list of events, `told`. A tenant may be
    `without_account` there, or find it `closed_to` itself. What a payment comes to moves the
    balance; facts that were made elsewhere do by `settle`. `now` dates what is asked (None: by the
    payment's own time).
    """

    def __init__(self, now: Callable[[], datetime] | None = None) -> None:
        self._now = now
        self.requests: list[CheckoutRequest] = []
        self.looked: list[str] = []
        self.down = False
        self.least = 0
        self.told: list[ProviderPayment] = []
        self.told_at_once = 100
        self.unreadable: tuple[str, ...] = ()
        self.without_account: set[Tenant] = set()
        self.closed_to: set[Tenant] = set()
        self.moved_at_once = 100
        self._stands: dict[str, ProviderPayment] = {}
        self._moved: list[tuple[Movement, ProviderPayment]] = []
        self._asked = 0
        self._checkouts: dict[str, CheckoutRequest] = {}
        self._by_key: dict[tuple[Tenant, str], Checkout] = {}
        self._payments: dict[str, ProviderPayment] = {}
        self._events: dict[bytes, tuple[str, ProviderPayment | None]] = {}

    def has_account(self, tenant: Tenant) -> bool:
        return tenant not in self.without_account

    def start_checkout(self, request: CheckoutRequest) -> Checkout:
        self._reachable()
        if request.amount.amount < self.least:
            raise InvalidError("this amount can't be paid by card")
        self.requests.append(request)
        key = (request.tenant, request.idempotency_key)
        if key not in self._by_key:
            checkout_id = f"cs_{len(self._by_key) + 1:04}"
            self._by_key[key] = Checkout(checkout_id, f"https://checkout.test/{checkout_id}")
            self._checkouts[checkout_id] = request
        checkout = self._by_key[key]
        if self._checkouts[checkout.id] != request:
            raise PaymentUnavailableError("the same idempotency key with another request")
        return checkout

    def look(self, tenant: Tenant, checkout_id: str) -> ProviderPayment | None:
        self._reachable()
        self.looked.append(checkout_id)
        payment = self._payments.get(checkout_id)
        if payment is None or payment.tenant != tenant:
            return None
        return replace(payment, event_id=f"look_{len(self.looked)}", event_type="look")

    def events_since(
        self,
        tenant: Tenant,
        after: datetime,
        until: datetime,
        *,
        deadline: datetime,
        leave_out: frozenset[str] = frozenset(),
    ) -> Told | None:
        if tenant in self.without_account:
            return None
        self._reachable()
        if tenant in self.closed_to:
            raise PaymentUnavailableError("the payment provider refused")
        own = [each for each in self.told if each.tenant == tenant and after <= each.at < until]
        own.sort(key=lambda each: each.at)
        if len(own) > self.told_at_once:
            second = own[self.told_at_once].at.replace(microsecond=0)
            until = max(second, after + timedelta(seconds=1))
        facts = tuple(each for each in own if each.at < until and each.event_id not in leave_out)
        return Told(facts, until, self.unreadable)

    def told_at(self, tenant: Tenant, event_id: str) -> datetime | None:
        self._reachable()
        if tenant in self.without_account | self.closed_to:
            raise PaymentUnavailableError("the payment provider refused")
        own = (each for each in self.told if (each.tenant, each.event_id) == (tenant, event_id))
        return next((each.at for each in own), None)

    def movements(
        self, tenant: Tenant, since: datetime, until: datetime, after: str | None
    ) -> Movements | None:
        if tenant in self.without_account:
            return None
        self._reachable()
        rows = [
            moved
            for moved, fact in reversed(self._moved)
            if fact.tenant == tenant and since <= fact.at < until
        ]
        start = [row.id for row in rows].index(after) + 1 if after else 0
        page = tuple(rows[start : start + self.moved_at_once])
        more = len(rows) > start + len(page)
        return Movements(page, page[-1].id if more else None, self.unreadable)

    def standing(self, tenant: Tenant, reference: str) -> ProviderPayment | None:
        self._reachable()
        stands = self._stands.get(reference)
        if stands is None or stands.tenant != tenant:
            return None
        self._asked += 1
        return replace(
            stands,
            event_id=f"standing_{self._asked}",
            event_type=AS_IT_STANDS,
            asked_at=self._now() if self._now else None,
        )

    def settle(self, fact: ProviderPayment, *, says: bool = True) -> None:
        """Let a payment stand so, and the balance move; `says`: the movement shows the payment."""
        self._stands[fact.provider_reference] = fact
        own = Movement(
            f"txn_{len(self._moved) + 1}", fact.provider_reference, fact if says else None
        )
        self._moved.append((own, fact))

    def read_event(
        self, creditor_id: str, payload: bytes, signature: str, now: datetime
    ) -> ProviderPayment | None:
        if signature != VALID:
            raise ForgedError("the signature doesn't fit")
        self._reachable()
        if payload not in self._events:
            raise InvalidError("the body is no event")
        owner, payment = self._events[payload]
        if owner != creditor_id:
            raise ForgedError("the signature doesn't fit")
        return payment

    def pay(
        self,
        checkout_id: str,
        *,
        state: ProviderState = ProviderState.SUCCEEDED,
        at: datetime = datetime(2026, 3, 2, 9, tzinfo=UTC),
        failure: str | None = None,
    ) -> ProviderPayment:
        """Pay a checkout (or move its payment to another state) and return what is then so."""
        request = self._checkouts[checkout_id]
        payment = ProviderPayment(
            tenant=request.tenant,
            customer_id=request.customer_id,
            provider_reference=f"pi_{checkout_id.removeprefix('cs_')}",
            amount=request.amount,
            state=state,
            at=at,
            event_id=f"evt_{checkout_id}_{state}",
            event_type=_EVENT_TYPES[state],
            named=request.named,
            communication_id=request.communication_id,
            refunded=0 if state is ProviderState.SUCCEEDED else None,
            failure=failure,
        )
        self._payments[checkout_id] = payment
        self.settle(replace(payment, disputed=0, chargebacks=()))
        return payment

    def refund(self, payment: ProviderPayment, refunded: int) -> ProviderPayment:
        """Return the event that says how much of a payment was refunded in all."""
        stands = self._stands.get(payment.provider_reference, payment)
        self.settle(replace(stands, refunded=refunded), says=False)
        return replace(
            payment,
            refunded=refunded,
            event_id=f"{payment.event_id}_refunded_{refunded}",
            event_type="charge.refunded",
        )

    def dispute(
        self,
        payment: ProviderPayment,
        disputed: int,
        *,
        dispute: str = "dp_1",
        closed: bool = False,
    ) -> ProviderPayment:
        """Return the event that says what a dispute holds back: an open or lost one, or 0."""
        what = "closed" if closed else "created"
        stands = self._stands.get(payment.provider_reference, payment)
        about = Chargeback(dispute, disputed, closed)
        others = tuple(each for each in stands.chargebacks or () if each.id != dispute)
        disputed += sum(each.held for each in others)
        held = replace(stands, disputed=disputed, dispute=dispute, dispute_closed=closed)
        self.settle(replace(held, chargebacks=(*others, about)), says=False)
        return replace(
            payment,
            refunded=None,
            disputed=disputed,
            dispute=dispute,
            event_id=f"{payment.event_id}_{dispute}_{what}",
            event_type=f"charge.dispute.{what}",
        )

    def event(self, creditor_id: str, payment: ProviderPayment | None) -> tuple[bytes, str]:
        """Return body and signature of a webhook that says this (None: of nobody we know)."""
        payload = f"event {len(self._events) + 1}".encode()
        self._events[payload] = (creditor_id, payment)
        return payload, VALID

    def _reachable(self) -> None:
        if self.down:
            raise PaymentUnavailableError("the payment provider can't be reached")
