"""Live through a stretch of time again of which the records were lost, and let nothing leave.

A table that was restored knows nothing of what was sent since it was exported. What would have been
sent in that stretch may have been: so each of its due moments comes again, in order and by the same
code, with gateways that send nothing and say that nobody knows whether it arrived. As with every
unknown outcome, such a step ends `unconfirmed`, is never sent again by itself, and after a final
notice a person looks into it. Tasks that were made in that stretch are made again. A file that
can't be made out, or whose sequence is missing, keeps nobody else waiting: nothing is sent, and a
person is asked about its cases.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.quota import Quota
from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.all import Ports
from chalicelib.ports.due import DueEntry
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.messages import Delivery, EmailMessage, Handover, SmsMessage
from chalicelib.services.follow_up import follow_up
from chalicelib.services.stuck import flag

PERHAPS = Handover(Delivery.UNKNOWN)


def relive(ports: Ports, due: Iterable[DueEntry], *, since: datetime, until: datetime) -> int:
    """Relive what came due from `since` up to `until`; return how many messages may have left.

    `due` is what was due by then in the export. Only the wall clock's customers are concerned: a
    test clock stands where it stood. Relived again, a stretch does no harm. Raises TryLaterError
    where a customer was about to pay and the provider can't be asked.
    """
    clock, silence = _Standing(since), _Silence()
    then = replace(ports, clock=clock, email=silence, sms=silence, sending=silence)
    agenda = _agenda(due, since)
    while agenda and agenda[0][0] < until:
        moment, key, customer_id = heapq.heappop(agenda)
        clock.moment = max(moment, clock.moment)
        try:
            again = follow_up(then, tenant_of(key), customer_id)
        except (UnreadableRecordError, NotFoundError) as error:
            flag(ports, tenant_of(key), customer_id, type(error).__name__)
            continue
        if again:
            heapq.heappush(agenda, (max(again, clock.moment), key, customer_id))
    return silence.messages


def _agenda(due: Iterable[DueEntry], since: datetime) -> list[tuple[datetime, str, str]]:
    first: dict[tuple[str, str], datetime] = {}
    for entry in due:
        key, moment = (entry.tenant.key, entry.customer_id), max(entry.due_at, since)
        first[key] = min(moment, first.get(key, moment))
    agenda = [(due_at, *key) for key, due_at in first.items()]
    heapq.heapify(agenda)
    return agenda


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
