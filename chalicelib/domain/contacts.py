"""Contacts with a customer: what was sent, handed over, or told by a person, in and out.

Those of open cases follow from how their steps ended. Those of closed cases, and what people told,
the customer's record remembers: all of the last days, which is as far as any cap looks back, and
the newest. So the working file knows whatever the rules need.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from chalicelib.domain import ids

if TYPE_CHECKING:
    from chalicelib.domain.case import Case, CustomerFile

TOLD = "+"
"""How the id of a contact begins that somebody told of."""
DAYS = 7
"""Caps count any seven local days."""
HANDED_OVER = ("acted", "for_a_person")
"""How a step ended that a person was to do because of its kind (case.Outcome, decisions.Reason)."""
KEPT_FOR = timedelta(days=DAYS + 2)
"""Seven local days, wherever the customer moves meanwhile (UTC-12 to UTC+14)."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One contact. The same `id` is the same contact, also where several cases tell of it.

    `case` is the own part of the case's id that it was about (None: of no case in particular, or of
    all). `conversation` says that the two spoke with each other.
    """

    id: str
    at: datetime
    channel: str
    inbound: bool = False
    case: str | None = None
    conversation: bool = False

    @property
    def is_told(self) -> bool:
        """Whether somebody told of it, so that no other record does."""
        return self.id.startswith(TOLD)

    def is_about(self, case: Case) -> bool:
        """Say whether it was, or may have been, about the case."""
        return self.case is None or self.case == own_part(case.id)


def own_part(case_id: str) -> str:
    """Return the part of a case's id that is its own."""
    return ids.parse(ids.CASE, case_id).own


def of_step(case_id: str, step: str) -> str:
    """Return the id of the contact that a step handed to a person is."""
    return f"{own_part(case_id)} {step}"


def of_file(file: CustomerFile) -> tuple[Contact, ...]:
    """Return all contacts that the working file knows of."""
    told = (contact for case in file.cases for contact in of_case(case))
    return _each_once([*told, *file.customer.contacts])


def of_case(case: Case) -> Iterator[Contact]:
    """Yield the contacts that the steps of a case were, or may have been."""
    for step, result in case.results.items():
        if result.reached and result.channel:
            identifier = result.communication or of_step(case.id, step)
            yield Contact(identifier, result.at, result.channel)
        elif (result.outcome, result.reason) == HANDED_OVER and result.channel:
            own = own_part(case.id)
            yield Contact(of_step(case.id, step), result.at, result.channel, case=own)
    if case.claim:
        yield Contact(case.claim.communication, case.claim.at, case.claim.channel)


def new_contact(case: Case, step: str, channel: str, at: datetime) -> Contact:
    """Return the contact that a step which is decided on will be."""
    return Contact(of_step(case.id, step), at, channel, case=own_part(case.id))


def remembered(
    known: Iterable[Contact], new: Iterable[Contact], now: datetime
) -> tuple[Contact, ...]:
    """Return what a customer's record keeps of contacts: those of the last days, and the newest."""
    every = _each_once([*known, *new])
    return tuple(each for each in every if each is every[-1] or now - each.at <= KEPT_FOR)


def _each_once(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    """Return the contacts, oldest first; of one that is told of twice what was told last."""
    latest: dict[str, Contact] = {}
    for each in contacts:
        known = latest.get(each.id)
        if known is None or (each.at, each.conversation) > (known.at, known.conversation):
            latest[each.id] = each
    return tuple(sorted(latest.values(), key=lambda each: (each.at, each.id)))
