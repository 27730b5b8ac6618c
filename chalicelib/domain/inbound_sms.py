"""What a text message from a customer means: an opt-out, its end, a cry for help, or words.

The opt-out keywords are those that AWS End User Messaging requires (its user guide, "Required
opt-out keywords": English, French), START and UNSTOP are its words to come back, HELP and INFO,
with the French AIDE, its words for help; AYUDA and HILFE say the same. A message that begins with a
keyword is meant, upper or lower case, with accents or without. A keyword ends where a word ends, so
that "Ende der Woche zahle ich" isn't END; only STOP needs no end (STOPP, STOPALL). What begins with
none is for a person.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

KEYWORD = "sms_keyword"
"""The source of what was said by a keyword."""
INBOUND = "inbound_message"
"""What stands for the step of a task to read a message."""


class Meaning(StrEnum):
    """What is to be done about a message."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    WORDS = "words"


STOPS = frozenset({
    "ARRET", "CANCEL", "END", "OPT-OUT", "OPTOUT", "QUIT", "REMOVE", "STOP", "TD", "UNSUBSCRIBE",
})  # fmt: skip
STARTS = frozenset({"START", "UNSTOP"})
HELPS = frozenset({"AIDE", "AYUDA", "HELP", "HILFE", "INFO"})
_FIRST_WORD = re.compile(r"[^A-Z0-9]*([A-Z0-9]+(?:-[A-Z0-9]+)*)")


def meaning_of(text: str) -> Meaning:
    """Return what a message means by how it begins."""
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each)
    )
    found = _FIRST_WORD.match(plain.upper())
    word = found[1] if found else ""
    if word in STOPS or word.partition("-")[0] in STOPS or word.startswith("STOP"):
        return Meaning.STOP
    if word in STARTS:
        return Meaning.START
    return Meaning.HELP if word in HELPS else Meaning.WORDS
