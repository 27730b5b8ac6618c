"""The customer's calendar: local dates first, then UTC."""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chalicelib.domain.calendar import WEEK, Closed, LocalCalendar, Weekday
from tests.builders import a_window, berlin, utc
from tests.strategies import calendars, dates, instants, windows

ALL_DAYS = frozenset(WEEK)


def test_the_local_date_is_what_counts():
    late_evening_utc = utc("2026-01-05 23:30")

    assert berlin().date_of(late_evening_utc) == date(2026, 1, 6)
    assert LocalCalendar("America/New_York", "US").date_of(late_evening_utc) == date(2026, 1, 5)
    assert LocalCalendar("Asia/Kathmandu", None).date_of(utc("2026-01-05 18:15")) == date(
        2026, 1, 6
    )


@pytest.mark.parametrize(
    ("zone", "day", "at", "expected"),
    [
        ("Europe/Berlin", date(2026, 3, 28), time(9), "2026-03-28 08:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(9), "2026-03-29 07:00"),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29 01:30"),  # skipped: 03:30
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25 00:30"),  # the first one
        ("America/New_York", date(2026, 3, 8), time(9), "2026-03-08 13:00"),
        ("Pacific/Apia", date(2026, 1, 5), time(9), "2026-01-04 20:00"),
        ("Asia/Kathmandu", date(2026, 1, 5), time(9), "2026-01-05 03:15"),
        ("Africa/Cairo", date(2026, 4, 24), time(0), "2026-04-23 22:00"),  # midnight is skipped
    ],
)
def test_a_wall_clock_time_becomes_an_instant(zone, day, at, expected):
    assert LocalCalendar(zone, None).instant(day, at) == utc(expected)


@given(calendars(), dates())
def test_a_day_begins_on_that_day(calendar, day):
    start = calendar.first_moment(None, day)

    assert calendar.date_of(start) == day
    assert calendar.date_of(start - timedelta(seconds=1)) < day


@given(calendars(), dates())
def test_a_step_begins_when_the_window_opens(calendar, day):
    moment = calendar.first_moment(a_window("09:00"), day)

    local = moment.astimezone(ZoneInfo(calendar.timezone))
    assert (local.date(), local.time()) == (day, time(9))


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-01-05 07:59", Closed.HOURS),
        ("2026-01-05 08:00", None),
        ("2026-01-05 15:59", None),
        ("2026-01-05 16:00", Closed.HOURS),
        ("2026-01-04 10:00", Closed.DAY),
        ("2026-04-03 10:00", Closed.HOLIDAY),  # Good Friday
        ("2026-01-01 10:00", Closed.HOLIDAY),
    ],
)
def test_office_hours_in_berlin(moment, expected):
    assert berlin().closed(a_window(), utc(moment)) is expected


def test_holidays_count_only_where_the_window_says_so():
    assert berlin().closed(a_window(skip_holidays=False), utc("2026-04-03 10:00")) is None


def test_a_country_without_known_holidays_has_none():
    for country in (None, "XX", "ZZ"):
        assert not LocalCalendar("UTC", country).is_holiday(date(2026, 1, 1))


@given(calendars(), instants())
def test_no_window_is_always_open(calendar, instant):
    assert calendar.closed(None, instant) is None
    assert calendar.next_open(None, instant) == instant


@given(calendars(), windows(), instants())
def test_the_next_opening_is_open_and_none_was_before_it(calendar, window, instant):
    opening = calendar.next_open(window, instant)

    assert opening >= instant
    assert calendar.closed(window, opening) is None
    if opening > instant:
        minutes = int((opening - instant).total_seconds()) // 60
        for back in {*range(1, min(minutes, 90) + 1), *range(1, minutes + 1, 61)}:
            assert calendar.closed(window, opening - timedelta(minutes=back)) is not None


@given(calendars(), windows(first_hour=0, last_hour=24), instants())
@example(
    LocalCalendar("Europe/Berlin", None),
    a_window("02:10", "02:50", days=ALL_DAYS),
    utc("2026-03-29 00:00"),
)
@example(
    LocalCalendar("Europe/Berlin", None),
    a_window("02:30", "04:00", days=ALL_DAYS),
    utc("2026-10-25 01:10"),
)
@example(LocalCalendar("Pacific/Apia", None), a_window(), utc("2011-12-30 06:00"))
def test_the_next_opening_is_open_even_while_clocks_change(calendar, window, instant):
    opening = calendar.next_open(window, instant)

    assert opening >= instant
    assert calendar.closed(window, opening) is None


def test_a_window_in_the_hour_that_comes_twice_opens_twice():
    night = a_window("02:30", "04:00", days=ALL_DAYS)
    between = utc("2026-10-25 01:10")  # 02:10 for the second time

    assert berlin().next_open(night, between) == utc("2026-10-25 01:30")


def test_a_long_weekend_is_waited_out():
    thursday_evening = utc("2026-04-02 20:00")

    assert berlin().next_open(a_window(), thursday_evening) == utc("2026-04-07 07:00")


@given(st.sampled_from(["DE", "US", "FR", "ES"]), st.integers(2024, 2030))
def test_new_year_is_a_holiday(country, year):
    assert LocalCalendar("UTC", country).is_holiday(date(year, 1, 1))


def test_weekdays_are_in_the_order_of_the_week():
    assert WEEK[date(2026, 1, 5).weekday()] is Weekday.MON
