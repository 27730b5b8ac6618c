"""One message of a channel's queue: follow the customer up, and see to what goes wrong for good.

SQS hands a message out `TRIES` times. A failure of the last but one flags its cases; the last try
flags them before it begins, since a worker that dies or hangs says nothing afterwards. Providers
that can't take a message now aren't a failure of its record, so nobody is flagged for them.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.all import Ports
from chalicelib.services.deliver import TryLaterError
from chalicelib.services.follow_up import follow_up
from chalicelib.services.stuck import flag, release

TRIES = 5
"""How often a message is handed out before it is a dead letter (the queues' maxReceiveCount)."""
REDRIVEN = "redriven"
"""Stands in a message that was a dead letter."""
SILENCE = "no_answer"
"""In place of an error's name, where the tries before ended without one."""


def work_off(ports: Ports, message: Mapping[str, str], channel: str, tries: int = 1) -> None:
    """Follow up the customer of a message that is handed out for the `tries`-th time.

    Raises whatever goes wrong, so that the message comes back.
    """
    tenant, customer_id = tenant_of(message["tenant"]), message["customer"]
    is_late = tries >= TRIES - 1
    if tries >= TRIES:
        flag(ports, tenant, customer_id, SILENCE)
    try:
        follow_up(ports, tenant, customer_id, channel)
    except TryLaterError:
        if is_late:
            release(ports, tenant, customer_id)
        raise
    except Exception as error:
        if is_late:
            flag(ports, tenant, customer_id, type(error).__name__)
        raise
    if is_late or REDRIVEN in message:
        release(ports, tenant, customer_id)
