"""What is done with a file before anything is decided on it: promises judged, and confirmed."""

from __future__ import annotations

from chalicelib.domain.case import CustomerFile
from chalicelib.ports.all import Ports
from chalicelib.services.confirm import confirm
from chalicelib.services.judge_overdue import judge_overdue


def before_deciding(
    ports: Ports, file: CustomerFile | None, channel: str | None
) -> CustomerFile | None:
    """Return the file as it then stands.

    Raises WriteConflictError where somebody changed it meanwhile, TryLaterError where a gateway
    can't take a confirmation now.
    """
    return confirm(ports, judge_overdue(ports, file), channel)
