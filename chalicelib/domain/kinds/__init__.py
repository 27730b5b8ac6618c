"""The kinds of steps. A kind is one file here and one registration: what `decide()`, the way to the
customer, validation and the API reference need to know of it.

There are three ways in which a step is done: a message is prepared, claimed and sent by the worker
of its channel; what Dunlin carries out itself has an effect (services/effects), written with the
step's result in one transaction; everything else is handed to a person as a task.
"""

from __future__ import annotations

from chalicelib.domain.kinds.call import CALL
from chalicelib.domain.kinds.charge import CHARGE
from chalicelib.domain.kinds.email import EMAIL
from chalicelib.domain.kinds.escalate import ESCALATE
from chalicelib.domain.kinds.fee import FEE
from chalicelib.domain.kinds.interest import INTEREST
from chalicelib.domain.kinds.kind import Channel, Kind, Parameters
from chalicelib.domain.kinds.letter import LETTER
from chalicelib.domain.kinds.registry import (
    every,
    is_known,
    is_message,
    messages,
    named,
    queue_of,
    reaches,
    register,
    remove,
)
from chalicelib.domain.kinds.service import SERVICE
from chalicelib.domain.kinds.sms import SMS

__all__ = [
    "Channel",
    "Kind",
    "Parameters",
    "every",
    "is_known",
    "is_message",
    "messages",
    "named",
    "queue_of",
    "reaches",
    "register",
    "remove",
]

for _kind in (EMAIL, SMS, LETTER, CALL, FEE, INTEREST, CHARGE, SERVICE, ESCALATE):
    register(_kind)
