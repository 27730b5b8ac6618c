"""A confirmation: one message that tells a customer what was agreed with them.

It is no reminder: it asks for nothing and no gap is counted from it. What is still to be confirmed
stands on a case, so that the sweep finds it; it is taken off in the write that puts the message
into the log.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain import ids
from chalicelib.domain.money import Money


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is to be confirmed: the record that it is about, and since when it waits."""

    about: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Agreed:
    """One line of what was agreed: how much by which local day of the customer's."""

    day: date
    amount: Money


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a confirmation says: the message's name, the invoices and the lines."""

    template: str
    invoices: tuple[str, ...]
    lines: tuple[Agreed, ...]


def communication_id(confirmation: Confirmation, customer_id: str) -> str:
    """Return the id of the one message that confirms it, however often it is tried."""
    own = ids.part(confirmation.asked_at, ids.meaning("confirmation", confirmation.about))
    return ids.child_id(ids.COMMUNICATION, customer_id, own)


def without(confirmations: Iterable[Confirmation], gone: Confirmation) -> tuple[Confirmation, ...]:
    """Return what else is to be confirmed."""
    return tuple(each for each in confirmations if each != gone)
