"""Segments decide which sequence is followed, so changing them needs the scope `admin`."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.access import AccessScope
from chalicelib.domain.customer import Change
from chalicelib.handlers.answers import Answer
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.fields import SEGMENT_ID
from chalicelib.handlers.bodies.queries import SegmentQuery
from chalicelib.handlers.bodies.segments import OverrideBody, SegmentBody, SegmentPreviewBody
from chalicelib.handlers.routing import Call, Resource, of_shape
from chalicelib.handlers.shapes.common import ListShape, timestamp
from chalicelib.handlers.shapes.customer import CustomerShape, customer_shape
from chalicelib.handlers.shapes.invoice import InvoiceShape, invoice_shape
from chalicelib.handlers.shapes.segment import (
    AssignmentShape,
    SegmentPreviewShape,
    SegmentShape,
    preview_shape,
    segment_shape,
)
from chalicelib.services.assign_segments import request_assignment
from chalicelib.services.override_sequence import (
    override_for_customer,
    override_for_invoice,
    reset_for_customer,
    reset_for_invoice,
)
from chalicelib.services.preview_segments import preview_segments
from chalicelib.services.save_segment import (
    add_segment,
    change_segment,
    find_segment,
    remove_segment,
)

resource = Resource(__name__, "Segments")
blueprint = resource.blueprint


@resource.post(
    "/v1/segments",
    SegmentShape,
    body=SegmentBody,
    scope=AccessScope.ADMIN,
    other_statuses=(409,),
)
def create_segment(call: Call[SegmentBody, NoQuery]) -> SegmentShape:
    """Create a segment; new invoices follow it from now on"""
    draft = call.body.draft()
    return segment_shape(add_segment(call.ports, call.tenant, call.change, draft))


@resource.get("/v1/segments", ListShape[SegmentShape])
def list_segments(call: Call[Nothing, NoQuery]) -> ListShape[SegmentShape]:
    """List the segments in the order in which they are asked"""
    data = [segment_shape(each) for each in call.ports.configuration.segments(call.tenant)]
    return ListShape(object="list", data=data, has_more=False, url=call.path)


@resource.get("/v1/segments/{segment_id}", SegmentShape, query=SegmentQuery)
def get_segment(call: Call[Nothing, SegmentQuery], segment_id: str) -> SegmentShape:
    """Get a segment, or any version of it, also once it was deleted"""
    wanted = of_shape(SEGMENT_ID, segment_id, "segment")
    return segment_shape(find_segment(call.ports, call.tenant, wanted, call.query.version))


@resource.put("/v1/segments/{segment_id}", SegmentShape, body=SegmentBody, scope=AccessScope.ADMIN)
def replace_segment(call: Call[SegmentBody, NoQuery], segment_id: str) -> SegmentShape:
    """Store a new version of a segment; open cases stay where they are until they are assigned"""
    wanted = of_shape(SEGMENT_ID, segment_id, "segment")
    draft = call.body.draft()
    return segment_shape(change_segment(call.ports, call.tenant, call.change, wanted, draft))


@resource.delete("/v1/segments/{segment_id}", SegmentShape, scope=AccessScope.ADMIN)
def delete_segment(call: Call[Nothing, NoQuery], segment_id: str) -> SegmentShape:
    """Delete a segment; its versions can still be read"""
    wanted = of_shape(SEGMENT_ID, segment_id, "segment")
    return segment_shape(remove_segment(call.ports, call.tenant, call.change, wanted))


@resource.post(
    "/v1/segments/preview",
    SegmentPreviewShape,
    body=SegmentPreviewBody,
    status=200,
    scope=AccessScope.READ,
)
def preview_moves(call: Call[SegmentPreviewBody, NoQuery]) -> SegmentPreviewShape:
    """See which open cases would move where; stores nothing"""
    body = call.body
    found = preview_segments(call.ports, call.tenant, body.drafts(), body.cursor())
    return preview_shape(found)


@resource.post("/v1/segments/assign", AssignmentShape, status=202, scope=AccessScope.ADMIN)
def assign_segments(call: Call[Nothing, NoQuery]) -> Answer:
    """Bring all open cases to where the segments say, in the background"""
    request_assignment(call.ports, call.tenant, call.change)
    requested_at = timestamp(call.ports.clock.now())
    return Answer(202, AssignmentShape(object="segment_assignment", requested_at=requested_at))


@resource.put(
    "/v1/customers/{customer_id}/sequence",
    CustomerShape,
    body=OverrideBody,
    scope=AccessScope.WRITE,
)
def override_customer(call: Call[OverrideBody, NoQuery], customer_id: str) -> CustomerShape:
    """Let a customer's invoices follow a sequence whatever the segments say"""
    sequence = call.body.sequence
    customer = override_for_customer(call.ports, call.tenant, _because(call), customer_id, sequence)
    return customer_shape(customer)


@resource.delete("/v1/customers/{customer_id}/sequence", CustomerShape, scope=AccessScope.WRITE)
def reset_customer(call: Call[Nothing, NoQuery], customer_id: str) -> CustomerShape:
    """Let a customer's invoices follow what the segments say again"""
    customer = reset_for_customer(call.ports, call.tenant, call.change, customer_id)
    return customer_shape(customer)


@resource.put(
    "/v1/invoices/{invoice_id}/sequence",
    InvoiceShape,
    body=OverrideBody,
    scope=AccessScope.WRITE,
)
def override_invoice(call: Call[OverrideBody, NoQuery], invoice_id: str) -> InvoiceShape:
    """Let an open invoice follow a sequence whatever the segments say"""
    sequence = call.body.sequence
    invoice = override_for_invoice(call.ports, call.tenant, _because(call), invoice_id, sequence)
    return invoice_shape(invoice, call.ports.links)


@resource.delete("/v1/invoices/{invoice_id}/sequence", InvoiceShape, scope=AccessScope.WRITE)
def reset_invoice(call: Call[Nothing, NoQuery], invoice_id: str) -> InvoiceShape:
    """Take an invoice's override back"""
    invoice = reset_for_invoice(call.ports, call.tenant, call.change, invoice_id)
    return invoice_shape(invoice, call.ports.links)


def _because(call: Call[OverrideBody, NoQuery]) -> Change:
    """Return the change with the caller's reason as its why."""
    return replace(call.change, why=call.body.reason)
