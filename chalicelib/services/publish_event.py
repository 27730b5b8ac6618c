"""Deliver one event to one webhook endpoint: once is the aim, at least once is the promise.

A message only says where to look. Whoever finds the delivery posts it, and deletes it once the
endpoint took it; so a message that comes twice, or late, finds nothing to do. Who dies in between
leaves it where it is. What failed comes back by the sweep, at the moment that the delivery says.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from chalicelib.domain.configuration_facts import event_of_endpoint
from chalicelib.domain.customer import Change
from chalicelib.domain.delivery import Delivery
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import tenant_of
from chalicelib.domain.webhook_endpoint import Failure, FailureReason, WebhookEndpoint
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import WriteConflictError
from chalicelib.ports.webhooks import Answered, WebhookMessage
from chalicelib.services.announce import FIRST
from chalicelib.services.nameless_events import without_identity
from chalicelib.services.work_off import TRIES

GONE = 410
CHANCE_BITS = 16
DISABLED = Change(by="system", why="the endpoint takes no events")


class Published(StrEnum):
    """What became of a message."""

    DELIVERED = "delivered"
    FAILED = "failed"
    GIVEN_UP = "given_up"
    NOTHING = "nothing_to_do"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a message, and what came of the attempt, if there was one."""

    published: Published
    answered: Answered | None = None


NOTHING = Outcome(Published.NOTHING)


def publish_event(
    ports: Ports, message: Mapping[str, str], write: Callable[[Event], str], tries: int = 1
) -> Outcome:
    """Deliver what a message names, if it is owed and due. `write` gives the body's JSON.

    `tries` is how often the message was handed out. The last time, the attempt is noted as failed
    before it begins, since a worker that dies of it says nothing afterwards.
    """
    tenant = tenant_of(message["tenant"])
    delivery = ports.endpoints.delivery(tenant, message["endpoint"], message["event"])
    if delivery is None or not _is_wanted(ports, delivery, is_first=FIRST in message):
        return NOTHING
    endpoint = ports.endpoints.find(tenant, delivery.endpoint_id)
    event = ports.ledger.event(tenant, delivery.event_id)
    if endpoint is None or event is None:
        ports.endpoints.settle(delivery)
        return NOTHING
    if not endpoint.is_enabled:
        return _give_up(ports, delivery)
    if endpoint.is_down(ports.clock.now()) and not delivery.is_at_its_last:
        return _put_off(ports, endpoint, delivery)
    stored = delivery.attempts
    if tries >= TRIES:
        silent = Failure(ports.clock.now(), FailureReason.SILENCE)
        noted = delivery.failed(silent, _chance(ports))
        if not ports.endpoints.note(noted, attempts=stored):
            return NOTHING
        stored = noted.attempts
    [event] = without_identity(ports, [event])  # the erasure's worker may come by later
    message_out = WebhookMessage(event.id, ports.clock.now(), write(event))
    return _attempt(ports, endpoint, delivery, message_out, stored)


def _is_wanted(ports: Ports, delivery: Delivery, *, is_first: bool) -> bool:
    """Say whether to try now: the first message goes ahead of the sweep, and once only."""
    if delivery.due_at is None:
        return False
    return (is_first and delivery.attempts == 0) or delivery.due_at <= ports.clock.now()


def _attempt(
    ports: Ports,
    endpoint: WebhookEndpoint,
    delivery: Delivery,
    message: WebhookMessage,
    stored: int,
) -> Outcome:
    """Post the event, and note what came of it. `stored`: the attempts that are stored by now."""
    secrets = [ports.signing.secret(endpoint.id, each) for each in endpoint.signing(message.at)]
    answered = ports.webhooks.deliver(endpoint.url, message, secrets)
    if answered.failure is None:
        ports.endpoints.settle(delivery)
        _note(ports, endpoint, endpoint.worked())
        return Outcome(Published.DELIVERED, answered)
    failure = Failure(ports.clock.now(), answered.failure, answered.status)
    after = delivery.failed(failure, _chance(ports), pause=answered.pause)
    if not ports.endpoints.note(after, attempts=stored):
        return NOTHING
    _note(ports, endpoint, endpoint.failed(failure, gone=answered.status == GONE))
    given_up = after.due_at is None
    return Outcome(Published.GIVEN_UP if given_up else Published.FAILED, answered)


def _note(ports: Ports, before: WebhookEndpoint, after: WebhookEndpoint) -> None:
    """Store how the endpoint does, where that is news. Whoever changed it meanwhile goes first."""
    if after is before:
        return
    told = None
    if before.is_enabled and not after.is_enabled and after.disabled_at and after.disabled_reason:
        reason = after.disabled_reason.value
        told = event_of_endpoint("disabled", after, DISABLED, after.disabled_at, reason=reason)
    try:
        ports.endpoints.save(after, told)
    except WriteConflictError:
        return  # the next attempt finds it as it is then, and notes what is still true


def _put_off(ports: Ports, endpoint: WebhookEndpoint, delivery: Delivery) -> Outcome:
    """Count an attempt without making it: an endpoint that hangs would keep a worker each time."""
    reason = endpoint.last_failure.reason if endpoint.last_failure else FailureReason.TIMEOUT
    after = delivery.failed(Failure(ports.clock.now(), reason), _chance(ports))
    noted = ports.endpoints.note(after, attempts=delivery.attempts)
    return Outcome(Published.FAILED) if noted else NOTHING


def _give_up(ports: Ports, delivery: Delivery) -> Outcome:
    failure = Failure(ports.clock.now(), FailureReason.DISABLED)
    ports.endpoints.note(delivery.given_up(failure), attempts=delivery.attempts)
    return Outcome(Published.GIVEN_UP)


def _chance(ports: Ports) -> float:
    return ports.chance.bits(CHANCE_BITS) / (1 << CHANCE_BITS)
