"""Disputes: what a customer doesn't want to pay is set aside, seen to, and decided on."""

from __future__ import annotations

from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.disputes import (
    AssignBody,
    DisputeBody,
    DisputesQuery,
    ExtendBody,
    ResolveBody,
)
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.dispute import DisputeShape, dispute_shape
from chalicelib.services import change_dispute
from chalicelib.services.common import load_dispute
from chalicelib.services.open_dispute import open_dispute
from chalicelib.services.resolve_dispute import resolve_dispute

resource = Resource(__name__, "Disputes")
blueprint = resource.blueprint


@resource.post("/v1/disputes", DisputeShape, body=DisputeBody, other_statuses=(404, 409))
def add_dispute(call: Call[DisputeBody, NoQuery]) -> DisputeShape:
    """Set aside what a customer disputes, or deducted from a payment"""
    order = call.body.order()
    return dispute_shape(open_dispute(call.ports, call.tenant, call.change, order, once=call.once))


@resource.get("/v1/disputes", ListShape[DisputeShape], query=DisputesQuery)
def list_disputes(call: Call[Nothing, DisputesQuery]) -> ListShape[DisputeShape]:
    """List disputes"""
    page = call.ports.ledger.disputes_page(
        call.tenant,
        call.query.cursor(),
        status=call.query.status,
        customer_id=call.query.customer,
    )
    return list_shape(page, dispute_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/disputes/{dispute_id}", DisputeShape)
def get_dispute(call: Call[Nothing, NoQuery], dispute_id: str) -> DisputeShape:
    """Get a dispute"""
    return dispute_shape(load_dispute(call.ports, call.tenant, dispute_id))


@resource.post(
    "/v1/disputes/{dispute_id}/assign",
    DisputeShape,
    body=AssignBody,
    status=200,
    other_statuses=(409,),
)
def assign_dispute(call: Call[AssignBody, NoQuery], dispute_id: str) -> DisputeShape:
    """Give an open dispute to somebody"""
    who = call.body.assignee
    assign = change_dispute.assign_dispute
    return dispute_shape(assign(call.ports, call.tenant, call.change, dispute_id, who))


@resource.post(
    "/v1/disputes/{dispute_id}/extend",
    DisputeShape,
    body=ExtendBody,
    status=200,
    other_statuses=(409,),
)
def extend_dispute(call: Call[ExtendBody, NoQuery], dispute_id: str) -> DisputeShape:
    """Put off the deadline of an open dispute"""
    deadline = call.body.deadline
    extend = change_dispute.extend_dispute
    return dispute_shape(extend(call.ports, call.tenant, call.change, dispute_id, deadline))


@resource.post(
    "/v1/disputes/{dispute_id}/resolve",
    DisputeShape,
    body=ResolveBody,
    status=200,
    other_statuses=(409,),
)
def resolve(call: Call[ResolveBody, NoQuery], dispute_id: str) -> DisputeShape:
    """Decide on an open dispute"""
    decision = call.body.decision()
    done = resolve_dispute(call.ports, call.tenant, call.change, dispute_id, decision)
    return dispute_shape(done)
