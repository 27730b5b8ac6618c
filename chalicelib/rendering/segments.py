"""How long a text message is on the wire: GSM-7 where every character fits, else UCS-2.

Source: 3GPP TS 23.038 (GSM 03.38), section 6.2.1 and its extension table 6.2.1.1, for the
alphabet; 3GPP TS 23.040, section 9.2.3.24.1, for the six octets of a concatenation header that
shorten each part of a long message from 160 to 153 septets, or from 70 to 67 UTF-16 units.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""Characters of one septet."""

EXTENSION = frozenset("\f^{}\\[~]|€")
"""Characters of two septets: the escape and the code."""

_LAST_OF_ONE_UNIT = "\uffff"
"""Characters beyond take two UTF-16 units, a surrogate pair."""

_TYPOGRAPHY = str.maketrans(
    {
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "\u2019": "'",
        "\u2018": "'",
        "\u201c": '"',
        "\u201d": '"',
        "\u201e": '"',
        "\u2013": "-",
        "\u2014": "-",
        "\u2026": "...",
        "\u2212": "-",
    }
)

_LETTERS = str.maketrans(
    {
        "Đ": "D",
        "đ": "d",
        "Ð": "D",
        "ð": "d",
        "Ħ": "H",
        "ħ": "h",
        "\u0131": "i",
        "Ł": "L",
        "ł": "l",
        "Œ": "OE",
        "œ": "oe",
        "Þ": "Th",
        "þ": "th",
        "Ŧ": "T",
        "ŧ": "t",
        "ẞ": "SS",
        "ª": "a",
        "º": "o",
        "·": ".",
        "«": '"',
        "»": '"',
        "\u00b4": "'",
        "`": "'",
        "®": "(R)",
        "™": "(TM)",
    }
)
"""What Latin names have and Unicode doesn't take apart into a base letter and a mark."""


@dataclass(frozen=True, slots=True)
class SmsLength:
    """`units` are septets in GSM-7 and UTF-16 code units in UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def segments(text: str) -> SmsLength:
    """Measure a text message as a phone network will carry it."""
    if is_gsm7(text):
        widths = [2 if character in EXTENSION else 1 for character in text]
        return SmsLength("GSM-7", sum(widths), _parts(widths, alone=160, joined=153))
    widths = [2 if character > _LAST_OF_ONE_UNIT else 1 for character in text]
    return SmsLength("UCS-2", sum(widths), _parts(widths, alone=70, joined=67))


def is_gsm7(text: str) -> bool:
    """Say whether every character is in the GSM 7-bit default alphabet or its extension."""
    return all(character in BASIC or character in EXTENSION for character in text)


def plain_typography(text: str) -> str:
    """Replace typographic spaces, quotes and dashes, which alone would force UCS-2."""
    return text.translate(_TYPOGRAPHY)


def in_gsm7(text: str) -> str:
    """Write the text in GSM-7: with plain typography, and `ô` as `o`, `ł` as `l` and the like.

    One letter that GSM-7 lacks would more than double the segments. Where another script or an
    emoji needs UCS-2 all the same, nothing would be saved, and the text stays as it is.
    """
    composed = unicodedata.normalize("NFC", plain_typography(text))
    narrowed = "".join(map(_without_mark, composed.translate(_LETTERS)))
    return narrowed if is_gsm7(narrowed) else text


def _without_mark(letter: str) -> str:
    if letter in BASIC or not letter.isalpha():
        return letter
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base.isascii() else letter


def _parts(widths: Iterable[int], *, alone: int, joined: int) -> int:
    """Count the parts; a character of two units (escape pair, surrogate pair) stays whole."""
    widths = list(widths)
    if sum(widths) <= alone:
        return 1
    parts, room = 0, 0
    for width in widths:
        if width > room:
            parts, room = parts + 1, joined
        room -= width
    return parts
