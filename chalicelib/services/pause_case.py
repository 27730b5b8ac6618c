"""Hold a case back, and let it go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.case import Case, CaseStatus, CustomerFile, Pause, PauseKind
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import CaseNotOpenError, FieldError, InvalidError, NotFoundError
from chalicelib.domain.privacy import ERASED
from chalicelib.domain.schedule import rescheduled
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import (
    changing,
    load_case,
    now_of,
    retrying,
    rules_for,
)
from chalicelib.services.confirm import to_tell


def pause_case(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    case_id: str,
    *,
    reason: str,
    until: datetime | None,
    confirm: bool = False,
) -> Case:
    """Hold an open case back until `until` (UTC), or until it is resumed.

    A second hold takes the place of the first. With `confirm` the customer is told until when.
    Raises NotFoundError, CaseNotOpenError, and InvalidError for an end that is past.
    """

    def hold(case: Case, customer: Customer, now: datetime) -> Case:
        if until is not None and until <= now:
            fault = FieldError("/until", "The end of a hold is in the future.")
            raise InvalidError("The hold would have ended already.", fields=(fault,))
        words = ERASED if customer.erasure else reason
        pauses = (*_others(case), Pause(PauseKind.HOLD, words, now, until))
        held = replace(case, pauses=pauses)
        return to_tell(held, case.id, now) if confirm else held

    return _change(ports, tenant, change, case_id, hold)


def resume_case(ports: Ports, tenant: Tenant, change: Change, case_id: str) -> Case:
    """Lift a hold; other pauses stay. Resuming what isn't held changes nothing.

    Raises NotFoundError, CaseNotOpenError.
    """

    def lift(case: Case, _customer: Customer, _now: datetime) -> Case:
        return replace(case, pauses=_others(case))

    return _change(ports, tenant, change, case_id, lift)


def hand_back_case(ports: Ports, tenant: Tenant, change: Change, case_id: str) -> Case:
    """Let a case go on that was handed over; what isn't with anybody doesn't change.

    Raises NotFoundError, CaseNotOpenError.
    """

    def take_back(case: Case, _customer: Customer, _now: datetime) -> Case:
        left = (pause for pause in case.pauses if pause.kind is not PauseKind.HANDED_OVER)
        return replace(case, pauses=tuple(left))

    return _change(ports, tenant, change, case_id, take_back)


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
        befores = {case.id: case for case in file.cases} | {case_id: before}
        cases = tuple((befores | {case_id: edited}).values())
        rules = rules_for(ports, tenant, cases)
        anew = rescheduled(CustomerFile(file.customer, cases), rules, now, [edited])
        writes = [changing(befores[after.id], after, change.when(now)) for after in anew]
        ports.ledger.commit(writes)
        return next(write.after for write in writes if write.after.id == case_id)

    return retrying(attempt)
