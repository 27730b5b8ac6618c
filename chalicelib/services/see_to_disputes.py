"""What disputes need when their moment has come: a task before the deadline, and their end.

Whoever looks at a customer's file does this first, so that nothing is asked for that is still set
aside, and nothing stays set aside whose time is over. The invoice of a dispute may be settled by
then: a dispute of nothing ends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from chalicelib.domain.case import Case, CustomerFile, Pause
from chalicelib.domain.customer import Change
from chalicelib.domain.dispute import (
    HOLDS_ON,
    AtDeadline,
    Dispute,
    DisputeStatus,
    ended,
    with_pause,
)
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.bookkeeping import books_on
from chalicelib.services.disputing import Disputed

MOST_AT_ONCE = 20
"""How many disputes one transaction of at most 100 items sees to: each writes itself, two tasks and
its case, or one task and a case that leaves the file. What else is due then comes with the next."""
NEAR = "The deadline of the dispute is near: decide on it, or put it off."
REACHED = "The deadline of the dispute has come: decide on it, or it is asked for again."
EXPIRED = "Nobody decided on the dispute by its deadline: the customer is followed up again."


def see_to_disputes(ports: Ports, file: CustomerFile, now: datetime, change: Change) -> bool:
    """Do what is due of the file's disputes; True where something changed.

    Raises WriteConflictError where the file was changed in between.
    """
    seen_to = False
    left: CustomerFile | None = file
    while left and (waiting := _waiting(left, now)):
        _see_to(ports, left, waiting[:MOST_AT_ONCE], now, change)
        seen_to = True
        is_last = len(waiting) <= MOST_AT_ONCE
        left = None if is_last else ports.ledger.file(file.customer.tenant, file.customer.id)
    return seen_to


def _waiting(file: CustomerFile, now: datetime) -> list[tuple[Case, Pause]]:
    return [
        (case, pause)
        for case in file.cases
        for pause in case.disputes
        if not case.is_open or (pause.look_at or pause.until or now) <= now
    ]


def _see_to(
    ports: Ports,
    file: CustomerFile,
    waiting: list[tuple[Case, Pause]],
    now: datetime,
    change: Change,
) -> None:
    """Do what is due of some disputes, in one transaction with all that follows from it."""
    opened = books_on(ports, change, file)
    writes: list[Write[Record]] = []
    for case, pause in waiting:
        dispute = ports.ledger.dispute(case.tenant, pause.reference or "")
        if dispute and dispute.is_open:
            writes += _seen_to(Disputed(dispute, opened), now)
        else:  # a pause of what is over holds nothing
            left = tuple(each for each in case.pauses if each != pause)
            opened.books.cases[case.invoice_id] = replace(case, pauses=left)
    opened.beside += len(writes)
    ports.ledger.commit([*writes, *opened.close()])


def _seen_to(disputed: Disputed, now: datetime) -> list[Write[Record]]:
    dispute = disputed.dispute
    if not disputed.case.is_open:
        settled = ended(dispute, DisputeStatus.SETTLED, now)
        return [*disputed.end_task(settled.status.value), disputed.write(settled)]
    if now < dispute.until(disputed.calendar):
        return _before_deadline(disputed, now)
    if dispute.at_deadline is AtDeadline.HOLD_FOR_PERSON and not dispute.held_on:
        return _hold_on(disputed)
    expired = ended(dispute, DisputeStatus.EXPIRED, now)
    return _with_task(disputed, expired, EXPIRED)


def _before_deadline(disputed: Disputed, now: datetime) -> list[Write[Record]]:
    dispute, calendar = disputed.dispute, disputed.calendar
    if not dispute.warned and dispute.warns_at(calendar) <= now:
        return _with_task(disputed, replace(dispute, warned=True), NEAR)
    disputed.put(with_pause(disputed.case, dispute, calendar))  # the customer has moved west
    return []


def _hold_on(disputed: Disputed) -> list[Write[Record]]:
    dispute = disputed.dispute
    later = replace(dispute, deadline=dispute.deadline + HOLDS_ON, warned=True, held_on=True)
    return _with_task(disputed, later, REACHED)


def _with_task(disputed: Disputed, after: Dispute, reason: str) -> list[Write[Record]]:
    """Replace the open task about it by another."""
    before = disputed.end_task("replaced")
    task = disputed.new_task(reason)
    return [*before, task, disputed.write(replace(after, task=task.after.id))]
