"""Why a case follows the sequence that it follows: an override, a segment, or the default."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ChosenBy(StrEnum):
    """What decided about a case's sequence, the strongest first."""

    INVOICE = "invoice"
    CUSTOMER = "customer"
    SEGMENT = "segment"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Choice:
    """What decided; `segment` is its id and version where it was one."""

    by: ChosenBy
    segment: tuple[str, int] | None = None

    @property
    def source(self) -> tuple[ChosenBy, str | None]:
        """The choice without the version: a segment that was changed is still the same one."""
        return self.by, self.segment[0] if self.segment else None


@dataclass(frozen=True, slots=True)
class Override:
    """A person's or system's decision that a customer, or an invoice, follows a sequence whatever
    the segments say. `instead_of` is the sequence that the invoice was posted with by name."""

    sequence_id: str
    by: str
    why: str
    at: datetime
    instead_of: str | None = None


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a case got under sequences that it followed before: the latest `offset_days` (local
    days from the due date) of what was done, and when (UTC) it was done last."""

    offset_days: int
    at: datetime
