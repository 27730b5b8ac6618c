"""A case: what happened to each step, what holds it back, and when it is looked at next."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict

from chalicelib.domain.approval import Approval
from chalicelib.domain.case import Case, Pause, StepResult
from chalicelib.domain.restriction import ServiceAction
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.shapes.common import DateText, Timestamp, timestamp, timestamp_or_none
from chalicelib.handlers.shapes.segment import DecidedByText

RestrictsWord = Literal["limit", "downgrade", "suspend"]
_RESTRICTS: dict[ServiceAction, RestrictsWord] = {
    ServiceAction.LIMIT: "limit",
    ServiceAction.DOWNGRADE: "downgrade",
    ServiceAction.SUSPEND: "suspend",
}


class StepResultShape(TypedDict):
    """How a step ended. `rerouted`: it didn't reach the customer and takes another way.

    `pay_by` is the customer's day until which its message gave time to pay.
    """

    step: str
    outcome: Literal["sent", "acted", "skipped", "failed", "unconfirmed", "captured"]
    reason: str
    at: Timestamp
    channel: str | None
    communication: str | None
    rerouted: bool
    pay_by: DateText | None


class PauseShape(TypedDict):
    """What holds a case back; `until` null: until it is lifted. `amount` is how much of what
    remains it holds back; null: all of it."""

    kind: Literal["hold", "dispute", "promise", "plan", "payment_processing", "handed_over"]
    reason: str
    since: Timestamp
    until: Timestamp | None
    reference: str | None
    amount: int | None


class AskedApprovalShape(TypedDict):
    """What was asked about a step, at how much in minor units, and where it is decided."""

    step: str
    task: str
    asked_at: Timestamp
    amount: int
    verdict: Literal["awaited", "approved", "refused"]


class CaseShape(TypedDict):
    """The follow-up of one invoice. `due_at` is when it is looked at next, by which `channel`.

    `decided_by` says what decided about the sequence: the invoice's own, an override of the
    customer, a segment, or that none fits; null where that was before there were segments.
    `restricts` is what it restricts of the customer's service.
    """

    id: str
    object: Literal["case"]
    livemode: bool
    status: Literal["open", "closed"]
    closed_reason: str | None
    invoice: str
    customer: str
    number: str
    currency: str
    amount: int
    amount_remaining: int
    issue_date: DateText
    due_date: DateText
    sequence: str
    sequence_version: int
    decided_by: DecidedByText | None
    segment: str | None
    segment_version: int | None
    results: list[StepResultShape]
    pauses: list[PauseShape]
    restricts: RestrictsWord | None
    approvals: list[AskedApprovalShape]
    in_flight: str | None
    due_at: Timestamp | None
    channel: str | None
    last_contact_at: Timestamp | None
    test_clock: str | None
    created_at: Timestamp


def case_shape(case: Case) -> CaseShape:
    """Write a case. `in_flight` is the communication that is being sent right now."""
    segment = case.choice.segment if case.choice else None
    restriction = None if case.restriction and case.restriction.lifted else case.restriction
    return CaseShape(
        id=case.id,
        object="case",
        livemode=case.tenant.mode is Mode.LIVE,
        status=case.status.value,
        closed_reason=case.closed_reason,
        invoice=case.invoice_id,
        customer=case.customer_id,
        number=case.number,
        currency=case.currency.code,
        amount=case.amount,
        amount_remaining=case.remaining,
        issue_date=case.issue_date.isoformat(),
        due_date=case.due_date.isoformat(),
        sequence=case.sequence[0],
        sequence_version=case.sequence[1],
        decided_by=case.choice.by.value if case.choice else None,
        segment=segment[0] if segment else None,
        segment_version=segment[1] if segment else None,
        results=[_result(step, result) for step, result in case.results.items()],
        pauses=[_pause(pause) for pause in case.pauses],
        restricts=_RESTRICTS.get(restriction.action) if restriction else None,
        approvals=[_approval(each) for each in case.approvals],
        in_flight=case.claim.communication if case.claim else None,
        due_at=timestamp_or_none(case.due_at),
        channel=case.channel,
        last_contact_at=timestamp_or_none(case.last_contact_at),
        test_clock=case.test_clock,
        created_at=timestamp(case.created_at),
    )


def _result(step: str, result: StepResult) -> StepResultShape:
    return StepResultShape(
        step=step,
        outcome=result.outcome.value,
        reason=result.reason,
        at=timestamp(result.at),
        channel=result.channel,
        communication=result.communication,
        rerouted=result.reroute,
        pay_by=result.pay_by.isoformat() if result.pay_by else None,
    )


def _pause(pause: Pause) -> PauseShape:
    return PauseShape(
        kind=pause.kind.value,
        reason=pause.reason,
        since=timestamp(pause.since),
        until=timestamp_or_none(pause.until),
        reference=pause.reference,
        amount=pause.amount,
    )


def _approval(approval: Approval) -> AskedApprovalShape:
    return AskedApprovalShape(
        step=approval.step,
        task=approval.task,
        asked_at=timestamp(approval.asked_at),
        amount=approval.amount,
        verdict=approval.verdict.value,
    )
