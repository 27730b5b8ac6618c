"""A creditor's own text of a message, which its customers get in place of the built-in one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LONGEST_TEXT = 8_000
"""Characters of a text as it is written, before anything is put into it."""
LONGEST_SUBJECT = 300
"""Characters of a subject as it is written."""


@dataclass(frozen=True, slots=True)
class TemplateName:
    """Which text: of a message, on a channel (`email`, `sms`), in a language (`de`)."""

    message: str
    channel: str
    locale: str

    def __str__(self) -> str:
        return f"{self.message}/{self.channel}/{self.locale}"


@dataclass(frozen=True, slots=True)
class Words:
    """What is written. Without `subject`, an e-mail has the built-in one; an SMS has none."""

    text: str
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class OwnTemplate:
    """One text as stored. `version` counts its changes; after a reset it begins with 1 again."""

    name: TemplateName
    words: Words
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Applying:
    """What applies to a message: the creditor's own text, or else the built-in one."""

    name: TemplateName
    words: Words
    own: OwnTemplate | None
