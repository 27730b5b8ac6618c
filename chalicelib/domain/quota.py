"""When little is left of what a provider takes in a day, what is most urgent goes first.

A friendly notice loses nothing by a day; a final notice that is late moves what follows it. So the
last parts of a quota are kept back, the more the less urgent a message is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from chalicelib.domain import kinds
from chalicelib.domain.bundle import Ready
from chalicelib.domain.decisions import Decision, Reason, Send, Wait
from chalicelib.domain.sequence import FINAL_NOTICE, Do, Sequence, Step


class Urgency(IntEnum):
    """How little a message can wait."""

    FRIENDLY = 1
    OVERDUE = 2
    LATE = 3
    FINAL = 4


KEPT_BACK = {Urgency.FRIENDLY: 30, Urgency.OVERDUE: 20, Urgency.LATE: 10, Urgency.FINAL: 2}
"""How many percent of the day's quota must be left for a message to go. The last two are for what
others sent since the provider was asked: 50,000 a day at 14 a second are 1.7 percent a minute."""


@dataclass(frozen=True, slots=True)
class Quota:
    """How many messages a provider takes within any 24 hours, and how many more it takes now."""

    limit: int
    left: int

    @property
    def percent_left(self) -> float:
        """How much is left, from 0 to 100."""
        return max(0, self.left) * 100 / self.limit if self.limit > 0 else 0.0

    def admits(self, urgency: Urgency) -> bool:
        """Say whether a message of that urgency may go."""
        return self.percent_left > KEPT_BACK[urgency]


@dataclass(frozen=True, slots=True)
class Quotas:
    """The quotas of the channels that have one, and when those who wait are looked at again."""

    left: Mapping[Do, Quota]
    again_at: datetime


def urgency(step: Step, sequence: Sequence) -> Urgency:
    """Rank a step: final notices, then the later half of the messages after the due date."""
    if step.template == FINAL_NOTICE:
        return Urgency.FINAL
    if step.offset_days <= 0:
        return Urgency.FRIENDLY
    sent = [each for each in sequence.steps if kinds.is_message(each.do)]
    overdue = [each.key for each in sent if each.offset_days > 0]
    place = overdue.index(step.key) if step.key in overdue else 0
    return Urgency.LATE if place > 0 and place * 2 >= len(overdue) else Urgency.OVERDUE


def within_quota(
    decisions: Iterable[Decision], ready: Iterable[Ready], quotas: Quotas | None, now: datetime
) -> list[Decision]:
    """Return the decisions with waits in place of messages for which too little is left.

    A message is as urgent as the most urgent of the steps that it is made of.
    """
    if quotas is None or now >= quotas.again_at:
        return list(decisions)
    items = {(each.case.id, each.step.key): each for each in ready}
    kept: list[Decision] = []
    for decision in decisions:
        quota = quotas.left.get(decision.channel) if isinstance(decision, Send) else None
        if quota is None or not isinstance(decision, Send):
            kept.append(decision)
            continue
        parts = [items[part.case_id, part.step] for part in decision.parts]
        if quota.admits(max(urgency(each.step, each.sequence) for each in parts)):
            kept.append(decision)
        else:
            kept += [_wait(each, quotas.again_at) for each in parts]
    return kept


def _wait(item: Ready, until: datetime) -> Wait:
    return Wait(item.case.id, item.step.key, item.channel, until, Reason.QUOTA_SHORT)
