"""The customer's calendar: weekends, public holidays, send windows.

Local dates come first and are then turned into UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_LONGEST_CLOSURE = 60


class Weekday(StrEnum):
    """A day of the week as sequences write it, in the order of `date.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


WEEK = tuple(Weekday)
OFFICE_DAYS = frozenset(WEEK[:5])


class Closed(StrEnum):
    """Why a window isn't open at a moment."""

    HOURS = "hours"
    DAY = "day"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class SendWindow:
    """When messages may go out, in local time: from `opens` up to, not at, `closes`."""

    days: frozenset[Weekday]
    opens: time
    closes: time
    skip_holidays: bool

    def within(self, hours: SendWindow) -> SendWindow:
        """Return what of the window lies within these hours; where that is nothing, the hours."""
        days = self.days & hours.days
        opens, closes = max(self.opens, hours.opens), min(self.closes, hours.closes)
        skips = self.skip_holidays or hours.skip_holidays
        if days and opens < closes:
            return SendWindow(days, opens, closes, skips)
        return SendWindow(days or hours.days, hours.opens, hours.closes, skips)


@dataclass(frozen=True, slots=True)
class LocalCalendar:
    """Where the customer lives: an IANA timezone and, for public holidays, an ISO 3166 country."""

    timezone: str
    country: str | None

    def date_of(self, instant: datetime) -> date:
        """Return the local date of an instant."""
        return instant.astimezone(ZoneInfo(self.timezone)).date()

    def instant(self, day: date, at: time = time.min) -> datetime:
        """Return the UTC instant of a local wall-clock time.

        A time that the clocks skip in spring is read with the offset before the change, so it
        comes out that much later on the wall; one that occurs twice in autumn is its first
        occurrence (PEP 495, fold=0).
        """
        local = datetime.combine(day, at, tzinfo=ZoneInfo(self.timezone))
        return local.astimezone(UTC)

    def is_holiday(self, day: date) -> bool:
        """Say whether the day is a public holiday of the whole country (library `holidays`)."""
        return self.country is not None and day in _public_holidays(self.country, day.year)

    def bank_day(self, day: date) -> date:
        """Return the first day from that one on on which banks of the country work: neither at the
        weekend (library `holidays`: Saturday and Sunday where it knows no other) nor a holiday.
        """
        weekend = _weekend(self.country)
        while day.weekday() in weekend or self.is_holiday(day):
            day += _DAY
        return day

    def closed(self, window: SendWindow | None, instant: datetime) -> Closed | None:
        """Return why the window is closed at the instant, or None where it is open."""
        if window is None:
            return None
        if reason := self._closed_day(window, self.date_of(instant)):
            return reason
        clock = instant.astimezone(ZoneInfo(self.timezone)).time()
        return None if window.opens <= clock < window.closes else Closed.HOURS

    def next_open(self, window: SendWindow | None, instant: datetime) -> datetime:
        """Return the first moment at or after the instant at which the window is open."""
        if self.closed(window, instant) is None or window is None:
            return instant
        day = self.date_of(instant)
        for _ in range(_LONGEST_CLOSURE):
            for fold in (0, 1):  # on the day that repeats this hour, the window opens twice
                opening = self.instant(day, window.opens.replace(fold=fold))
                if opening >= instant and self.closed(window, opening) is None:
                    return opening
            day += _DAY
        raise ValueError("the window doesn't open within sixty days")

    def first_moment(self, window: SendWindow | None, day: date) -> datetime:
        """Return when a step of that local day begins: the window's start, or midnight without."""
        return self.instant(day, window.opens if window else time.min)

    def _closed_day(self, window: SendWindow, day: date) -> Closed | None:
        if WEEK[day.weekday()] not in window.days:
            return Closed.DAY
        if window.skip_holidays and self.is_holiday(day):
            return Closed.HOLIDAY
        return None


@lru_cache(maxsize=256)
def _weekend(country: str | None) -> frozenset[int]:
    import holidays

    try:
        return frozenset(holidays.country_holidays(country or "").weekend)
    except NotImplementedError:  # a country that the library doesn't know
        return frozenset({5, 6})


@lru_cache(maxsize=512)
def _public_holidays(country: str, year: int) -> frozenset[date]:
    import holidays

    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:  # a country whose holidays the library doesn't know
        return frozenset()
