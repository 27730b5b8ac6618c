"""Webhook endpoints and what they are owed.

Every event asks for its tenant's endpoints, so they are kept for some seconds, also where there
are none. What is owed stands in the due index, in shards of its own, spread over them by event.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.operand import Path

from chalicelib.domain import ids
from chalicelib.domain.delivery import KEPT_FOR, Delivery
from chalicelib.domain.due import delivery_partition
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import WebhookEndpoint
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.kept import Kept
from chalicelib.ports.storage import Cursor, Page, WriteConflictError
from chalicelib.ports.webhooks import UnreadableEndpoint
from chalicelib.ports.world import Clock
from chalicelib.storage import keys, webhook_keys
from chalicelib.storage.conditions import ConditionFailedError
from chalicelib.storage.items import DeliveryItem, Item, WebhookEndpointItem
from chalicelib.storage.mapping.event import to_record
from chalicelib.storage.strands import Strand, page_of, walk
from chalicelib.storage.table import Delete, Put, Table

ENDPOINTS_KEPT_FOR = timedelta(seconds=10)
QUEUE = "webhook"
Found = WebhookEndpoint | UnreadableEndpoint


class TableWebhookEndpoints:
    """The WebhookEndpoints port on DynamoDB. `clock` is the wall clock.

    `tell` hears of an endpoint that can't be made out: its tenant, its id and the error's name.
    """

    def __init__(
        self, table: Table, clock: Clock, *, shards: int, tell: Callable[[Tenant, str, str], None]
    ) -> None:
        self._table = table
        self._shards = shards
        self._tell = tell
        self._known: Kept[Tenant, tuple[Found, ...]] = Kept(clock, ENDPOINTS_KEPT_FOR)

    def all(self, tenant: Tenant) -> tuple[WebhookEndpoint, ...]:
        found = self._all(tenant)
        return tuple(each for each in found if isinstance(each, WebhookEndpoint))

    def known(self, tenant: Tenant) -> tuple[Found, ...]:
        return self._known.get(tenant, lambda: self._all(tenant))

    def forget(self, tenant: Tenant) -> None:
        self._known.forget(tenant)

    def find(self, tenant: Tenant, endpoint_id: str) -> WebhookEndpoint | None:
        raw = self._table.get_raw(webhook_keys.endpoint(tenant, endpoint_id))
        found = self._made_out(tenant, raw) if raw else None
        if isinstance(found, UnreadableEndpoint):
            raise UnreadableRecordError(f"{found.fault} at {endpoint_id}")
        return found

    def save(self, endpoint: WebhookEndpoint, event: Event | None = None) -> None:
        key = webhook_keys.endpoint(endpoint.tenant, endpoint.id)
        item = WebhookEndpointItem(pk=key.pk, sk=key.sk, body=endpoint, version=endpoint.version)
        as_read = (
            WebhookEndpointItem.pk.does_not_exist()
            if endpoint.version == 1
            else WebhookEndpointItem.version == endpoint.version - 1
        )
        puts = [Put(item, as_read), *([Put(to_record(event), None)] if event else [])]
        self._write(endpoint, puts, [])

    def remove(self, endpoint: WebhookEndpoint, event: Event) -> None:
        key = webhook_keys.endpoint(endpoint.tenant, endpoint.id)
        as_read = WebhookEndpointItem.version == endpoint.version
        self._write(endpoint, [Put(to_record(event), None)], [Delete(key, as_read)])

    def owe(self, deliveries: Iterable[Delivery]) -> None:
        self._table.put_all(self._item(each) for each in deliveries)

    def delivery(self, tenant: Tenant, endpoint_id: str, event_id: str) -> Delivery | None:
        if not keys.names(ids.EVENT, event_id):
            return None
        key = webhook_keys.delivery(tenant, endpoint_id, event_id)
        raw = self._table.get_raw(key)
        try:
            return _read(raw) if raw else None
        except Exception as error:
            raise UnreadableRecordError(f"{type(error).__name__} at {key.sk}") from error

    def begin_anew(self, delivery: Delivery) -> None:
        with suppress(ConditionFailedError):
            self._table.put(self._item(delivery), DeliveryItem.pk.exists())

    def note(self, delivery: Delivery, *, attempts: int) -> bool:
        as_read = DeliveryItem.attempts == attempts
        try:
            self._table.put(self._item(delivery), _not_owed_anew(delivery) & as_read)
        except ConditionFailedError:
            return False
        return True

    def settle(self, delivery: Delivery) -> None:
        key = webhook_keys.delivery(delivery.tenant, delivery.endpoint_id, delivery.event_id)
        with suppress(ConditionFailedError):
            self._table.delete(key, _not_owed_anew(delivery))

    def deliveries_page(self, tenant: Tenant, endpoint_id: str, cursor: Cursor) -> Page[Delivery]:
        strand = Strand(webhook_keys.deliveries(tenant, endpoint_id), webhook_keys.DELIVERY)
        beyond = cursor.before or cursor.after
        bound = keys.position(ids.EVENT, beyond) if beyond else None
        found = walk(self._table, [strand], cursor, bound)
        return page_of((_read(raw) for raw in found), cursor)

    def _all(self, tenant: Tenant) -> tuple[Found, ...]:
        begins = Path(keys.SORT).startswith(webhook_keys.ENDPOINT)
        found = self._table.query(
            keys.configuration(tenant), begins, newest_first=True, consistent=True
        )
        return tuple(self._made_out(tenant, raw) for raw in found)

    def _made_out(self, tenant: Tenant, raw: dict[str, Any]) -> Found:
        """Return an endpoint, or that it can't be made out: the others get their events."""
        try:
            return _endpoint(raw)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others are there
            endpoint_id = raw[keys.SORT]["S"].removeprefix(webhook_keys.ENDPOINT)
            unreadable = UnreadableEndpoint(endpoint_id, type(error).__name__)
            self._tell(tenant, unreadable.id, unreadable.fault)
            return unreadable

    def _write(self, endpoint: WebhookEndpoint, puts: list[Put], deletes: list[Delete]) -> None:
        try:
            self._table.write(puts, deletes)
        except ConditionFailedError as lost:
            raise WriteConflictError(endpoint.id) from lost
        self.forget(endpoint.tenant)

    def _item(self, delivery: Delivery) -> DeliveryItem:
        key = webhook_keys.delivery(delivery.tenant, delivery.endpoint_id, delivery.event_id)
        where = delivery_partition(delivery.event_id, shards=self._shards)
        is_due, ended = delivery.due_at is not None, delivery.ended_at
        return DeliveryItem(
            pk=key.pk,
            sk=key.sk,
            created_at=delivery.created_at,
            attempts=delivery.attempts,
            last_failure=delivery.last_failure,
            ended_at=ended,
            is_presumed=delivery.is_presumed or None,
            due_pk=where if is_due else None,
            due_at=delivery.due_at,
            channel=QUEUE if is_due else None,
            expires_at=int((ended + KEPT_FOR).timestamp()) if ended else None,
        )


def _not_owed_anew(delivery: Delivery) -> Condition:
    """Each owing has its moment: a retry, or a stream that comes again, begins another one."""
    return DeliveryItem.created_at == delivery.created_at


def _endpoint(raw: dict[str, Any]) -> WebhookEndpoint:
    item = Item.from_raw_data(raw)
    if not isinstance(item, WebhookEndpointItem):
        raise TypeError(f"{item.kind} is no endpoint")
    return item.body


def _read(raw: dict[str, Any]) -> Delivery:
    item = Item.from_raw_data(raw)
    if not isinstance(item, DeliveryItem):
        raise TypeError(f"{item.kind} is no delivery")
    return _delivery(item)


def _delivery(item: DeliveryItem) -> Delivery:
    found = webhook_keys.owed(item.key)
    if found is None:
        raise TypeError(f"{item.pk} is no key of a delivery")
    tenant, endpoint_id, event_id = found
    return Delivery(
        tenant=tenant,
        endpoint_id=endpoint_id,
        event_id=event_id,
        created_at=item.created_at,
        due_at=item.due_at,
        attempts=item.attempts,
        last_failure=item.last_failure,
        ended_at=item.ended_at,
        is_presumed=bool(item.is_presumed),
    )
