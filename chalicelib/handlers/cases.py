"""Cases: the follow-up of each invoice, held back and let go on by hand, and explained."""

from __future__ import annotations

from chalicelib.handlers.bodies.actions import PauseBody
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.queries import CasesQuery
from chalicelib.handlers.routing import Call, Resource
from chalicelib.handlers.shapes.case import CaseShape, case_shape
from chalicelib.handlers.shapes.common import ListShape, list_shape
from chalicelib.handlers.shapes.explanation import ExplanationShape, explanation_shape
from chalicelib.handlers.shapes.hand_over import HandOverShape, hand_over_shape
from chalicelib.services import pause_case
from chalicelib.services.common import load_case
from chalicelib.services.explain_case import explain_case
from chalicelib.services.show_hand_over import show_hand_over

resource = Resource(__name__, "Cases")
blueprint = resource.blueprint


@resource.get("/v1/cases", ListShape[CaseShape], query=CasesQuery)
def list_cases(call: Call[Nothing, CasesQuery]) -> ListShape[CaseShape]:
    """List cases"""
    page = call.ports.ledger.cases_page(
        call.tenant,
        call.query.cursor(),
        status=call.query.status,
        customer_id=call.query.customer,
    )
    return list_shape(page, case_shape, url=call.path, cursor=call.query.cursor())


@resource.get("/v1/cases/{case_id}", CaseShape)
def get_case(call: Call[Nothing, NoQuery], case_id: str) -> CaseShape:
    """Get a case"""
    return case_shape(load_case(call.ports, call.tenant, case_id))


@resource.post(
    "/v1/cases/{case_id}/pause", CaseShape, body=PauseBody, status=200, other_statuses=(409,)
)
def pause(call: Call[PauseBody, NoQuery], case_id: str) -> CaseShape:
    """Hold a case back"""
    case = pause_case.pause_case(
        call.ports,
        call.tenant,
        call.change,
        case_id,
        reason=call.body.reason,
        until=call.body.until,
        confirm=call.body.confirm,
    )
    return case_shape(case)


@resource.post("/v1/cases/{case_id}/resume", CaseShape, status=200, other_statuses=(409,))
def resume(call: Call[Nothing, NoQuery], case_id: str) -> CaseShape:
    """Let a held case go on"""
    return case_shape(pause_case.resume_case(call.ports, call.tenant, call.change, case_id))


@resource.post("/v1/cases/{case_id}/hand_back", CaseShape, status=200, other_statuses=(409,))
def hand_back(call: Call[Nothing, NoQuery], case_id: str) -> CaseShape:
    """Let a case go on that was handed over"""
    return case_shape(pause_case.hand_back_case(call.ports, call.tenant, call.change, case_id))


@resource.get("/v1/cases/{case_id}/hand_over", HandOverShape)
def get_hand_over(call: Call[Nothing, NoQuery], case_id: str) -> HandOverShape:
    """Get the addresses of what was handed over of a case"""
    return hand_over_shape(show_hand_over(call.ports, call.tenant, case_id))


@resource.get("/v1/cases/{case_id}/explain", ExplanationShape)
def explain(call: Call[Nothing, NoQuery], case_id: str) -> ExplanationShape:
    """Say why a customer was, or wasn't, reminded, and what comes next"""
    return explanation_shape(explain_case(call.ports, call.tenant, case_id))
