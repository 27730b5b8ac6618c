"""A message leaves by its deadline or not now: no attempt begins that might pass it."""

from __future__ import annotations

from datetime import timedelta

from botocore.exceptions import ClientError

from chalicelib.gateways.handing_over import LEAVING, answered, hand_over
from chalicelib.ports.messages import Delivery, Handover
from tests.fakes.world import FakeClock

THROTTLED = ClientError(
    {"Error": {"Code": "Throttling"}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "Publish"
)


class Line:
    """What is called: it takes its time and throttles a few times before it takes the message."""

    def __init__(self, clock: FakeClock, *, throttles: int, seconds: float) -> None:
        self.calls = 0
        self._clock = clock
        self._throttles = throttles
        self._seconds = seconds

    def __call__(self) -> str:
        self.calls += 1
        self._clock.advance(seconds=self._seconds)
        if self.calls <= self._throttles:
            raise THROTTLED
        return "provider-1"


def nothing_special(code: str, message: str) -> None:
    """A verdict that knows no code."""


def handed_over(
    *, left: float, throttles: int = 0, seconds: float = 0.0
) -> tuple[Handover, int, FakeClock]:
    """Hand over with so many seconds left."""
    clock = FakeClock()
    line = Line(clock, throttles=throttles, seconds=seconds)
    deadline = clock.now() + timedelta(seconds=left)
    handover = hand_over(line, nothing_special, clock=clock, deadline=deadline)
    return handover, line.calls, clock


def test_with_time_enough_it_is_handed_over():
    handover, calls, _ = handed_over(left=2)
    assert (handover, calls) == (Handover(Delivery.ACCEPTED, provider_id="provider-1"), 1)


def test_an_attempt_that_could_leave_too_late_does_not_begin():
    handover, calls, _ = handed_over(left=LEAVING.total_seconds() - 0.01)
    assert handover == Handover(Delivery.NOT_NOW, reason="too_late")
    assert calls == 0


def test_what_was_throttled_is_not_repeated_at_once():
    handover, calls, _ = handed_over(left=2, throttles=1)
    assert (handover, calls) == (Handover(Delivery.NOT_NOW, reason="throttled"), 1)


def test_too_many_in_a_day_is_told_from_too_fast():
    error = {"Code": "TooManyRequestsException", "Message": "Daily message quota exceeded"}
    response = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": 429}}
    assert answered(response, nothing_special) == Handover(Delivery.NOT_NOW, reason="quota")
