"""Fees, interest and compensation on invoices that are late, and waivers of them."""

from __future__ import annotations

from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.charges import ChargeBody, WaiverBody
from chalicelib.handlers.bodies.queries import ChargesQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.charge import ChargeShape, charge_shape
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.services.add_charge import add_charge
from chalicelib.services.common import load_charge
from chalicelib.services.list_payments import charges_page
from chalicelib.services.waive_charge import waive_charge

resource = Resource(__name__, "Charges")
blueprint = resource.blueprint


@resource.post(
    "/v1/invoices/{invoice_id}/charges", ChargeShape, body=ChargeBody, other_statuses=(409,)
)
def charge(call: Call[ChargeBody, NoQuery], invoice_id: str) -> ChargeShape:
    """Charge a fee, interest or compensation"""
    order = call.body.order(invoice_id)
    return charge_shape(add_charge(call.ports, call.tenant, call.change, order, once=call.once))


@resource.get("/v1/charges", ListShape[ChargeShape], query=ChargesQuery)
def list_charges(call: Call[Nothing, ChargesQuery]) -> ListShape[ChargeShape]:
    """List the charges of a customer, or of an invoice"""
    page = charges_page(
        call.ports,
        call.tenant,
        call.query.cursor(),
        customer_id=call.query.customer,
        invoice_id=call.query.invoice,
    )
    return list_shape(page, charge_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/charges/{charge_id}", ChargeShape)
def get_charge(call: Call[Nothing, NoQuery], charge_id: str) -> ChargeShape:
    """Get a charge"""
    return charge_shape(load_charge(call.ports, call.tenant, charge_id))


@resource.post("/v1/charges/{charge_id}/waive", ChargeShape, body=WaiverBody, other_statuses=(409,))
def waive(call: Call[WaiverBody, NoQuery], charge_id: str) -> ChargeShape:
    """Waive a charge, or part of it"""
    order = call.body.order(charge_id)
    return charge_shape(waive_charge(call.ports, call.tenant, call.change, order, once=call.once))
