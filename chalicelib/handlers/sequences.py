"""Sequences decide who is written to and when, so changing them needs the scope `admin`."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.access import AccessScope
from chalicelib.domain.customer import CustomerKind
from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.fields import SEQUENCE_ID
from chalicelib.handlers.bodies.previews import PreviewBody
from chalicelib.handlers.bodies.queries import SequenceQuery, SequencesQuery
from chalicelib.handlers.bodies.sequences import SequenceBody
from chalicelib.handlers.routing import Call, Resource, of_shape
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.preview import PreviewShape, preview_shape
from chalicelib.handlers.shapes.sequence import SequenceShape, sequence_shape
from chalicelib.services.preview_sequence import preview_sequence
from chalicelib.services.save_sequence import add_sequence, change_sequence

resource = Resource(__name__, "Sequences")
blueprint = resource.blueprint


@resource.post("/v1/sequences", SequenceShape, body=SequenceBody, scope=AccessScope.ADMIN)
def create_sequence(call: Call[SequenceBody, NoQuery]) -> SequenceShape:
    """Create a sequence"""
    draft = call.body.draft()
    return sequence_shape(add_sequence(call.ports, call.tenant, call.change, draft))


@resource.get("/v1/sequences", ListShape[SequenceShape], query=SequencesQuery)
def list_sequences(call: Call[Nothing, SequencesQuery]) -> ListShape[SequenceShape]:
    """List sequences, the newest version of each"""
    page = call.ports.configuration.sequences_page(call.tenant, call.query.cursor())
    return list_shape(page, sequence_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/sequences/{sequence_id}", SequenceShape, query=SequenceQuery)
def get_sequence(call: Call[Nothing, SequenceQuery], sequence_id: str) -> SequenceShape:
    """Get the newest version of a sequence, or the one that is asked for"""
    wanted = of_shape(SEQUENCE_ID, sequence_id, "sequence")
    version = call.query.version
    sequence = call.ports.configuration.sequence(call.tenant, wanted, version)
    if sequence is None:
        which = f"version {version} of sequence" if version else "sequence"
        raise NotFoundError(f"There is no {which} {sequence_id}.")
    return sequence_shape(sequence)


@resource.put(
    "/v1/sequences/{sequence_id}", SequenceShape, body=SequenceBody, scope=AccessScope.ADMIN
)
def replace_sequence(call: Call[SequenceBody, NoQuery], sequence_id: str) -> SequenceShape:
    """Store a new version of a sequence; open cases keep theirs"""
    wanted = of_shape(SEQUENCE_ID, sequence_id, "sequence")
    draft = call.body.draft()
    return sequence_shape(change_sequence(call.ports, call.tenant, call.change, wanted, draft))


@resource.post(
    "/v1/sequences/preview",
    PreviewShape,
    body=PreviewBody,
    status=200,
    scope=AccessScope.READ,
)
def preview(call: Call[PreviewBody, NoQuery]) -> PreviewShape:
    """Try a sequence out; stores and sends nothing"""
    body = call.body
    given = body.sequence
    body.check_happenings()
    try:
        entries = preview_sequence(
            call.ports,
            call.tenant,
            given if isinstance(given, str) else given.draft(),
            body.customer.calendar(),
            [invoice.invoice() for invoice in body.invoices],
            [happening.happening() for happening in body.happenings],
            start=body.start,
            until=body.until,
            kind=CustomerKind(body.customer.kind),
        )
    except InvalidError as error:
        raise _within_sequence(error) from None
    return preview_shape(entries)


def _within_sequence(error: InvalidError) -> InvalidError:
    """Let pointers into a given sequence lead to where it stands in the request."""
    fields = tuple(
        field
        if field.pointer == "/sequence"
        else replace(field, pointer=f"/sequence{field.pointer}")
        for field in error.fields
    )
    return InvalidError(error.detail, fields=fields)
