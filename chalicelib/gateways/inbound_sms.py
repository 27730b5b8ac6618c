"""Text messages from customers: two-way SMS of AWS End User Messaging, through SNS.

The payload is described in its user guide ("Two-way SMS messaging"). It names no time, so that of
the notification stands in; a notification that comes again keeps it.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from chalicelib.domain.errors import InvalidError
from chalicelib.ports.messages import InboundSms

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_GREETING = "Successfully validated SNS topic"
LONGEST = 1600
"""Characters that are kept: more don't fit into an SMS of ten parts."""


def parse_inbound_sms(message: str, published_at: datetime) -> InboundSms | None:
    """Read the message of an SNS notification; None for a greeting. Raises InvalidError."""
    if message.startswith(_GREETING):
        return None
    try:
        body = json.loads(message)
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict):
        raise InvalidError("A text message came that isn't JSON.")
    identifier, text = body.get("inboundMessageId"), body.get("messageBody")
    if not (isinstance(identifier, str) and identifier and isinstance(text, str)):
        raise InvalidError("A text message came without id or text.")
    return InboundSms(
        id=identifier[:200],
        sender=_number(body, "originationNumber"),
        recipient=_number(body, "destinationNumber"),
        text=text[:LONGEST],
        at=published_at,
    )


def _number(body: dict[str, Any], name: str) -> str:
    """Return a number as E.164 writes it (a short code stays as it is)."""
    number = body.get(name)
    if not (isinstance(number, str) and _NUMBER.fullmatch(number)):
        raise InvalidError(f"A text message came without a {name}.")
    return number
