"""A customer's locale chooses the words (one of four languages) and, beneath them, the formats.

`de-AT` reads German words with Austrian amounts. A language that has no words here reads
English, with the formats that CLDR has for English in that country (`nl-NL` → `en_NL`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError

LANGUAGES = ("en", "de", "fr", "es")
FALLBACK = "en"

_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,4}")


@dataclass(frozen=True, slots=True)
class Reading:
    """How one customer reads: `language` names the templates, `formats` Babel's locale."""

    language: str
    formats: Locale

    @property
    def tag(self) -> str:
        """The BCP 47 tag for the `lang` attribute."""
        return str(self.formats).replace("_", "-")

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return self.formats.text_direction


def supported(locale: str) -> bool:
    """Say whether this is a locale (BCP 47, also with underscores) that CLDR knows."""
    return _parse(locale) is not None


@lru_cache(maxsize=512)
def reading(locale: str) -> Reading:
    """Negotiate words and formats. Never fails: what isn't known is read in English."""
    wanted = _parse(locale)
    if wanted is None:
        return Reading(FALLBACK, Locale(FALLBACK))
    if wanted.language in LANGUAGES:
        return Reading(wanted.language, wanted)
    return Reading(FALLBACK, _known(FALLBACK, wanted.territory))


@lru_cache(maxsize=512)
def _parse(locale: str) -> Locale | None:
    if not _TAG.fullmatch(locale):
        return None
    try:
        return Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None


def _known(language: str, territory: str | None) -> Locale:
    try:
        return Locale(language, territory)
    except UnknownLocaleError:
        return Locale(language)
