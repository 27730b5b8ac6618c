"""What SES publishes about e-mails, through a topic."""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.gateways.email_events import parse_email_event
from chalicelib.services.settle_communication import settle_communication


def handle(message: str) -> None:
    """Settle the communication that the event is about.

    What fails is delivered again by Lambda and ends in the dead-letter queue. Raises InvalidError.
    """
    ports = bootstrap.ports()
    event = parse_email_event(message, ports.clock.now())
    if event is not None:
        settle_communication(ports, event)
