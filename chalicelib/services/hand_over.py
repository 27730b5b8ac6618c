"""What isn't for this worker goes to the queue of its own: one message for the customer's file."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from chalicelib.domain.customer import Customer
from chalicelib.domain.kinds import queue_of
from chalicelib.ports.all import Ports

PASSED_ON = "passed_on"
"""Stands in a message to another channel's worker where this one's provider took nothing."""


class HandOver(StrEnum):
    """When steps for other workers are handed to them: after this worker's own, also where its
    provider doesn't take those now, or not at all."""

    AFTERWARDS = "afterwards"
    ALWAYS = "always"
    NEVER = "never"


def hand_over(
    ports: Ports, customer: Customer, words: Iterable[str], *, passed_on: bool = False
) -> None:
    """Tell the workers of these kinds of steps that there is something to do for the customer."""
    message = {"tenant": customer.tenant.key, "customer": customer.id}
    marks = {PASSED_ON: "yes"} if passed_on else {}
    for queue in dict.fromkeys(map(queue_of, words)):
        ports.queues.put(queue, [message | marks])
