"""Cases. A case stays under one kilobyte with all its results, since each write of it costs by
the kilobyte: results and claim are lines of fields, with ids cut down to their own part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.domain import ids
from chalicelib.domain.case import Case, CaseStatus, Claim, Outcome, StepResult
from chalicelib.domain.due import due_partition
from chalicelib.domain.money import currency
from chalicelib.domain.restriction import Restriction, ServiceAction
from chalicelib.storage import keys
from chalicelib.storage.attributes import instant, microseconds
from chalicelib.storage.items import CaseItem
from chalicelib.storage.mapping.choice import (
    read_choice,
    read_covered,
    write_choice,
    write_covered,
)
from chalicelib.storage.mapping.common import (
    SEPARATOR,
    change_of,
    read_version,
    stamp,
    write_version,
)

_REROUTE, _LIFTED = "reroute", "lifted"
_STEP, _CLAIMED = "=", "@"
"""What days are by: a step's name after its mark, or the claim."""


def to_record(case: Case, *, shards: int) -> CaseItem:
    """Return the item of a case. One that isn't due has no attribute of the due index."""
    due_pk = None
    if case.due_at is not None:
        due_pk = due_partition(case.tenant, case.customer_id, case.test_clock, shards=shards)
    return CaseItem(
        **stamp(case, keys.case(case.tenant, case.id, unfinished=case.is_unfinished)),
        number=case.number,
        currency=case.currency.code,
        amount=case.amount,
        remaining=case.remaining,
        issue_date=case.issue_date,
        due_date=case.due_date,
        sequence=write_version(case.sequence),
        created_at=case.created_at,
        status=case.status,
        closed_reason=case.closed_reason,
        results={step: _write_result(each) for step, each in case.results.items()} or None,
        pauses=case.pauses or None,
        claim=_write_claim(case.claim) if case.claim else None,
        deadlines=_write_deadlines(case) or None,
        due_pk=due_pk,
        due_at=case.due_at,
        channel=case.channel,
        test_clock=case.test_clock,
        open_tasks=tuple(_own(ids.TASK, each) for each in case.open_tasks) or None,
        closed_version=case.closed_version,
        reopened_at=case.reopened_at,
        choice=write_choice(case.choice) if case.choice else None,
        covered=write_covered(case.covered) if case.covered else None,
        confirmations=case.confirmations or None,
        approvals=case.approvals or None,
        charges=case.charges or None,
        instalment=case.instalment,
        restriction=_write_restriction(case.restriction) if case.restriction else None,
    )


def from_record(item: CaseItem) -> Case:
    """Return the case of an item."""
    tenant, customer_id = keys.owner(item.pk)
    given = {step: date.fromisoformat(day) for step, day in (item.deadlines or {}).items()}
    results = {
        step: replace(_read_result(line, customer_id), pay_by=given.get(_STEP + step))
        for step, line in (item.results or {}).items()
    }
    claim = _read_claim(item.claim, customer_id) if item.claim else None
    return Case(
        id=keys.identifier(ids.CASE, item.key),
        tenant=tenant,
        customer_id=customer_id,
        number=item.number,
        currency=currency(item.currency),
        amount=item.amount,
        remaining=item.remaining,
        issue_date=item.issue_date,
        due_date=item.due_date,
        sequence=read_version(item.sequence),
        created_at=item.created_at,
        status=CaseStatus(item.status),
        closed_reason=item.closed_reason,
        results=results,
        pauses=item.pauses or (),
        claim=replace(claim, pay_by=given.get(_CLAIMED)) if claim else None,
        due_at=item.due_at,
        channel=item.channel,
        test_clock=item.test_clock,
        open_tasks=tuple(ids.child_id(ids.TASK, customer_id, own) for own in item.open_tasks or ()),
        closed_version=item.closed_version,
        reopened_at=item.reopened_at,
        choice=read_choice(item.choice) if item.choice else None,
        covered=read_covered(item.covered) if item.covered else None,
        confirmations=item.confirmations or (),
        approvals=item.approvals or (),
        charges=item.charges or 0,
        instalment=item.instalment,
        restriction=_read_restriction(item.restriction) if item.restriction else None,
        version=item.version,
        change=change_of(item),
    )


def _write_deadlines(case: Case) -> dict[str, str]:
    """Return until when messages gave time to pay, by step: most give none."""
    days = {_STEP + step: result.pay_by for step, result in case.results.items()}
    days[_CLAIMED] = case.claim.pay_by if case.claim else None
    return {step: day.isoformat() for step, day in days.items() if day}


def _write_result(result: StepResult) -> str:
    # The reason stands last, because it is the only field that may contain the separator.
    fields = (
        result.outcome,
        str(microseconds(result.at)),
        result.channel or "",
        _own_or_nothing(result.communication),
        _REROUTE if result.reroute else "",
        result.reason,
    )
    return SEPARATOR.join(fields)


def _read_result(line: str, customer_id: str) -> StepResult:
    outcome, at, channel, own, reroute, reason = line.split(SEPARATOR, 5)
    return StepResult(
        outcome=Outcome(outcome),
        reason=reason,
        at=instant(int(at)),
        channel=channel or None,
        communication=_communication(own, customer_id) if own else None,
        reroute=bool(reroute),
    )


def _write_claim(claim: Claim) -> str:
    fields = (
        str(microseconds(claim.at)),
        claim.channel,
        _own(ids.COMMUNICATION, claim.communication),
        claim.step,
    )
    return SEPARATOR.join(fields)


def _read_claim(line: str, customer_id: str) -> Claim:
    at, channel, own, step = line.split(SEPARATOR, 3)
    return Claim(
        step=step,
        communication=_communication(own, customer_id),
        channel=channel,
        at=instant(int(at)),
    )


def _write_restriction(restriction: Restriction) -> str:
    fields = (
        restriction.action,
        str(restriction.at_least),
        str(microseconds(restriction.look_at)) if restriction.look_at else "",
        _LIFTED if restriction.lifted else "",
    )
    return SEPARATOR.join(fields)


def _read_restriction(line: str) -> Restriction:
    action, at_least, look_at, lifted = line.split(SEPARATOR)
    return Restriction(
        action=ServiceAction(action),
        at_least=int(at_least),
        look_at=instant(int(look_at)) if look_at else None,
        lifted=bool(lifted),
    )


def _own(prefix: str, identifier: str) -> str:
    return ids.parse(prefix, identifier).own


def _own_or_nothing(communication: str | None) -> str:
    return _own(ids.COMMUNICATION, communication) if communication else ""


def _communication(own: str, customer_id: str) -> str:
    return ids.child_id(ids.COMMUNICATION, customer_id, own)
