"""A debit is waited for as long as it may take: 14 business days, wherever holidays lie between."""

from __future__ import annotations

from datetime import date, timedelta

import holidays
import pytest

from chalicelib.domain.holding import PROCESSING_AT_MOST

YEARS = range(2025, 2041)
CALENDARS = {
    "euro payments": holidays.financial_holidays("ECB", years=YEARS),
    **{
        code: holidays.country_holidays(code, years=YEARS)
        for code in ("AU", "DE", "GB", "SE", "US")
    },
}


def days_until(business_days: int, start: date, closed: holidays.HolidayBase) -> int:
    """Return how many days later it is when so many business days have passed."""
    day, passed = start, 0
    while passed < business_days:
        day += timedelta(days=1)
        passed += day.weekday() < 5 and day not in closed
    return (day - start).days


@pytest.mark.parametrize("calendar", CALENDARS.values(), ids=CALENDARS)
def test_fourteen_business_days_fit_whenever_they_begin(calendar: holidays.HolidayBase):
    starts = [date(2025, 1, 1) + timedelta(days=number) for number in range(15 * 365)]
    longest = max(days_until(14, start, calendar) for start in starts)
    assert 20 <= longest <= PROCESSING_AT_MOST.days
