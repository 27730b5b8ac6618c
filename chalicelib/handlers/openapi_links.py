"""Where an answer leads: OpenAPI's links, derived from the routes, so that a new route joins in.

A record's `id` leads to every route that takes the id of such a record, and other records that it
names (`customer`, `case`, …) can be got. A text has a name of several members instead. A list leads
where its first record does, and on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

from chalicelib.handlers.routing import Route
from chalicelib.handlers.shapes.case import CaseShape
from chalicelib.handlers.shapes.charge import ChargeShape
from chalicelib.handlers.shapes.clock import ClockShape
from chalicelib.handlers.shapes.common import ListShape
from chalicelib.handlers.shapes.customer import CustomerShape, StatementShape
from chalicelib.handlers.shapes.dispute import DisputeShape
from chalicelib.handlers.shapes.export import ExportShape
from chalicelib.handlers.shapes.invoice import BatchItemShape, InvoiceShape
from chalicelib.handlers.shapes.log import CommunicationShape, EventShape, FeedShape
from chalicelib.handlers.shapes.payment import AllocationShape, CreditNoteShape, PaymentShape
from chalicelib.handlers.shapes.payment_plan import PaymentPlanShape
from chalicelib.handlers.shapes.promise import PromiseShape
from chalicelib.handlers.shapes.segment import SegmentShape
from chalicelib.handlers.shapes.sequence import SequenceShape
from chalicelib.handlers.shapes.service import ServiceShape
from chalicelib.handlers.shapes.task import TaskShape
from chalicelib.handlers.shapes.template import TemplatePreviewShape, TemplateShape
from chalicelib.handlers.shapes.webhook_endpoint import (
    SecretWebhookEndpointShape,
    WebhookEndpointShape,
)

BODY = "$response.body#"
FIRST = "/data/0"
CURSOR = frozenset({"limit", "starting_after", "ending_before"})

KINDS: dict[str, Any] = {
    "customer": CustomerShape,
    "invoice": InvoiceShape,
    "case": CaseShape,
    "payment": PaymentShape,
    "credit_note": CreditNoteShape,
    "charge": ChargeShape,
    "promise": PromiseShape,
    "payment_plan": PaymentPlanShape,
    "communication": CommunicationShape,
    "event": EventShape,
    "task": TaskShape,
    "dispute": DisputeShape,
    "service": ServiceShape,
    "sequence": SequenceShape,
    "segment": SegmentShape,
    "test_clock": ClockShape,
    "webhook_endpoint": WebhookEndpointShape,
}
"""What has an id, by the name under which queries, bodies and other records name it."""

SAME: dict[Any, Any] = {SecretWebhookEndpointShape: WebhookEndpointShape}
"""What shows a record with more than others do."""

IN_PATH = {
    **{f"{kind}_id": kind for kind in KINDS},
    "clock_id": "test_clock",
    "endpoint_id": "webhook_endpoint",
}
"""Which kind's id a parameter of a path is."""

IN_BODY = {
    "add_customer": {"test_clock"},
    "add_dispute": {"invoice"},
    "add_invoice": {"customer", "sequence"},
    "preview": {"sequence"},
    "create_segment": {"sequence"},
    "replace_segment": {"sequence"},
    "override_customer": {"sequence"},
    "override_invoice": {"sequence"},
}
"""Which kinds' ids a body takes."""

OF_INVOICE = {"amount": "amount_remaining", "currency": "currency"}
TAKEN_OVER = {"add_payment": OF_INVOICE, "add_credit_note": OF_INVOICE}
"""What else of an invoice goes into a body: all that is left of it."""

RECORDS: dict[Any, tuple[tuple[str, Any], ...]] = {
    BatchItemShape: (("/invoice", InvoiceShape),),
    ExportShape: (("/customer", CustomerShape),),
    FeedShape: ((FIRST, EventShape),),
    PaymentShape: (("", PaymentShape), ("/allocations/0", AllocationShape)),
    StatementShape: (("", StatementShape), ("/invoices/0", InvoiceShape)),
}
"""Where ids stand in what has other records within it; elsewhere they stand at the top."""

NAMED: dict[Any, tuple[str, ...]] = dict.fromkeys(
    (TemplateShape, TemplatePreviewShape), ("message", "channel", "locale")
)
"""What has no id: the members that are its name, and the parameters of its paths."""

_PARAMETER = re.compile(r"{(\w+)}")


