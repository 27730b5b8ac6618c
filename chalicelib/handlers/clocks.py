"""Test clocks: in test mode, time that is moved by hand."""

from __future__ import annotations

from chalicelib.domain.tenant import Mode
from chalicelib.handlers.bodies.actions import AdvanceBody, TestClockBody
from chalicelib.handlers.bodies.base import NoQuery, Nothing
from chalicelib.handlers.bodies.fields import CLOCK_ID
from chalicelib.handlers.refusals import ForbiddenError
from chalicelib.handlers.routing import Call, Resource, of_shape
from chalicelib.handlers.shapes.clock import ClockShape, clock_shape
from chalicelib.services.test_clocks import create_test_clock, load_test_clock, request_advance

resource = Resource(__name__, "Test clocks")
blueprint = resource.blueprint


@resource.post("/v1/test_clocks", ClockShape, body=TestClockBody)
def add_test_clock(call: Call[TestClockBody, NoQuery]) -> ClockShape:
    """Create a test clock"""
    if call.tenant.mode is Mode.LIVE:
        raise ForbiddenError("Test clocks exist in test mode only; use a test key (dk_test_…).")
    clock = create_test_clock(
        call.ports, call.tenant, call.change, call.body.frozen_time, call.body.name
    )
    return clock_shape(clock)


@resource.get("/v1/test_clocks/{clock_id}", ClockShape)
def get_test_clock(call: Call[Nothing, NoQuery], clock_id: str) -> ClockShape:
    """Get a test clock"""
    wanted = of_shape(CLOCK_ID, clock_id, "test clock")
    return clock_shape(load_test_clock(call.ports, call.tenant, wanted))


@resource.post(
    "/v1/test_clocks/{clock_id}/advance",
    ClockShape,
    body=AdvanceBody,
    status=200,
    other_statuses=(409,),
)
def advance_test_clock(call: Call[AdvanceBody, NoQuery], clock_id: str) -> ClockShape:
    """Move a test clock on; everything due until then happens in order"""
    wanted = of_shape(CLOCK_ID, clock_id, "test clock")
    clock = request_advance(call.ports, call.tenant, call.change, wanted, call.body.frozen_time)
    return clock_shape(clock)
