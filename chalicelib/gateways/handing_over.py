"""What a failed call to a sending API means: not taken for good, not now, or nobody knows.

An answer of AWS that refuses (4xx) says that nothing was sent. A connection that never came about
says the same. A lost answer and a failure inside AWS (5xx) say nothing, so the message counts as
possibly sent. What a person must put right first (a permission, an unverified domain, a paused
account) isn't the customer's fault: the message may be tried again later, and the reason, which
is logged with every attempt, begins with `configuration`. The last attempts ring the alarm of what
providers refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from chalicelib.gateways.aws import CONNECT_SECONDS, THROTTLED
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.world import Clock

REJECTED = "rejected"
"""Refused for what the message says, not for whom it is to."""
MALFORMED = "malformed"
"""Not even handed over: a header would break, or the address can't be written in one."""
INVALID = "invalid"
"""The address or number can't exist."""
OPTED_OUT = "opted_out"
TOO_LATE = "too_late"
SLOWED_DOWN = "throttled"
USED_UP = "quota"
"""What the provider takes in a day is used up."""

LEAVING = timedelta(seconds=2 * CONNECT_SECONDS)
"""How long after the beginning of an attempt a message may leave: connecting and TLS."""

_INTERNAL = 500

Verdict = Callable[[str, str], Handover | None]
"""What an API's error code and message mean; None: nothing special."""


def hand_over(
    call: Callable[[], str], verdict: Verdict, *, clock: Clock, deadline: datetime
) -> Handover:
    """Make the call, which returns the provider's id, and say what became of the message.

    Nothing is repeated, not even what AWS throttled: many processes that do so at once are what it
    throttles for. It doesn't begin where the message might leave after the deadline. The clock is
    that of the wall, since a monotonic one stands still while a function is frozen.
    """
    return not_now(TOO_LATE) if clock.now() + LEAVING > deadline else _attempt(call, verdict)


def _attempt(call: Callable[[], str], verdict: Verdict) -> Handover:
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        return Handover(Delivery.ACCEPTED, provider_id=call())
    except ClientError as error:
        return answered(error.response, verdict)
    except BotoCoreError as error:
        return unanswered(error)


def answered(response: dict[str, Any], verdict: Verdict) -> Handover:
    """Return what an error that AWS answered means."""
    code = str(response.get("Error", {}).get("Code", ""))
    message = str(response.get("Error", {}).get("Message", ""))
    status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", _INTERNAL)
    if code in THROTTLED:
        return not_now(USED_UP if "quota" in message.lower() else SLOWED_DOWN)
    if known := verdict(code, message):
        return known
    if status >= _INTERNAL:
        return Handover(Delivery.UNKNOWN, reason=f"failure inside AWS: {code}")
    return misconfigured(code)


def unanswered(error: Exception) -> Handover:
    """Return what it means that no answer came: only what never left is certainly not taken."""
    from botocore import exceptions as known

    never_connected = (
        known.ConnectTimeoutError,
        known.EndpointConnectionError,
        known.ProxyConnectionError,
    )
    may_have_left = (known.HTTPClientError, known.ConnectionError)
    if isinstance(error, known.ParamValidationError):
        return refused(MALFORMED)
    if isinstance(error, never_connected):
        return not_now("no connection")
    if isinstance(error, may_have_left):
        return Handover(Delivery.UNKNOWN, reason=f"no answer: {type(error).__name__}")
    return misconfigured(type(error).__name__)


def refused(reason: str) -> Handover:
    """Return that the message was refused for good."""
    return Handover(Delivery.REFUSED, reason=reason)


def not_now(reason: str) -> Handover:
    """Return that the message certainly wasn't taken and may be tried later."""
    return Handover(Delivery.NOT_NOW, reason=reason)


def misconfigured(code: str) -> Handover:
    """Return that nothing is sent until a person puts something right."""
    return not_now(f"configuration: {code}")