@dataclass(frozen=True, slots=True)
class Link:
    """One way on: members of the request as runtime expressions over the answer."""

    name: str
    operation: str
    parameters: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] = field(default_factory=dict)

    def description(self) -> dict[str, Any]:
        """Return the link as OpenAPI writes it."""
        written: dict[str, Any] = {"operationId": self.operation}
        if self.parameters:
            written["parameters"] = self.parameters
        if self.body:
            written["requestBody"] = self.body
            written["description"] = "The rest of the body is the caller's to say."
        return written


def links_of(route: Route, routes: list[Route]) -> list[Link]:
    """Return where the answer of a route leads, among the routes that there are."""
    to_others = [
        link
        for place, shape in _records_in(route.shape)
        for member, kind in _ids_in(shape)
        for target in routes
        if (member == "id" or _gets(target, kind)) and not (target is route and _gets(route, kind))
        for link in _links(place, member, kind, target, shape)
    ]
    return to_others + _to_names(route, routes) + _onwards(route)


def _to_names(route: Route, routes: list[Route]) -> list[Link]:
    """Return the ways to the other routes of what has a name of several members."""
    return [
        Link(
            name=_name(target, "name", f"{place}/name"),
            operation=target.name,
            parameters={each: f"{BODY}{place}/{each}" for each in NAMED[shape]},
        )
        for place, shape in _records_in(route.shape)
        if shape in NAMED
        for target in routes
        if target is not route and _PARAMETER.findall(target.path) == list(NAMED[shape])
    ]


def _records_in(shape: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - any type form
    """Yield where a record with ids stands in an answer of that shape, and the record's shape."""
    if get_origin(shape) is ListShape:
        [inner] = get_args(shape)
        yield from ((f"{FIRST}{place}", each) for place, each in _records_in(inner))
    else:
        yield from RECORDS.get(shape, (("", shape),))


def _ids_in(shape: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any type form
    """Yield the members of a record that are ids, and of what."""
    for kind, each in KINDS.items():
        if each is SAME.get(shape, shape):
            yield "id", kind
        elif kind in shape.__annotations__:
            yield kind, kind


def _gets(route: Route, kind: str) -> bool:
    """Say whether a route reads a record of a kind by its id."""
    return route.method == "GET" and route.shape is KINDS[kind] and "{" in route.path


def _links(
    place: str,
    member: str,
    kind: str,
    target: Route,
    shape: Any,  # noqa: ANN401 - any type form
) -> Iterator[Link]:
    """Yield the ways to a route with the id of a kind that is a member of the record at a place."""
    pointer = f"{place}/{member}"
    for parameter in (*_PARAMETER.findall(target.path), *target.query.model_fields):
        if kind in {parameter, IN_PATH.get(parameter)}:
            version = _version(target, member, pointer, shape)
            is_newest = (
                member != "id" and "version" in {*target.query.model_fields} - version.keys()
            )
            yield Link(
                name=_name(target, f"{parameter}.newest" if is_newest else parameter, pointer),
                operation=target.name,
                parameters={parameter: BODY + pointer, **version},
                body={
                    name: f"{BODY}{place}/{source}"
                    for name, source in TAKEN_OVER.get(target.name, {}).items()
                },
            )
    if kind in IN_BODY.get(target.name, ()):
        body = {kind: BODY + pointer}
        yield Link(name=_name(target, kind, pointer), operation=target.name, body=body)


def _version(
    target: Route,
    member: str,
    pointer: str,
    shape: Any,  # noqa: ANN401 - any type form
) -> dict[str, str]:
    """Return which version of a sequence or segment it is, where the record keeps one."""
    keeps = f"{member}_version" in shape.__annotations__
    if keeps and "version" in target.query.model_fields:
        return {"version": f"{BODY}{pointer}_version"}
    return {}


def _onwards(route: Route) -> list[Link]:
    """Return the way to what comes after the first record of a list, or to an export's next part.

    The rest of the request stays as it was.
    """
    if "starting_after" in route.query.model_fields:
        after = {"starting_after": f"{BODY}{FIRST}/id"}
    elif route.shape is ExportShape:
        after = {"after": f"{BODY}/next"}
    else:
        return []
    path = {name: f"$request.path.{name}" for name in _PARAMETER.findall(route.path)}
    filters = [name for name in route.query.model_fields if name not in {*CURSOR, *after}]
    query = {name: f"$request.query.{name}" for name in filters}
    parameters = path | query | after
    return [Link(name=f"{route.name}.onwards", operation=route.name, parameters=parameters)]


def _name(target: Route, place: str, pointer: str) -> str:
    """Return what tells a link from others: `get_case.case_id.from.data.0.case`."""
    return f"{target.name}.{place}.from{pointer.replace('/', '.')}"
