"""Bundling: the notices that are ready for one customer become as few messages as allowed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case
from chalicelib.domain.decisions import Decision, Part, Reason, Send, Wait
from chalicelib.domain.sequence import Do, Scope, Sequence, Step

LARGEST_BUNDLE = 80
"""How many invoices one message names at most. A message claims all its cases in one transaction,
whose limit is 100 items, and what the provider says later writes them together with the log
entry. An e-mail about so many has about 65 kB; mail programs cut off what is beyond 100 kB."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A step that may be sent now."""

    case: Case
    sequence: Sequence
    step: Step
    channel: Do
    reason: Reason


def bundle(ready: list[Ready], calendar: LocalCalendar, now: datetime) -> list[Decision]:
    """Group what is ready by channel, firmest first; what the gap then forbids waits.

    Of several messages the one with the firmest step goes first. Where a sequence has a minimum
    gap, its other notices wait for it, as the message that goes now is then the last contact.
    So do notices beyond the LARGEST_BUNDLE firmest; without a gap they are a message of their own.
    """
    decisions: list[Decision] = []
    sent = False
    for group in sorted(_groups(ready), key=_firmness, reverse=True):
        held = [item for item in group if sent and item.sequence.min_gap_days > 0]
        free = [item for item in group if not sent or item.sequence.min_gap_days == 0]
        decisions.extend(_after_gap(item, calendar, now) for item in held)
        if free:
            decisions.append(_message(free, calendar, now))
            sent = True
    return decisions


def _groups(ready: list[Ready]) -> list[list[Ready]]:
    shared: dict[Do, dict[str, Ready]] = {}
    alone: dict[tuple[str, ...], list[Ready]] = {}
    for item in ready:
        group = shared.setdefault(item.channel, {})
        if item.sequence.bundle and item.case.id not in group:
            group[item.case.id] = item
        else:
            alone.setdefault(_statement(item), []).append(item)
    groups = [*([*group.values()] for group in shared.values()), *alone.values()]
    return [part for group in groups for part in _parts(group)]


def _statement(item: Ready) -> tuple[str, ...]:
    """Return what invoices share that are one message in any case: those of an account."""
    if item.sequence.scope is Scope.ACCOUNT and item.step.offset_days >= 0:
        return item.sequence.id, item.case.currency.code, item.step.key, item.channel
    return item.case.id, item.step.key


def _parts(group: list[Ready]) -> list[list[Ready]]:
    if len(group) <= LARGEST_BUNDLE:
        return [group] if group else []
    in_turn = [item for _, item in sorted(enumerate(group), key=_turn)]
    starts = range(0, len(group), LARGEST_BUNDLE)
    return [in_turn[start : start + LARGEST_BUNDLE] for start in starts]


def _turn(numbered: tuple[int, Ready]) -> tuple[int, datetime, int]:
    """The firmest come first, and among equals who was told least lately.

    Of an account the youngest do: the step stays to be done as long as the oldest, which leads,
    wasn't told, so the others are told in turn.
    """
    index, item = numbered
    never = datetime.min.replace(tzinfo=UTC)
    if item.sequence.scope is Scope.ACCOUNT:
        return -item.step.offset_days, never, -index
    return -item.step.offset_days, item.case.last_contact_at or never, index


def _firmness(group: list[Ready]) -> int:
    return max(item.step.offset_days for item in group)


def _message(group: list[Ready], calendar: LocalCalendar, now: datetime) -> Send:
    firmest = max(group, key=lambda item: item.step.offset_days)
    parts = tuple(Part(item.case.id, item.step.key, item.reason) for item in group)
    template = firmest.step.template or firmest.step.key
    legal = any(item.step.is_legal for item in group)
    return Send(firmest.channel, template, parts, legal, _pay_by(group, calendar, now))


def _pay_by(group: list[Ready], calendar: LocalCalendar, now: datetime) -> date | None:
    """Return the day until which a message gives time to pay: the latest that any part asks for.

    Where nothing is overdue all of it is asked for, so then not before any of it is due.
    """
    days = max(item.step.pay_within_days for item in group)
    if not days:
        return None
    today = calendar.date_of(now)
    due = [item.case.due_date for item in group]
    latest = max(due) if min(due) >= today else today
    return calendar.bank_day(max(today + timedelta(days=days), latest))


def _after_gap(item: Ready, calendar: LocalCalendar, now: datetime) -> Wait:
    day = calendar.date_of(now) + timedelta(days=item.sequence.min_gap_days)
    moment = calendar.first_moment(item.sequence.window, day)
    until = calendar.next_open(item.sequence.window, moment)
    return Wait(item.case.id, item.step.key, item.channel, until, Reason.MIN_GAP)
