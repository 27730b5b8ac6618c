"""What a request with an Idempotency-Key made, it finds again: its answer may have been lost.

The key leads to the record and the record keeps what stands for the whole request, so that the
record may change and another request with the key is told from the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from chalicelib.domain.charge import Charge
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.errors import IdempotencyKeyReusedError
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.ports.all import Ports
from chalicelib.services.common import new_part

Made = TypeVar("Made", Customer, Payment, CreditNote, Charge, Promise, PaymentPlan, Dispute)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a request leaves on what it makes, both in the form of a part of an id.

    `own` comes from the key alone, `request` from all that was asked for.
    """

    own: str
    request: str


def made_by(mark: Mark, known: Made) -> Made:
    """Return what the key led to. Raises IdempotencyKeyReusedError if another request made it."""
    if known.request != mark.request:
        raise IdempotencyKeyReusedError(f"{known.id} was made with this key by another request.")
    return known


def own_mark(ports: Ports) -> Mark:
    """Return a mark for a request without key: what one of its attempts made, the next finds.

    An attempt whose outcome nobody knew may have made it after all.
    """
    own = new_part(ports, ports.clock.now())
    return Mark(own, own)
