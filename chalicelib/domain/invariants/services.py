"""I3: what is taken away of a service is owed for, and given back once it isn't."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.case import Case
from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.invariants.schedule import BACKLOG
from chalicelib.domain.restriction import ServiceAction
from chalicelib.domain.service import Service, ServiceStatus, stands, wanted


def service_follows_debt(evidence: Evidence) -> Iterator[str]:
    """A service is asked to be what the cases want, soon after they want it: nothing stays
    suspended once all that caused it is settled, and nothing is suspended without a cause."""
    action = wanted(evidence.file.cases, evidence.now)
    restricted = [case for case in evidence.file.cases if case.restriction]
    known = next(iter(evidence.file.services), None)
    if known is None:
        yield from (case.id for case in restricted)
    elif known.action is not action and not _may_change_still(evidence):
        yield known.id
    for service in evidence.file.services:
        if not _adds_up(service):
            yield service.id


def request_is_borne(evidence: Evidence) -> Iterator[str]:
    """A request that waits for its answer is asked again in time; one that doesn't wait is borne
    by nobody."""
    for service in evidence.file.services:
        next_at, bearer = service.next_at, evidence.cases.get(service.bearer or "")
        borne = bearer.restriction.look_at if bearer and bearer.restriction else None
        if borne != next_at or (next_at and next_at + BACKLOG < evidence.now):
            yield service.id
    for case in evidence.file.cases:
        restriction = case.restriction
        if restriction is None:
            continue
        is_bearer = any(each.bearer == case.id for each in evidence.file.services)
        if (
            restriction.at_least < 1
            or restriction.action is ServiceAction.RESTORE
            or (restriction.lifted and not is_bearer and not _is_looked_at(case, evidence))
        ):
            yield case.id


def _is_looked_at(case: Case, evidence: Evidence) -> bool:
    """Say whether a case that bore a request before lets go of it in time."""
    look_at = case.restriction.look_at if case.restriction else None
    return look_at is not None and look_at + BACKLOG >= evidence.now


def _may_change_still(evidence: Evidence) -> bool:
    """Say whether a case was written so lately that nobody may have looked at it yet."""
    return any(
        case.restriction
        and not stands(case, evidence.now)
        and evidence.changed_at(case) + BACKLOG >= evidence.now
        for case in evidence.file.cases
    )


def _adds_up(service: Service) -> bool:
    is_done = service.status is ServiceStatus.ACKNOWLEDGED
    return (
        service.number >= 1
        and service.asked >= 1
        and service.requested_at is not None
        and service.asked_at is not None
        and service.requested_at <= service.asked_at
        and bool(service.invoices)
        and service.bearer is not None
        and is_done == (service.acknowledged_at is not None)
        and (service.task is not None or service.status is not ServiceStatus.UNANSWERED)
    )
