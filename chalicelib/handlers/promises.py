"""Promises to pay: taken, looked at, and called off. What came of them, Dunlin finds out itself."""

from __future__ import annotations

from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.invoices import CancelBody
from chalicelib.handlers.bodies.promises import PromiseBody
from chalicelib.handlers.bodies.queries import PromisesQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.promise import PromiseShape, promise_shape
from chalicelib.services.cancel_promise import cancel_promise
from chalicelib.services.common import load_promise
from chalicelib.services.take_promise import take_promise

resource = Resource(__name__, "Promises")
blueprint = resource.blueprint


@resource.post("/v1/promises", PromiseShape, body=PromiseBody, other_statuses=(404, 409))
def add_promise(call: Call[PromiseBody, NoQuery]) -> PromiseShape:
    """Take a promise to pay; its invoices aren't followed up until it is kept or broken"""
    order = call.body.order()
    promise = take_promise(call.ports, call.tenant, call.change, order, once=call.once)
    return promise_shape(promise)


@resource.get("/v1/promises", ListShape[PromiseShape], query=PromisesQuery)
def list_promises(call: Call[Nothing, PromisesQuery]) -> ListShape[PromiseShape]:
    """List promises to pay"""
    page = call.ports.ledger.promises_page(
        call.tenant,
        call.query.cursor(),
        status=call.query.status,
        customer_id=call.query.customer,
    )
    return list_shape(page, promise_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/promises/{promise_id}", PromiseShape)
def get_promise(call: Call[Nothing, NoQuery], promise_id: str) -> PromiseShape:
    """Get a promise to pay"""
    return promise_shape(load_promise(call.ports, call.tenant, promise_id))


@resource.post(
    "/v1/promises/{promise_id}/cancel",
    PromiseShape,
    body=CancelBody,
    status=200,
    other_statuses=(409,),
)
def cancel(call: Call[CancelBody, NoQuery], promise_id: str) -> PromiseShape:
    """Call a promise off; it counts as neither kept nor broken"""
    promise = cancel_promise(
        call.ports, call.tenant, call.change, promise_id, reason=call.body.reason
    )
    return promise_shape(promise)
