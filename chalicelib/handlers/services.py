"""Services: what the billing system is asked to do with what a customer gets, and has done."""

from __future__ import annotations

from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.services import AcknowledgeBody, ServicesQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.service import ServiceShape, service_shape
from chalicelib.services import acknowledge_service as services
from chalicelib.services.common import load_service

resource = Resource(__name__, "Services")
blueprint = resource.blueprint


@resource.get("/v1/services", ListShape[ServiceShape], query=ServicesQuery)
def list_services(call: Call[Nothing, ServicesQuery]) -> ListShape[ServiceShape]:
    """List customers' services that something was asked about"""
    page = call.ports.ledger.services_page(
        call.tenant,
        call.query.cursor(),
        status=call.query.status,
        customer_id=call.query.customer,
    )
    return list_shape(page, service_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/services/{service_id}", ServiceShape)
def get_service(call: Call[Nothing, NoQuery], service_id: str) -> ServiceShape:
    """Get a customer's service"""
    return service_shape(load_service(call.ports, call.tenant, service_id))


@resource.post(
    "/v1/services/{service_id}/acknowledge", ServiceShape, body=AcknowledgeBody, status=200
)
def acknowledge_service(call: Call[AcknowledgeBody, NoQuery], service_id: str) -> ServiceShape:
    """Say that a request about a customer's service was carried out"""
    number = call.body.number
    done = services.acknowledge_service(call.ports, call.tenant, call.change, service_id, number)
    return service_shape(done)
