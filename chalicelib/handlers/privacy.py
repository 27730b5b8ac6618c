"""Personal data: what a customer may ask for, and what is then done."""

from __future__ import annotations

from chalicelib.domain.access import AccessScope
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.privacy import ConsentBody, ErasureBody, ExportQuery
from chalicelib.handlers.bodies.queries import TimelineQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.customer import (
    CustomerShape,
    SaidShape,
    customer_shape,
    said_shape,
)
from chalicelib.handlers.shapes.export import ExportShape, export_shape
from chalicelib.services.common import load_customer, now_of
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.export_customer import filed_after, note_export
from chalicelib.services.list_consents import list_consents
from chalicelib.services.record_consent import record_consent

resource = Resource(__name__, "Personal data")
blueprint = resource.blueprint


@resource.get(
    "/v1/customers/{customer_id}/export",
    ExportShape,
    query=ExportQuery,
    scope=AccessScope.ADMIN,
    other_statuses=(409,),  # that it was handed out is noted at the customer
)
def export(call: Call[Nothing, ExportQuery], customer_id: str) -> ExportShape:
    """Export all that is stored of a customer"""
    after = call.query.position()
    customer = note_export(
        call.ports, call.tenant, call.change, customer_id, is_first=after is None
    )
    return export_shape(customer, filed_after(call.ports, customer, after), call.ports.links)


@resource.post("/v1/customers/{customer_id}/consents", CustomerShape, body=ConsentBody, status=200)
def add_consent(call: Call[ConsentBody, NoQuery], customer_id: str) -> CustomerShape:
    """Record a customer's consent to a channel, or their objection"""
    customer = load_customer(call.ports, call.tenant, customer_id)
    said = call.body.consent(now_of(call.ports, customer))
    return customer_shape(
        record_consent(call.ports, call.tenant, call.change, customer_id, call.body.channel, said)
    )


@resource.get("/v1/customers/{customer_id}/consents", ListShape[SaidShape], query=TimelineQuery)
def list_said(call: Call[Nothing, TimelineQuery], customer_id: str) -> ListShape[SaidShape]:
    """List what a customer said about each channel"""
    cursor = call.query.cursor()
    page = list_consents(call.ports, call.tenant, customer_id, cursor)
    return list_shape(page, said_shape, url=call.path, cursor=cursor)


@resource.post(
    "/v1/customers/{customer_id}/erase",
    CustomerShape,
    body=ErasureBody,
    status=200,
    scope=AccessScope.ADMIN,
)
def erase(call: Call[ErasureBody, NoQuery], customer_id: str) -> CustomerShape:
    """Erase a customer; the ledger stays without identity"""
    return customer_shape(
        erase_customer(call.ports, call.tenant, call.change, customer_id, call.body.ground())
    )
