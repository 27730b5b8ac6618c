"""The payment provider: hosted checkout, the last look, and what its webhooks say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from chalicelib.domain.money import Money
from chalicelib.domain.provider_facts import Chargeback
from chalicelib.domain.tenant import Tenant


@dataclass(frozen=True, slots=True)
class CheckoutRequest:
    """What a customer chose to pay. `named` are invoice ids; `lines` pair a label with money."""

    tenant: Tenant
    customer_id: str
    email: str | None
    locale: str
    amount: Money
    named: tuple[str, ...]
    lines: tuple[tuple[str, Money], ...]
    communication_id: str | None
    success_url: str
    cancel_url: str
    idempotency_key: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A hosted page on which to pay."""

    id: str
    url: str


class ProviderState(StrEnum):
    """Where a payment stands at the provider."""

    PROCESSING = "processing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ProviderPayment:
    """What the provider says of one payment, in whatever shape its API told it.

    Amounts are minor units by ISO 4217. None means "this event doesn't say". `refunded` and
    `disputed` are what refunds, and open or lost disputes, took back in all; `dispute` is the id
    of the dispute that the event is about, and `dispute_closed` says that it is over.
    `chargebacks` are all disputes of the payment. Of disputes an event is only the occasion to
    ask: they are so as they were at `asked_at`, a moment of our clock before the question went
    out. `event_id` and `event_type` name the source.
    """

    tenant: Tenant
    customer_id: str
    provider_reference: str
    amount: Money
    state: ProviderState | None
    at: datetime
    event_id: str
    event_type: str
    named: tuple[str, ...] = ()
    communication_id: str | None = None
    refunded: int | None = None
    disputed: int | None = None
    dispute: str | None = None
    dispute_closed: bool = False
    chargebacks: tuple[Chargeback, ...] | None = None
    asked_at: datetime | None = None
    failure: str | None = None
    method: str = "card"


@dataclass(frozen=True, slots=True)
class Told:
    """What the provider's list of events says of payments of ours, oldest first.

    Nothing that happened before `until` is left out, but for the events in `unreadable` (ids):
    those may be of ours, and aren't in any shape that we know.
    """

    facts: tuple[ProviderPayment, ...]
    until: datetime
    unreadable: tuple[str, ...] = ()


AS_IT_STANDS = "comparison"
"""The type of a fact that is no event, but the provider's answer to how a payment stands."""


@dataclass(frozen=True, slots=True)
class Movement:
    """A movement on the balance of the account that is, or may be, of a payment of ours.

    `reference` is by what `standing` finds the payment. `fact` is what the movement itself says
    of it; None where it doesn't say enough.
    """

    id: str
    reference: str
    fact: ProviderPayment | None


@dataclass(frozen=True, slots=True)
class Movements:
    """A page of movements, newest first. `unreadable` are ids of those in no shape that we know.

    `onward` is the movement after which the next page begins; None: there is no more.
    """

    data: tuple[Movement, ...]
    onward: str | None = None
    unreadable: tuple[str, ...] = ()


class PaymentProvider(Protocol):
    """Takes payments on a hosted page and says what became of them."""

    def has_account(self, tenant: Tenant) -> bool:
        """Say whether the tenant has a key there; whether the provider takes it isn't asked."""

    def start_checkout(self, request: CheckoutRequest) -> Checkout:
        """Open a page to pay on.

        Raises PaymentUnavailableError, and InvalidError for an amount that it doesn't take.
        """

    def look(self, tenant: Tenant, checkout_id: str) -> ProviderPayment | None:
        """Ask what became of a checkout (the last look); None where nothing was paid yet.

        `at` is not after the moment of the answer, and the id of each look's fact is its own.
        """

    def read_event(
        self, creditor_id: str, payload: bytes, signature: str, now: datetime
    ) -> ProviderPayment | None:
        """Verify a webhook and return what it says of a payment of ours, or None for others.

        Raises ForgedError for a wrong, missing or stale signature, InvalidError for a body that
        is no event.
        """

    def events_since(
        self,
        tenant: Tenant,
        after: datetime,
        until: datetime,
        *,
        deadline: datetime,
        leave_out: frozenset[str] = frozenset(),
    ) -> Told | None:
        """Read what the provider told from `after` on, and would have told us by webhooks.

        Both are whole seconds; `until` itself is left out, and so are the events (ids) in
        `leave_out`. As much is read as is quickly done, and nothing new is asked for after
        `deadline` once a second of it is read: the answer's own `until` is later than `after`, and
        earlier than asked where there is more. None where the tenant has no account there.
        Raises PaymentUnavailableError where not even a second can be read.
        """

    def told_at(self, tenant: Tenant, event_id: str) -> datetime | None:
        """Return when an event was told, None where it is none that `events_since` reads.

        Raises PaymentUnavailableError, and InvalidError for one in no shape that we know.
        """

    def movements(
        self, tenant: Tenant, since: datetime, until: datetime, after: str | None
    ) -> Movements | None:
        """Return a page of what moved on the account's balance from `since` up to before `until`.

        `after` is a movement: the page goes on behind it. What is visibly nothing of ours is left
        out. None where the tenant has no account. Raises PaymentUnavailableError.
        """

    def standing(self, tenant: Tenant, reference: str) -> ProviderPayment | None:
        """Return how a payment of the tenant stands, None where the provider has none of ours.

        The id of each answer's fact is its own. Raises PaymentUnavailableError.
        """
