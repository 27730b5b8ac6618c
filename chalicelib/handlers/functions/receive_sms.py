"""Text messages from customers, through a topic."""

from __future__ import annotations

from datetime import datetime

from chalicelib import bootstrap
from chalicelib.gateways.inbound_sms import parse_inbound_sms
from chalicelib.services.receive_sms import receive_sms


def handle(message: str, published_at: str) -> None:
    """Do what a message asks for; `published_at` is SNS's time (ISO 8601, UTC).

    What fails is delivered again by Lambda and ends in the dead-letter queue. Raises InvalidError,
    TryLaterError.
    """
    found = parse_inbound_sms(message, datetime.fromisoformat(published_at))
    if found is not None:
        receive_sms(bootstrap.ports(), found)
