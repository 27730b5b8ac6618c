"""One message of a channel's queue: follow the customer up, and see to what goes wrong for good.

SQS hands a message out `TRIES` times. A failure of the last but one flags its cases; the last try
flags them before it begins, since a worker that dies or hangs says nothing afterwards. Providers
that can't take a message now aren't a failure of its record, so nobody is flagged for them. Where
they take no more for the moment, the message is put back as a new one, after a while that chance
picks and that doubles each time. What they refuse again and again, or have no room for over hours,
ends there: the case is due still, and the straggler sweep hands it over anew, one message for each
customer. So neither pressure nor an outage makes dead letters, flags or messages without end.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import ceil

from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.all import Ports
from chalicelib.services.assign_segments import WORK, do_segment_work
from chalicelib.services.do_privacy_work import do_privacy_work
from chalicelib.services.follow_up import follow_up
from chalicelib.services.hand_over import PASSED_ON, HandOver
from chalicelib.services.stuck import (
    BY_NIGHT,
    REDRIVEN,
    SILENCE,
    flag,
    release,
    release_untaken,
)
from chalicelib.services.try_later import TryLaterError, UnderPressureError

TRIES = 5
"""How often a message is handed out before it is a dead letter (the queues' maxReceiveCount)."""
PUT_OFF = "put_off"
"""How often a message was put back under pressure."""
MOST_PUT_OFFS = 16
"""After so many, some hour and a half, the sweep sees to it."""
SHORTEST, LONGEST = 15, 900
"""Seconds: what the first wait is picked from, and what SQS can delay a message by."""
STEPS = 1 << 10


class NotTaken(StrEnum):
    """Why a provider didn't take what a message asked for."""

    PRESSURE = "pressure"
    REFUSED = "refused"


def work_off(
    ports: Ports, message: Mapping[str, str], channel: str, tries: int = 1
) -> NotTaken | None:
    """Follow up the customer of a message that is handed out for the `tries`-th time.

    Return why it has to wait, None where it is done; the message is over in either case. Raises
    whatever goes wrong, so that the message comes back.
    """
    if _is_other_work(ports, message):
        return None
    tenant, customer_id = tenant_of(message["tenant"]), message["customer"]
    is_late = tries >= TRIES - 1
    if tries >= TRIES:
        flag(ports, tenant, customer_id, SILENCE)
    try:
        follow_up(ports, tenant, customer_id, channel, _others(message, tries))
    except TryLaterError as later:
        pressed = isinstance(later, UnderPressureError)
        if not (is_late or pressed):
            raise
        put_off = pressed and _put_off(ports, message, channel, later.seconds)
        if tries >= TRIES or not put_off:  # who is flagged would be left alone by the sweep
            release_untaken(ports, tenant, customer_id, redriven=REDRIVEN in message)
        return NotTaken.PRESSURE if pressed else NotTaken.REFUSED
    except Exception as error:
        if is_late:
            flag(ports, tenant, customer_id, type(error).__name__)
        raise
    if is_late or REDRIVEN in message:
        release(ports, tenant, customer_id, due_too=True)
    elif BY_NIGHT in message:
        release(ports, tenant, customer_id)
    return None


def _is_other_work(ports: Ports, message: Mapping[str, str]) -> bool:
    """Do what a message asks for beside following up; False where it asks for nothing else."""
    if "privacy" in message:
        do_privacy_work(ports, message)
    elif WORK in message:
        do_segment_work(ports, message)
    else:
        return False
    return True


def _others(message: Mapping[str, str], tries: int) -> HandOver:
    """Say what becomes of what other channels' workers are to send to this customer.

    A provider that takes nothing holds up none but its own channel, so they get it all the same:
    once for each message. What is passed on like that comes back to nobody, or two providers that
    take nothing would have their queues write to each other without end.
    """
    if PASSED_ON in message:
        return HandOver.NEVER
    is_first = tries == 1 and PUT_OFF not in message
    return HandOver.ALWAYS if is_first else HandOver.AFTERWARDS


def _put_off(ports: Ports, message: Mapping[str, str], channel: str, seconds: float) -> bool:
    """Put the message back: anywhere between at once and the whole of a wait that doubles.

    False where that was done often enough.
    """
    before = int(message.get(PUT_OFF, "0"))
    if before >= MOST_PUT_OFFS:
        return False
    longest = min(LONGEST, SHORTEST << min(before, STEPS.bit_length()))
    picked = longest * ports.chance.bits(STEPS.bit_length() - 1) // STEPS
    delay = min(LONGEST, ceil(seconds) + picked)
    ports.queues.put(channel, [{**message, PUT_OFF: str(before + 1)}], delay=delay)
    return True
