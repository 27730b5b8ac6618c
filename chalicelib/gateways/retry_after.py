"""How long a server asks to be left alone: `Retry-After`, RFC 9110, section 10.2.3."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

MOST_DIGITS = 9
NOT_AT_ALL = timedelta()


def pause_asked_for(value: str | None, now: datetime) -> timedelta:
    """Read the header's seconds or date, as seen at `now` (UTC); nothing if it says neither."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
        return timedelta(seconds=int(text))
    with suppress(ValueError, TypeError, OverflowError):
        until = parsedate_to_datetime(text)
        return max(NOT_AT_ALL, until.replace(tzinfo=until.tzinfo or UTC) - now)
    return NOT_AT_ALL
