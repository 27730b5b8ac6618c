"""The default sequence: what a finance team approves unread, on real calendars."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.preview import EntryOutcome, preview
from chalicelib.domain.rehearsal import PreviewInvoice
from chalicelib.domain.sequence import Do
from chalicelib.domain.timing import Timing
from tests.builders import a_case, eur, utc
from tests.strategies import ZONES, calendars, dates, instants

TWO_DAYS = timedelta(hours=48)
SPRING = [("Europe/Berlin", "2026-03-27 15:59"), ("America/New_York", "2026-03-06 21:59")]


def sends(calendar, dues):
    issued = min(dues) - timedelta(days=14)
    return [
        entry
        for entry in preview(
            DEFAULT,
            calendar,
            [PreviewInvoice(f"R-{n}", eur(100_00), issued, due) for n, due in enumerate(dues)],
            [],
            start=calendar.instant(issued),
            until=calendar.instant(max(dues) + timedelta(days=60)),
        )
        if entry.outcome is EntryOutcome.SEND
    ]


def test_it_grows_from_friendly_to_final_with_an_sms_among_the_reminders():
    assert [(step.template, step.do) for step in DEFAULT.steps] == [
        ("notice_upcoming", Do.EMAIL),
        ("notice_due", Do.EMAIL),
        ("reminder_first", Do.EMAIL),
        ("reminder_second", Do.SMS),
        ("reminder_third", Do.EMAIL),
        ("notice_final", Do.EMAIL),
    ]
    offsets = [step.offset_days for step in DEFAULT.steps]
    assert offsets == sorted(set(offsets))
    assert (offsets[0], offsets[1]) == (-5, 0)


@given(st.sampled_from(ZONES), dates())
def test_every_step_goes_out_within_45_days(zone, due):
    story = sends(LocalCalendar(zone, None), [due])

    assert [entry.step for entry in story] == [step.key for step in DEFAULT.steps]
    assert story[-1].at - story[0].at <= timedelta(days=45)


@given(calendars(), dates())
@example(LocalCalendar("Europe/Berlin", "DE"), date(2026, 4, 3))
def test_where_holidays_push_two_steps_together_only_the_later_goes_out(calendar, due):
    steps = [entry.step for entry in sends(calendar, [due])]

    planned = [step.key for step in DEFAULT.steps]
    assert steps == [key for key in planned if key in steps]
    assert steps[-1] == planned[-1]
    assert len(steps) >= len(planned) - 2


@given(calendars(), st.lists(dates().map(lambda day: day.replace(month=3)), min_size=1, max_size=4))
def test_messages_are_two_days_apart_in_office_hours_and_no_step_goes_out_twice(calendar, dues):
    base = min(dues)
    near = [base + timedelta(days=(due - base).days % 45) for due in dues]
    story = sends(calendar, near)

    for earlier, later in pairwise(story):
        assert later.at - earlier.at >= TWO_DAYS
    for entry in story:
        local = entry.at.astimezone(ZoneInfo(calendar.timezone))
        assert local.weekday() < 5
        assert 9 <= local.hour < 17
        assert not calendar.is_holiday(local.date())
    shares = [(share.invoice, share.step) for entry in story for share in entry.shares]
    assert len(shares) == len(set(shares))


@given(calendars(), instants())
@example(LocalCalendar(SPRING[0][0], None), utc(SPRING[0][1]))
@example(LocalCalendar(SPRING[1][0], None), utc(SPRING[1][1]))
def test_after_a_message_at_any_hour_48_hours_pass(calendar, contact):
    contact = calendar.next_open(DEFAULT.window, contact)
    timing = Timing(calendar, DEFAULT, contact)
    overdue = a_case(due=calendar.date_of(contact) - timedelta(days=60))

    free, _ = timing.moment(DEFAULT.steps[-1], overdue, contact, "email", contact=True)
    assert free - contact >= TWO_DAYS
