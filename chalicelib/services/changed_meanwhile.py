"""What may have come about since a customer's file was written, found out before it is acted upon.

Each look changes the file where it finds something, and then the file is decided on anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.customer import Change
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Decision
from chalicelib.ports.all import Ports
from chalicelib.services.end_waiting import end_waiting
from chalicelib.services.last_look import paid_meanwhile
from chalicelib.services.see_to_disputes import see_to_disputes
from chalicelib.services.see_to_service import see_to_service


def changed_meanwhile(
    ports: Ports,
    file: CustomerFile,
    rules: Rules,
    decisions: Sequence[Decision],
    now: datetime,
    change: Change,
    *,
    reaches_out: bool,
) -> bool:
    """Say whether something came to light; the provider is asked before anybody is reached.

    Outcomes that the log knows, disputes whose moment has come, a service to see to, and payments
    still on their way.
    """
    return (
        end_waiting(ports, file, rules, decisions, change)
        or see_to_disputes(ports, file, now, change)
        or see_to_service(ports, file, now, change)
        or paid_meanwhile(ports, file.customer, now, ask=reaches_out)
    )
