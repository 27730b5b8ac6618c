"""The payment provider: what customers pay there, and webhooks that tell of it twice, late, in any
order, only after many tries, or never; and its own list of events, which is closed at times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.money import Money
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
from tests.simulation.faults import Faults
from tests.simulation.scheduler import Scheduler

TRIES = 60
"""How often a webhook is tried in the worst weather, over three days and more."""
OPEN_SECONDS = 2 * 3600.0
HOUR = 3600.0
TOLD_AT_ONCE = 4


@dataclass(slots=True)
class Intent:
    """A payment at the provider, as it stands."""

    reference: str
    request: CheckoutRequest
    amount: Money
    state: ProviderState
    since: datetime
    refunded: int = 0
    disputes: dict[str, tuple[int, bool]] = field(default_factory=dict)

    @property
    def disputed(self) -> int:
        """What open or lost disputes hold."""
        return sum(amount for amount, _ in self.disputes.values())

    @property
    def net(self) -> int:
        """What the creditor has of it."""
        if self.state is not ProviderState.SUCCEEDED:
            return 0
        return max(0, self.amount.amount - self.refunded - self.disputed)


class SimulatedBank:
    """Checkouts and payments. `webhook` is called with every fact that arrives; it may raise."""

    def __init__(
        self,
        scheduler: Scheduler,
        random: Random,
        faults: Faults,
        webhook: Callable[[ProviderPayment], bool],
    ) -> None:
        self._scheduler, self._random, self._faults = scheduler, random, faults
        self._webhook = webhook
        self._checkouts: dict[str, CheckoutRequest] = {}
        self._by_key: dict[tuple[Tenant, str], Checkout] = {}
        self._intent_of: dict[str, Intent] = {}
        self.intents: dict[str, Intent] = {}
        self._events = 0
        self._told: list[tuple[datetime, Callable[[], ProviderPayment]]] = []
        self._moved: list[tuple[datetime, Intent, bool]] = []
        self._silent_until = self._closed_until = self._keyless_until = scheduler.now()

    def start_checkout(self, request: CheckoutRequest) -> Checkout:
        key = (request.tenant, request.idempotency_key)
        if key not in self._by_key:
            identifier = f"cs_{len(self._by_key) + 1}"
            self._by_key[key] = Checkout(identifier, f"https://checkout.test/{identifier}")
            self._checkouts[identifier] = request
        return self._by_key[key]

    def look(self, tenant: Tenant, checkout_id: str) -> ProviderPayment | None:
        intent = self._intent_of.get(checkout_id)
        if intent is None or intent.request.tenant != tenant:
            return None
        return replace(
            self._fact(intent, "look"),
            event_id=f"look_{intent.reference}_{intent.state}_{intent.refunded}",
        )

    def events_since(
        self,
        tenant: Tenant,
        after: datetime,
        until: datetime,
        *,
        deadline: datetime,
        leave_out: frozenset[str] = frozenset(),
    ) -> Told | None:
        """Read the list of events; at times nobody can, for hours, or the key for it is gone."""
        if self._faults.happens("the key is gone for hours", 0.002):
            self._keyless_until = self._later(5)
        if self._scheduler.now() < self._keyless_until and self._faults.rate:
            return None
        if self._faults.happens("the books are closed for hours", 0.002):
            self._closed_until = self._later(20)
        self._be_open()
        told = [each for each in self._told if after <= each[0] < until]
        if len(told) > TOLD_AT_ONCE:
            until = max(told[TOLD_AT_ONCE][0].replace(microsecond=0), after + timedelta(seconds=1))
        facts = [fact() for at, fact in told if at < until]
        return Told(tuple(each for each in facts if each.tenant == tenant), until)

    def movements(
        self, tenant: Tenant, since: datetime, until: datetime, after: str | None
    ) -> Movements:
        """Read the account's balance. A charge that isn't disputed says how it stands by now."""
        self._be_open()
        page = []
        for number, (at, intent, is_charge) in reversed(list(enumerate(self._moved))):
            own = intent.request.tenant == tenant and since <= at < until
            if own and (after is None or number < int(after)):
                says = self._standing(intent) if is_charge and not intent.disputes else None
                page.append(Movement(str(number), intent.reference, says))
        onward = page[TOLD_AT_ONCE - 1].id if len(page) > TOLD_AT_ONCE else None
        return Movements(tuple(page[:TOLD_AT_ONCE]), onward)

    def standing(self, tenant: Tenant, reference: str) -> ProviderPayment | None:
        self._be_open()
        intent = self.intents.get(reference)
        if intent is None or intent.request.tenant != tenant:
            return None
        return self._standing(intent)

    def pay(self, checkout_id: str, state: ProviderState) -> Intent | None:
        """Let a customer pay an open checkout."""
        known = self._intent_of.get(checkout_id)
        if known and known.state is not ProviderState.FAILED:
            return None
        request = self._checkouts[checkout_id]
        if known is None:
            reference, now = f"pi_{len(self.intents) + 1}", self._scheduler.now()
            known = Intent(reference, request, request.amount, state, now)
            self._intent_of[checkout_id] = self.intents[known.reference] = known
        self.move(known, state)
        return known

    def move(self, intent: Intent, state: ProviderState) -> None:
        """Bring a payment into another state and tell of it, twice over as Stripe does."""
        if state is not ProviderState.FAILED or intent.state is ProviderState.PROCESSING:
            self._moved.append((self._scheduler.now(), intent, True))
        intent.state, intent.since = state, self._scheduler.now()
        what = {"succeeded": "succeeded", "processing": "processing", "failed": "payment_failed"}
        snapshot = self._fact(intent, f"payment_intent.{what[state.value]}")
        self._announce(lambda: snapshot)
        if state is ProviderState.SUCCEEDED:
            session = self._fact(intent, "checkout.session.completed")
            self._announce(lambda: session)

    def refund(self, intent: Intent, amount: int) -> None:
        """Give part of a payment back, or take a refund that failed back with a negative one."""
        intent.refunded = min(intent.amount.amount, max(0, intent.refunded + amount))
        self._moved.append((self._scheduler.now(), intent, False))
        event = self._fact(intent, "charge.refunded")
        self._announce(lambda: self._now(intent, event))

    def dispute(self, intent: Intent, dispute: str, amount: int, *, closed: bool) -> None:
        """Open a dispute, or close it with what it still holds."""
        intent.disputes[dispute] = (amount, closed)
        self._moved.append((self._scheduler.now(), intent, False))
        what = "closed" if closed else "created"
        event = replace(self._fact(intent, f"charge.dispute.{what}"), dispute=dispute)
        self._announce(lambda: self._now(intent, event))

    def _now(self, intent: Intent, event: ProviderPayment) -> ProviderPayment:
        """Refunds and disputes are asked for as they stand when the event arrives."""
        fact = replace(event, state=intent.state, refunded=intent.refunded)
        return self._with_disputes(intent, fact) if event.dispute else fact

    def _standing(self, intent: Intent) -> ProviderPayment:
        """Return how a payment stands, and the last of its disputes."""
        fact = self._with_disputes(intent, self._fact(intent, AS_IT_STANDS))
        if not intent.disputes:
            return fact
        dispute, (_, closed) = list(intent.disputes.items())[-1]
        return replace(fact, dispute=dispute, dispute_closed=closed)

    def _with_disputes(self, intent: Intent, fact: ProviderPayment) -> ProviderPayment:
        disputes = (Chargeback(each, *how) for each, how in intent.disputes.items())
        return replace(
            fact,
            disputed=intent.disputed,
            chargebacks=tuple(disputes),
            asked_at=self._scheduler.now(),
        )

    def _fact(self, intent: Intent, event_type: str) -> ProviderPayment:
        self._events += 1
        request = intent.request
        return ProviderPayment(
            tenant=request.tenant,
            customer_id=request.customer_id,
            provider_reference=intent.reference,
            amount=intent.amount,
            state=intent.state,
            at=self._scheduler.now(),
            event_id=f"evt_{self._events}",
            event_type=event_type,
            named=request.named,
            communication_id=request.communication_id,
            refunded=intent.refunded if intent.state is ProviderState.SUCCEEDED else None,
        )

    def _announce(self, fact: Callable[[], ProviderPayment]) -> None:
        self._told.append((self._scheduler.now(), fact))
        if self._faults.happens("webhooks stop for days", 0.06):
            self._silent_until = self._later(240)
            if self._faults.happens("… and the books are closed as long", 0.9):
                self._closed_until = self._silent_until
        silent = self._scheduler.now() < self._silent_until and self._faults.rate
        if silent or self._faults.happens("a webhook never comes", 0.08):
            return
        copies = 2 if self._faults.happens("a webhook comes twice", 0.15) else 1
        for _ in range(copies):
            late = self._faults.happens("a webhook is late", 0.15)
            wait = self._random.uniform(60, 86400) if late else self._random.uniform(0.05, 20)
            self._scheduler.after(wait, lambda: self._deliver(fact, TRIES))

    def _deliver(self, fact: Callable[[], ProviderPayment], tries: int) -> None:
        if self._webhook(fact()) or tries == 0:
            return
        self._scheduler.after(
            self._random.uniform(10, 3600), lambda: self._deliver(fact, tries - 1)
        )

    def _be_open(self) -> None:
        """Raise PaymentUnavailableError while nobody is told what was paid."""
        if self._scheduler.now() < self._closed_until and self._faults.rate:
            raise PaymentUnavailableError("the books are closed")

    def _later(self, hours: float) -> datetime:
        seconds = self._random.uniform(HOUR / 2, hours * HOUR)
        return self._scheduler.now() + timedelta(seconds=seconds)
