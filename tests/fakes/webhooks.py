"""Webhook endpoints in memory, and a way out to receivers that a test scripts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.domain import ids
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.due import delivery_partition
from chalicelib.domain.endpoint_address import AddressRefusedError, read_address
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import FailureReason, WebhookEndpoint
from chalicelib.gateways.webhook_secrets import DerivedSecrets
from chalicelib.ports.due import DueDelivery
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.storage import Cursor, Page, WriteConflictError
from chalicelib.ports.webhooks import Answered, UnreadableEndpoint, WebhookMessage
from tests.fakes.ledger import InMemoryLedger
from tests.fakes.memory import page_of

TAKEN = Answered(200)


def unheard(tenant: Tenant, endpoint_id: str, code: str) -> None:
    """Tell nobody of an endpoint that can't be made out."""


class InMemoryWebhookEndpoints:
    """Endpoints and deliveries beside a ledger, whose due index and feed they share.

    `damaged` are the ids of endpoints, and of events owed, whose records can't be made out.
    """

    def __init__(self, ledger: InMemoryLedger, *, shards: int) -> None:
        self._ledger = ledger
        self._shards = shards
        self.damaged: set[str] = set()
        self._endpoints: dict[str, dict[str, WebhookEndpoint]] = defaultdict(dict)
        self._owed: dict[tuple[str, str], dict[str, Delivery]] = defaultdict(dict)

    def all(self, tenant: Tenant) -> tuple[WebhookEndpoint, ...]:
        own = self._endpoints[tenant.key]
        return tuple(own[each] for each in sorted(own, reverse=True) if each not in self.damaged)

    def known(self, tenant: Tenant) -> tuple[WebhookEndpoint | UnreadableEndpoint, ...]:
        damaged = sorted(self._endpoints[tenant.key].keys() & self.damaged)
        return (*self.all(tenant), *(UnreadableEndpoint(each, "ValueError") for each in damaged))

    def forget(self, tenant: Tenant) -> None:
        """Do nothing: whatever is known is as it is."""

    def find(self, tenant: Tenant, endpoint_id: str) -> WebhookEndpoint | None:
        self._make_out(endpoint_id)
        return self._endpoints[tenant.key].get(endpoint_id)

    def save(self, endpoint: WebhookEndpoint, event: Event | None = None) -> None:
        own = self._endpoints[endpoint.tenant.key]
        stored = own.get(endpoint.id)
        if (stored.version if stored else 0) != endpoint.version - 1:
            raise WriteConflictError(endpoint.id)
        own[endpoint.id] = endpoint
        self._ledger.configure([event] if event else [])

    def remove(self, endpoint: WebhookEndpoint, event: Event) -> None:
        own = self._endpoints[endpoint.tenant.key]
        if endpoint.id not in own or own[endpoint.id].version != endpoint.version:
            raise WriteConflictError(endpoint.id)
        del own[endpoint.id]
        self._ledger.configure([event])

    def owe(self, deliveries: Iterable[Delivery]) -> None:
        for delivery in deliveries:
            self._store(delivery)

    def delivery(self, tenant: Tenant, endpoint_id: str, event_id: str) -> Delivery | None:
        self._make_out(event_id)
        return self._owed[tenant.key, endpoint_id].get(event_id)

    def begin_anew(self, delivery: Delivery) -> None:
        if delivery.event_id in self._owed[delivery.tenant.key, delivery.endpoint_id]:
            self._store(delivery)

    def note(self, delivery: Delivery, *, attempts: int) -> bool:
        stored = self.delivery(delivery.tenant, delivery.endpoint_id, delivery.event_id)
        as_read = delivery.created_at, attempts
        if stored is None or (stored.created_at, stored.attempts) != as_read:
            return False
        self._store(delivery)
        return True

    def settle(self, delivery: Delivery) -> None:
        own = self._owed[delivery.tenant.key, delivery.endpoint_id]
        stored = own.get(delivery.event_id)
        if stored and stored.created_at == delivery.created_at:
            del own[delivery.event_id]
            self._enter(delivery, None)

    def deliveries_page(self, tenant: Tenant, endpoint_id: str, cursor: Cursor) -> Page[Delivery]:
        return page_of(self._owed[tenant.key, endpoint_id].values(), cursor, ids.EVENT)

    def owed(self) -> list[Delivery]:
        """Return all that is owed or was given up (for tests)."""
        return [each for own in self._owed.values() for each in own.values()]

    def _make_out(self, identifier: str) -> None:
        if identifier in self.damaged:
            raise UnreadableRecordError(identifier)

    def _store(self, delivery: Delivery) -> None:
        self.damaged.discard(delivery.event_id)
        self._owed[delivery.tenant.key, delivery.endpoint_id][delivery.event_id] = delivery
        entry = None
        if delivery.due_at:
            entry = DueDelivery(
                delivery.tenant, delivery.endpoint_id, delivery.event_id, delivery.due_at
            )
        self._enter(delivery, entry)

    def _enter(self, delivery: Delivery, entry: DueDelivery | None) -> None:
        where = delivery_partition(delivery.event_id, shards=self._shards)
        key = (delivery.tenant.key, f"{delivery.endpoint_id}/{delivery.event_id}")
        self._ledger.enter(where, key, entry)


@dataclass(frozen=True, slots=True)
class Post:
    """What a receiver got."""

    url: str
    message: WebhookMessage
    secrets: tuple[str, ...]


class FakeWebhooks:
    """Receivers that take everything, unless a test scripts answers for an address.

    `private` are hosts that lead into our own network.
    """

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.private: set[str] = set()
        self._scripts: dict[str, list[Answered]] = defaultdict(list)
        self._always: dict[str, Answered] = {}

    def script(self, url: str, *answers: Answered) -> None:
        """Let the next attempts at an address end so, one after the other."""
        self._scripts[url] += answers

    def always(self, url: str, answer: Answered) -> None:
        """Let every attempt at an address end so."""
        self._always[url] = answer

    def refusal(self, url: str) -> str | None:
        try:
            address = read_address(url, allows_loopback=False)
        except AddressRefusedError as refused:
            return str(refused)
        return "must lead to public addresses only" if address.host in self.private else None

    def deliver(self, url: str, message: WebhookMessage, secrets: Sequence[str]) -> Answered:
        if self.refusal(url):
            return Answered(failure=FailureReason.FORBIDDEN)
        self.posts.append(Post(url, message, tuple(secrets)))
        if scripted := self._scripts[url]:
            return scripted.pop(0)
        return self._always.get(url, TAKEN)


def fake_signing() -> DerivedSecrets:
    """Return secrets derived from keys that stand still."""
    return DerivedSecrets(lambda *_: ("an older key", "the newest key"))
