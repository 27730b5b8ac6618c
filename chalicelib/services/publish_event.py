"""Deliver one event to one webhook endpoint: once is the aim, at least once is the promise.

A message only says where to look. Whoever finds the delivery posts it, and deletes it once the
endpoint took it; so a message that comes twice, or late, finds nothing to do. Who dies in between
leaves it where it is. What failed comes back by the sweep, at the moment that the delivery says.
What is owed anew meanwhile is another owing, and stays. A record that can't be made out counts as
an attempt that failed, so nothing is tried for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from chalicelib.domain.configuration_facts import event_of_endpoint
from chalicelib.domain.customer import Change
from chalicelib.domain.delivery import Delivery, owed
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import tenant_of
from chalicelib.domain.webhook_endpoint import Failure, FailureReason, WebhookEndpoint
from chalicelib.ports.all import Ports
from chalicelib.ports.filed import UnreadableRecordError
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
    PUT_OFF = "put_off"
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
    before anything else is read or done: a worker that fails or dies says nothing afterwards.
    """
    delivery = _look_up(ports, message, tries)
    if delivery is None or not _is_wanted(ports, delivery, is_first=FIRST in message):
        return NOTHING
    stored = delivery.attempts
    if tries >= TRIES:
        noted = _silent(ports, delivery)
        if not ports.endpoints.note(noted, attempts=stored):
            return NOTHING
        stored = noted.attempts
    try:
        endpoint = ports.endpoints.find(delivery.tenant, delivery.endpoint_id)
    except UnreadableRecordError:
        return _count_only(ports, delivery, FailureReason.SILENCE, stored)
    return _deliver(ports, endpoint, delivery, write, stored)


def _look_up(ports: Ports, message: Mapping[str, str], tries: int) -> Delivery | None:
    """Return what is owed. One that can't be made out begins anew from its keys, on the last try.

    Raises UnreadableRecordError.
    """
    where = tenant_of(message["tenant"]), message["endpoint"], message["event"]
    try:
        return ports.endpoints.delivery(*where)
    except UnreadableRecordError:
        if tries >= TRIES:
            anew = owed(*where, ports.clock.now(), is_presumed=True)
            ports.endpoints.begin_anew(_silent(ports, anew))
        raise


def _deliver(
    ports: Ports,
    endpoint: WebhookEndpoint | None,
    delivery: Delivery,
    write: Callable[[Event], str],
    stored: int,
) -> Outcome:
    """Post the event, if there still is somebody who takes it. `stored`: attempts by now."""
    event = ports.ledger.event(delivery.tenant, delivery.event_id)
    if endpoint is None or event is None or _is_unwanted(endpoint, event, delivery):
        ports.endpoints.settle(delivery)
        return NOTHING
    if not endpoint.is_enabled:
        return _give_up(ports, delivery, stored)
    if spared := _spared(ports, endpoint, delivery, stored):
        return spared
    [event] = without_identity(ports, [event])  # the erasure's worker may come by later
    message_out = WebhookMessage(event.id, ports.clock.now(), write(event))
    return _attempt(ports, endpoint, delivery, message_out, stored)


def _is_wanted(ports: Ports, delivery: Delivery, *, is_first: bool) -> bool:
    """Say whether to try now: the first message goes ahead of the sweep, and once only."""
    if delivery.due_at is None:
        return False
    return (is_first and delivery.attempts == 0) or delivery.due_at <= ports.clock.now()


def _is_unwanted(endpoint: WebhookEndpoint, event: Event, delivery: Delivery) -> bool:
    """Say whether it was owed only because nobody could read that the endpoint doesn't list it."""
    return delivery.is_presumed and not endpoint.lists(event.type)


def _spared(
    ports: Ports, endpoint: WebhookEndpoint, delivery: Delivery, stored: int
) -> Outcome | None:
    """Put off the attempt where the endpoint isn't to be called now; None: it is.

    Its pause costs a delivery no attempt for days, and one after that, as being down always does.
    The last attempt is made then.
    """
    now = ports.clock.now()
    pause = endpoint.pause(now)
    if pause and delivery.is_patient(now):
        after = delivery.put_off(now, pause, _chance(ports))
        noted = ports.endpoints.note(after, attempts=stored)
        return Outcome(Published.PUT_OFF) if noted else NOTHING
    if delivery.is_at_its_last or not (pause or endpoint.is_down(now)):
        return None
    last = endpoint.last_failure
    reason = last.reason if last else FailureReason.TIMEOUT
    return _count_only(ports, delivery, reason, stored, pause)


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
    gone = answered.status == GONE
    _note(ports, endpoint, endpoint.failed(failure, gone=gone, pause=answered.pause))
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


def _count_only(
    ports: Ports,
    delivery: Delivery,
    reason: FailureReason,
    stored: int,
    pause: timedelta = timedelta(),
) -> Outcome:
    """Count an attempt without making it.

    An endpoint that hangs would keep a worker each time, and one that can't be read has no address.
    """
    after = delivery.failed(Failure(ports.clock.now(), reason), _chance(ports), pause=pause)
    if not ports.endpoints.note(after, attempts=stored):
        return NOTHING
    return Outcome(Published.FAILED if after.due_at else Published.GIVEN_UP)


def _give_up(ports: Ports, delivery: Delivery, stored: int) -> Outcome:
    failure = Failure(ports.clock.now(), FailureReason.DISABLED)
    ports.endpoints.note(delivery.given_up(failure), attempts=stored)
    return Outcome(Published.GIVEN_UP)


def _silent(ports: Ports, delivery: Delivery) -> Delivery:
    """Return it as it is after an attempt of which nobody says anything."""
    return delivery.failed(Failure(ports.clock.now(), FailureReason.SILENCE), _chance(ports))


def _chance(ports: Ports) -> float:
    return ports.chance.bits(CHANCE_BITS) / (1 << CHANCE_BITS)
