"""Services of customers."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.restriction import ServiceAction
from chalicelib.domain.service import Service, ServiceStatus
from chalicelib.storage import keys
from chalicelib.storage.items import ServiceItem
from chalicelib.storage.mapping.common import change_of, stamp


def to_record(service: Service) -> ServiceItem:
    """Return the item of a service."""
    return ServiceItem(
        **stamp(service, keys.child(service.tenant, ids.SERVICE, service.id)),
        list_pk=keys.services_list(service.tenant, service.status),
        list_sk=keys.position(ids.SERVICE, service.id),
        created_at=service.created_at,
        action=service.action,
        number=service.number,
        status=service.status,
        invoices=service.invoices or None,
        requested_at=service.requested_at,
        asked=service.asked,
        asked_at=service.asked_at,
        acknowledged_at=service.acknowledged_at,
        bearer=service.bearer,
        task=service.task,
    )


def from_record(item: ServiceItem) -> Service:
    """Return the service of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return Service(
        id=keys.identifier(ids.SERVICE, item.key),
        tenant=tenant,
        customer_id=customer_id,
        created_at=item.created_at,
        action=ServiceAction(item.action),
        number=item.number,
        status=ServiceStatus(item.status),
        invoices=tuple(item.invoices or ()),
        requested_at=item.requested_at,
        asked=item.asked,
        asked_at=item.asked_at,
        acknowledged_at=item.acknowledged_at,
        bearer=item.bearer,
        task=item.task,
        version=item.version,
        change=change_of(item),
    )
