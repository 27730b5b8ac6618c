"""Webhook endpoints in a life, and the receivers behind them: they fail, hang, take an event and
don't say so, ask for pauses for days, or are gone for good.

What was told while an endpoint was there has reached it at least once in the end, or is visibly
given up; and nothing reaches anybody that isn't in their own feed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.customer import Change
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.errors import DunlinError
from chalicelib.domain.tenant import Mode, Tenant, tenant_of
from chalicelib.domain.webhook_endpoint import FailureReason
from chalicelib.ports.webhooks import Answered, WebhookMessage
from chalicelib.services.once import Mark
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from tests.endings import require
from tests.fakes.webhooks import TAKEN, InMemoryWebhookEndpoints
from tests.simulation.faults import InjectedError
from tests.simulation.scheduler import Killed
from tests.simulation.weather import Behind

if TYPE_CHECKING:
    from tests.simulation.life import Life

OFFICE = Change(by="api_key:office", why="create_webhook_endpoint")
TRIES = 20
FAILED = (InjectedError, DunlinError, Killed)
WHILE_IT_CHANGED = timedelta(hours=1)
"""An event that is told while an endpoint comes or goes may reach it, or not."""
ENDED = Answered(failure=FailureReason.TIMEOUT)
BUSY = Answered(503, FailureReason.STATUS, timedelta(hours=1))


class OwedInALife(InMemoryWebhookEndpoints):
    """Endpoints and deliveries; `on_due` hears when the sweep has to look."""

    on_due: Callable[[datetime], None]

    def _store(self, delivery: Delivery) -> None:
        super()._store(delivery)
        if delivery.due_at:
            self.on_due(delivery.due_at)


class Receivers:
    """Whoever is behind the endpoints, of which each tenant has one: the WebhookGateway port."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self._random = life.branch()
        self._down_until: dict[str, datetime] = {}
        self.got: Counter[tuple[str, str]] = Counter()
        self.exist = life.has_endpoints

    def endpoints(self) -> Any:
        """Return the port, behind the weather in lives that have endpoints."""
        life = self._life
        return Behind(life.weather, "endpoints", life.endpoints) if self.exist else life.endpoints

    def register(self, tenant: Tenant) -> None:
        """Let a tenant in live mode register an endpoint, some time in the first days."""
        if self.exist and tenant.mode is Mode.LIVE:
            wait = self._random.uniform(0, 3 * 86400)
            self._life.scheduler.after(wait, partial(self._register, tenant))

    def _register(self, tenant: Tenant) -> None:
        letters = tenant.creditor_id[3:]
        draft = EndpointDraft(f"https://{letters.lower()}.example/hook", ("*",))
        for _ in range(TRIES):
            try:
                add_webhook_endpoint(
                    self._life.ports, tenant, OFFICE, draft, Mark(letters, "0" * 16)
                )
            except FAILED:
                self._life.scheduler.sleep(60)
            else:
                return

    def refusal(self, url: str) -> str | None:
        return None

    def deliver(self, url: str, message: WebhookMessage, secrets: Sequence[str]) -> Answered:
        life = self._life
        life.weather.wait()
        self._is_theirs(url, message)
        require(secrets, f"webhooks: {message.id} isn't signed")
        now, faults = life.scheduler.now(), life.faults
        if faults.happens("a receiver is down for days", 0.002):
            self._down_until[url] = now + timedelta(days=self._random.uniform(0.1, 8))
        if faults.rate and now < self._down_until.get(url, now):
            return BUSY
        if faults.happens("a receiver hangs", 0.03):
            life.scheduler.sleep(10)
            return ENDED
        if faults.happens("a receiver is gone", 0.0005):
            return Answered(410, FailureReason.STATUS)
        if faults.happens("a receiver refuses", 0.1):
            return Answered(500, FailureReason.STATUS)
        self.got[url, message.id] += 1
        life.tell(f"{url} got {message.id}")
        lost = faults.happens("a receiver's answer is lost", 0.05)
        return ENDED if lost else TAKEN

    def at_the_end(self) -> None:
        """Nothing is owed any more: every event was taken, or stands as given up."""
        given_up = {(each.endpoint_id, each.event_id) for each in self._life.endpoints.owed()}
        for owed in self._life.endpoints.owed():
            require(owed.due_at is None, f"webhooks: {owed.event_id} is still owed")
        for key in self._life.ledger._events:
            for endpoint in self._life.endpoints.all(tenant_of(key)):
                since = endpoint.created_at + WHILE_IT_CHANGED
                until = endpoint.disabled_at or self._life.scheduler.now()
                for event_id in self._life.ledger._events[key]:
                    told = self._life.ledger.recorded_at[event_id]
                    if since < told < until - WHILE_IT_CHANGED:
                        reached = self.got[endpoint.url, event_id]
                        known = reached or (endpoint.id, event_id) in given_up
                        require(known, f"webhooks: {event_id} never reached {endpoint.url}")

    def _is_theirs(self, url: str, message: WebhookMessage) -> None:
        """What is posted stands in the feed of the tenant whose receiver it is."""
        [tenant] = [
            tenant
            for tenant in map(tenant_of, self._life.ledger._events)
            if tenant.creditor_id[3:].lower() in url and tenant.mode is Mode.LIVE
        ]
        event = self._life.ledger.event(tenant, message.id)
        require(event, f"webhooks: {message.id} isn't in the feed of {tenant.key}")
        require(json.loads(message.body)["id"] == message.id, "webhooks: another event")
