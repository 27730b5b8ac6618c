"""Countries and timezones: ISO 3166 and IANA, from the tables that the tz database comes with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

_NOT_PLACES = frozenset({"Factory", "localtime", "posixrules"})
_MONTHS = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13)]
"""Moments at which timezones are compared: both halves of a year, by today's rules."""


@cache
def countries() -> frozenset[str]:
    """Return the ISO 3166-1 alpha-2 codes."""
    return frozenset(row[0] for row in _table("iso3166.tab"))


@cache
def timezones() -> frozenset[str]:
    """Return the names of all IANA timezones."""
    names = files("tzdata").joinpath("zones").read_text(encoding="utf-8").split()
    return frozenset(names) - _NOT_PLACES


@cache
def only_timezone(country: str) -> str | None:
    """Return the country's timezone if all its clocks show the same time, else None.

    Germany has two entries in the tz database that agree (Berlin, Büsingen); Spain's don't.
    """
    zones = [row[2] for row in _table("zone.tab") if row[0] == country]
    times = {tuple(moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in _MONTHS)
             for zone in zones}  # fmt: skip
    return zones[0] if len(times) == 1 else None


@cache
def timezone_or_none(given: str | None, country: str | None) -> str | None:
    """Return the given timezone; None where the country has only one.

    Raises ValueError where neither says it. A country that is wrong itself is None.
    """
    if given is None and country and only_timezone(country) is None:
        raise ValueError(f"is required, since {country} has several timezones")
    return given


def likely_locale(country: str) -> str:
    """Return the country's most spoken official language, written as there (CLDR), or `en`."""
    from babel.languages import get_official_languages

    from chalicelib.rendering.locales import supported

    spoken = get_official_languages(country, de_facto=True)
    locale = f"{spoken[0]}-{country}" if spoken else "en"
    return locale if supported(locale) else "en"


def _table(name: str) -> Iterator[list[str]]:
    text = files("tzdata").joinpath("zoneinfo", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")
