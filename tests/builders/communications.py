"""What was sent about cases, and what a person is to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.communication import Communication, CommunicationStatus, Task
from chalicelib.domain.decisions import Part, Reason
from tests.builders.basics import LIVE, own_part, utc
from tests.builders.cases import a_case


def a_communication(
    *cases: Case, name: str = "M-1", step: str = "reminder", **facts: Any
) -> Communication:
    """Return an e-mail that was sent about these cases (one default case without any)."""
    concerned = cases or (a_case(),)
    owner = concerned[0].customer_id
    communication = Communication(
        id=ids.child_id(ids.COMMUNICATION, owner, own_part(name)),
        tenant=LIVE,
        customer_id=owner,
        channel="email",
        status=CommunicationStatus.SENT,
        parts=tuple(Part(case.id, step, Reason.DUE) for case in concerned),
        template=step,
        locale="en",
        to="one@customer.example",
        subject="Your invoice",
        amounts={"eur": sum(case.remaining for case in concerned)},
        created_at=utc("2026-01-16 09:00"),
        provider_id="0100018-test",
        sent_at=utc("2026-01-16 09:00"),
        version=1,
    )
    return replace(communication, **facts)


def a_task(case: Case | None = None, *, name: str = "T-1", **facts: Any) -> Task:
    """Return an open task: call the customer about a case."""
    concerned = case or a_case()
    task = Task(
        id=ids.child_id(ids.TASK, concerned.customer_id, own_part(name)),
        tenant=LIVE,
        customer_id=concerned.customer_id,
        case_id=concerned.id,
        step="call",
        do="call",
        reason=Reason.FOR_A_PERSON.value,
        created_at=utc("2026-01-20 10:00"),
        version=1,
    )
    return replace(task, **facts)
