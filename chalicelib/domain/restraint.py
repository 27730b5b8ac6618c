"""What keeps a customer from being contacted too often, and from which day on it no longer does.

Each rule answers with the first local day on which a contact of that kind may be made. All is
counted in the customer's local days, over all their invoices; calls by the rules for calls are
counted by invoice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time, timedelta

from chalicelib.domain import kinds
from chalicelib.domain.calendar import WEEK, LocalCalendar, SendWindow
from chalicelib.domain.case import Case
from chalicelib.domain.contacts import DAYS, Contact
from chalicelib.domain.decisions import Reason
from chalicelib.domain.sequence import ANY, CallRules, Do, Sequence

MOST_CALLS = 7
"""Calls within seven days about one debt (US Regulation F, 12 CFR 1006.14(b)(2)(i)(A))."""
_WEEK = timedelta(days=DAYS)
CALLING_HOURS = SendWindow(frozenset(WEEK), time(8), time(21), skip_holidays=False)
"""At the customer's place: after 8:00, before 21:00 (12 CFR 1006.6(b)(1)(i))."""

Held = tuple[date, Reason]


def restrains(sequence: Sequence) -> bool:
    """Say whether a sequence has a rule that asks what contacts there were."""
    return bool(sequence.quiet_days or sequence.max_contacts or sequence.call_rules)


def free_day(
    word: str,
    case: Case,
    sequence: Sequence,
    contacts: Iterable[Contact],
    calendar: LocalCalendar,
    today: date,
) -> Held | None:
    """Return from which day on a step of that kind may contact the customer, None: from today on.

    Of several rules the one counts that holds longest.
    """
    if not kinds.reaches(word) or not restrains(sequence):
        return None
    dated = [(calendar.date_of(each.at), each) for each in contacts]
    held = [
        *_quiet(sequence, dated),
        *_capped(word, sequence, dated),
        *(_call_rules(case, dated) if word == Do.CALL and sequence.call_rules else ()),
    ]
    longest = max(held, default=None)
    return longest if longest and longest[0] > today else None


def calling_hours(word: str, sequence: Sequence) -> SendWindow | None:
    """Return the window in which a step of that kind may run by the rules for calls and its own."""
    if word != Do.CALL or sequence.call_rules is not CallRules.US_REGULATION_F:
        return sequence.window
    return sequence.window.within(CALLING_HOURS) if sequence.window else CALLING_HOURS


def _quiet(sequence: Sequence, dated: list[tuple[date, Contact]]) -> Iterator[Held]:
    if sequence.quiet_days and dated:
        latest = max(day for day, _ in dated)
        yield latest + timedelta(days=sequence.quiet_days), Reason.QUIET_DAYS


def _capped(word: str, sequence: Sequence, dated: list[tuple[date, Contact]]) -> Iterator[Held]:
    for of, most in sequence.max_contacts.items():
        if of in {word, ANY}:
            days = [day for day, each in dated if not each.inbound and of in {each.channel, ANY}]
            yield from _after(days, most, Reason.CONTACT_CAP)


def _call_rules(case: Case, dated: list[tuple[date, Contact]]) -> Iterator[Held]:
    """Regulation F: the day of a conversation is the first of the seven days after it."""
    calls = [(day, each) for day, each in dated if each.channel == Do.CALL and each.is_about(case)]
    tries = [day for day, each in calls if not each.inbound]
    yield from _after(tries, MOST_CALLS, Reason.CALL_RULES)
    yield from _after([day for day, each in calls if each.conversation], 1, Reason.CALL_RULES)


def _after(days: list[date], most: int, reason: Reason) -> Iterator[Held]:
    """Yield the first day that ends a week in which fewer than `most` of the days lie."""
    if len(days) >= most:
        yield sorted(days)[-most] + _WEEK, reason
