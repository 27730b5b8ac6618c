"""Give a dispute to somebody, or more time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.domain.customer import Change
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.disputing import (
    Disputed,
    Edited,
    change_dispute,
    check_deadline,
    still_open,
)


def assign_dispute(
    ports: Ports, tenant: Tenant, change: Change, dispute_id: str, assignee: str
) -> Dispute:
    """Say who sees to an open dispute. The same person again changes nothing.

    Raises NotFoundError, DisputeNotOpenError.
    """

    def assigned(disputed: Disputed) -> Edited:
        dispute = still_open(disputed)
        who = None if disputed.opened.customer.erasure else assignee
        if dispute.assignee == who:
            return Edited(dispute)
        return Edited(replace(dispute, assignee=who), disputed.pass_task_on(who))

    return change_dispute(ports, tenant, change, dispute_id, assigned)


def extend_dispute(
    ports: Ports, tenant: Tenant, change: Change, dispute_id: str, deadline: date
) -> Dispute:
    """Set an open dispute aside until the end of a later local day, with a new task before.

    Raises NotFoundError, DisputeNotOpenError, InvalidError for a day that isn't later.
    """

    def extended(disputed: Disputed) -> Edited:
        dispute = still_open(disputed)
        if deadline == dispute.deadline:
            return Edited(dispute)
        check_deadline(deadline, disputed.calendar.date_of(disputed.opened.books.now))
        if deadline < dispute.deadline:
            fault = FieldError("/deadline", f"must not be before {dispute.deadline}")
            raise InvalidError("The deadline can only be put off.", fields=(fault,))
        longer = replace(dispute, deadline=deadline, warned=False, held_on=False)
        return Edited(longer, disputed.end_task("extended"))

    return change_dispute(ports, tenant, change, dispute_id, extended)
