"""What others typed (names, numbers, addresses) stays one line, visible and in its own direction.

Control characters, line breaks and bidirectional overrides are taken out, so that a name can
neither add a header line nor turn the rest of a sentence around (Unicode TR #36, section 3.1;
TR #9). Joiners and variation selectors stay, since emoji and Indic or Persian names need them.
"""

from __future__ import annotations

import re
import unicodedata

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"

_BIDI_CONTROLS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNWANTED = re.compile(f"[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff{_BIDI_CONTROLS}\ud800-\udfff\\s]+")
_HIDDEN = re.compile(
    f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff{_BIDI_CONTROLS}\ud800-\udfff]"
)
_RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces and without control characters."""
    return _UNWANTED.sub(_gap, text).strip()


def has_hidden_controls(text: str) -> bool:
    """Say whether a text of several lines has what nobody sees: controls, overrides, halves."""
    return _HIDDEN.search(text) is not None


def isolate(name: str) -> str:
    """Wrap a name with right-to-left letters, so that the line around it keeps its order."""
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in name):
        return f"{FIRST_STRONG_ISOLATE}{name}{POP_DIRECTIONAL_ISOLATE}"
    return name


def web_address(url: str | None) -> str | None:
    """Return the address if it is one of the web, else None: nothing else becomes a link."""
    if url and url.startswith(("https://", "http://")):
        return url
    return None


def _gap(match: re.Match[str]) -> str:
    """Leave a space where there was one or a line break, nothing where something was hidden."""
    return " " if any(character.isspace() for character in match[0]) else ""
