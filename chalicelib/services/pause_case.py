"""Hold a case back, and let it go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.case import Case, CaseStatus, CustomerFile, Pause, PauseKind
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import CaseNotOpenError, FieldError, InvalidError, NotFoundError
from chalicelib.domain.privacy import ERASED
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import (
    changing,
    load_case,
    now_of,
    retrying,
    rules_for,
)


def pause_case(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    case_id: str,
    *,
    reason: str,
    until: datetime | None,
) -> Case:
    """Hold an open case back until `until` (UTC), or until it is resumed.

    A second hold takes the place of the first. Raises NotFoundError, CaseNotOpenError, and
    InvalidError for an end that is past.
    """

    def hold(case: Case, customer: Customer, now: datetime) -> Case:
        if until is not None and until <= now:
            fault = FieldError("/until", "The end of a hold is in the future.")
            raise InvalidError("The hold would have ended already.", fields=(fault,))
        words = ERASED if customer.erasure else reason
        return replace(case, pauses=(*_others(case), Pause(PauseKind.HOLD, words, now, until)))

    return _change(ports, tenant, change, case_id, hold)


def resume_case(ports: Ports, tenant: Tenant, change: Change, case_id: str) -> Case:
    """Lift a hold; other pauses stay. Resuming what isn't held changes nothing.

    Raises NotFoundError, CaseNotOpenError.
    """

    def lift(case: Case, _customer: Customer, _now: datetime) -> Case:
        return replace(case, pauses=_others(case))

    return _change(ports, tenant, change, case_id, lift)


def _others(case: Case) -> tuple[Pause, ...]:
    return tuple(pause for pause in case.pauses if pause.kind is not PauseKind.HOLD)


def _change(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    case_id: str,
    edit: Callable[[Case, Customer, datetime], Case],
) -> Case:
    def attempt() -> Case:
        before = load_case(ports, tenant, case_id)
        if before.status is not CaseStatus.OPEN:
            raise CaseNotOpenError(f"The case is closed: {before.closed_reason}.")
        file = ports.ledger.file(tenant, before.customer_id)
        if file is None:
            raise NotFoundError(f"There is no case {case_id}.")
        now = now_of(ports, file.customer)
        edited = edit(before, file.customer, now)
        if edited == before:
            return before
        rest = [case for case in file.cases if case.id != case_id]
        after = _scheduled(ports, CustomerFile(file.customer, (edited, *rest)), now)
        write = changing(before, after, change.when(now))
        ports.ledger.commit([write])
        return write.after

    return retrying(attempt)


def _scheduled(ports: Ports, file: CustomerFile, now: datetime) -> Case:
    rules = rules_for(ports, file.customer.tenant, file.cases)
    return reschedule(file, rules, now).cases[0]
