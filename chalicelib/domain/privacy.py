"""What a customer may decide about their own data, and when all of it was erased."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

ERASED = "erased"
"""Stands where a person's words or name stood. A code, so that nobody takes it for either."""


class ErasureReason(StrEnum):
    """On which ground a customer is erased: GDPR article 17(1)(a) to (e), and article 5(1)(e)."""

    NO_LONGER_NEEDED = "no_longer_needed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    OBJECTION = "objection"
    UNLAWFUL = "unlawful"
    LEGAL_OBLIGATION = "legal_obligation"
    RETENTION = "retention"


@dataclass(frozen=True, slots=True)
class Erasure:
    """That a customer's identity goes: since when, who asked for it, and why.

    The customer's own record is nameless from `asked_at` on; `done_at` is when everything else
    was, too (None: a worker is at it).
    """

    asked_at: datetime
    by: str
    reason: ErasureReason
    done_at: datetime | None = None


class Covers(StrEnum):
    """What a withdrawal is about: everything, or reminders only (not legal notices)."""

    EVERYTHING = "everything"
    REMINDERS = "reminders"


@dataclass(frozen=True, slots=True)
class Consent:
    """What a customer last said about a channel: GDPR article 7, and article 21 where withdrawn.

    `source` is a code for where they said it (`web_form`, `phone`, `letter`), `words` is how they
    said it, where that is known. Who recorded it, and what was said before, the events tell.
    """

    given: bool
    source: str
    at: datetime
    covers: Covers = Covers.EVERYTHING
    words: str | None = None

    def allows(self, *, legal: bool) -> bool:
        """Say whether a message may be sent: a reminder, or a legal notice."""
        return self.given or (legal and self.covers is Covers.REMINDERS)
