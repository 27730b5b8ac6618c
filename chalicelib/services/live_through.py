"""A lost stretch of a customer's time, once more, with gateways that send nothing.

Each of the customer's due moments in it comes again, by the same code as ever, and of each message
nobody knows whether it arrived. So such a step ends `unconfirmed` and is never sent again by
itself. Lived through twice, a stretch does no harm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.domain.quota import Quota
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.messages import Delivery, EmailMessage, Handover, SmsMessage
from chalicelib.ports.payment_marks import PaymentMark

PERHAPS = Handover(Delivery.UNKNOWN)
Look = Callable[[Ports], datetime | None]
"""Does what is due for a customer and returns when to look again, as `follow_up` does."""


def live_through(ports: Ports, lost: LostStretch, look: Look) -> int:
    """Look at a customer at each due moment of the stretch; return how many messages may have left.

    Raises TryLaterError where the customer was about to pay and the provider can't be asked.
    """
    clock, silence = _Standing(lost.since), _Silence()
    then = replace(
        ports,
        clock=clock,
        email=silence,
        sms=silence,
        sending=silence,
        payment_marks=_NothingNoted(),
    )
    while clock.moment < lost.until and (again := look(then)):
        clock.moment = max(again, clock.moment)
    return silence.messages


@dataclass(slots=True)
class _Standing:
    """A clock that stands at the moment which is lived through."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


@dataclass(slots=True)
class _Silence:
    """Gateways of e-mail and SMS of whose every message nobody knows whether it left.

    They have no limits: what waited for the quota here would be sent afterwards.
    """

    messages: int = 0

    def refusal(self, to: str) -> Handover | None:  # noqa: ARG002 - the port's
        return None

    def turn(self, channel: str) -> float:  # noqa: ARG002 - the port's
        return 0.0

    def quota(self, channel: str) -> Quota | None:  # noqa: ARG002 - the port's
        return None

    def refused(self, channel: str, reason: str) -> None:
        """Take no notice."""

    def send(self, message: EmailMessage | SmsMessage, deadline: datetime) -> Handover:  # noqa: ARG002 - the port's
        self.messages += 1
        return PERHAPS


class _NothingNoted:
    """Marks of payments that are never stale: what waited for them would be sent afterwards."""

    def begin(self, tenant: Tenant, since: datetime | None = None) -> None:
        """List nobody."""

    def all(self) -> tuple[PaymentMark, ...]:
        return ()

    def get(self, tenant: Tenant) -> PaymentMark | None:  # noqa: ARG002 - the port's
        return None

    def certain_until(self, tenant: Tenant) -> datetime | None:  # noqa: ARG002 - the port's
        return None

    def move(self, mark: PaymentMark, to: PaymentMark) -> bool:  # noqa: ARG002 - the port's
        return False
