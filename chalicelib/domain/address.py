"""A postal address, in the parts that posts, banks and print services ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CODE_BEFORE_CITY = re.compile(r"(?:[A-Z]{1,2}[- ])?(?P<code>[0-9]{4,5}) (?P<city>[^0-9].*)")
_CITY_STATE_ZIP = re.compile(r"(?P<city>.+), (?P<region>[A-Z]{2}) (?P<code>[0-9]{5}(?:-[0-9]{4})?)")


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """Where post reaches somebody; the name of whom it reaches stands elsewhere.

    `lines` are one to three: who takes it in, building, street and number or box. `region` is the
    state, province or county where the country's post writes one. `country` is ISO 3166-1 alpha-2.
    Some countries have no postal codes. Source of the parts: UPU S42 (international addressing).
    """

    lines: tuple[str, ...]
    city: str
    country: str
    postal_code: str | None = None
    region: str | None = None

    @property
    def one_line(self) -> str:
        """The address as the log names it, and as it is suppressed: all of it, on one line."""
        last = " ".join(part for part in (self.postal_code, self.city, self.region) if part)
        return ", ".join([*self.lines, last, self.country])


def read_address(lines: Iterable[str], country: str) -> PostalAddress | None:
    """Read the parts of an address from its lines without the country; None where they don't show.

    They do where the last line is a postal code and a city, as in most of continental Europe, or as
    the United States write it (`Springfield, IL 62701`).
    """
    *before, last = [line for line in lines if line] or [""]
    form = _CITY_STATE_ZIP if country == "US" else _CODE_BEFORE_CITY
    found = form.fullmatch(last)
    if found is None:
        return None
    parts = found.groupdict()
    return PostalAddress(
        tuple(before), parts["city"], country, postal_code=parts["code"], region=parts.get("region")
    )
