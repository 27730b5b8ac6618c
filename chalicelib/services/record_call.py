"""Record how a call went, and let the case follow from it.

| result | what follows |
|---|---|
| `reached` | the task is done |
| `no_answer` | the task waits for the next attempt, and counts the one made |
| `wrong_number` | the number isn't used any more, and the task is done |
| `promised` | a promise to pay is taken, which pauses the case; the task is done |
| `paid` | the case is held for some days, in which the money can come; the task is done |

What follows is written first. Whoever dies before the task is done, and records the same again,
finds it: a task makes one promise, a number is suppressed once, and a hold takes the place of the
one before.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain import ids
from chalicelib.domain.case import Pause, PauseKind
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Change, Suppression
from chalicelib.domain.errors import FieldError, InvalidError, TaskDoneError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.promise import USUAL_GRACE_DAYS, PromisedDate, Source
from chalicelib.domain.sequence import Do
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.arrange_task import arrange, check_later
from chalicelib.services.common import (
    load_case,
    load_customer,
    load_invoice,
    load_task,
    now_of,
)
from chalicelib.services.complete_task import complete_task
from chalicelib.services.once import Mark
from chalicelib.services.pause_case import pause_case
from chalicelib.services.suppress import suppress
from chalicelib.services.take_promise import NewPromise, take_promise

AGAIN_AFTER = timedelta(days=1)
"""When to try again unless the caller says so."""
SAYS_PAID = "The customer says that it is paid; check the incoming payments."


class CallResult(StrEnum):
    """How a call went."""

    REACHED = "reached"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    PROMISED = "promised"
    PAID = "paid"


@dataclass(frozen=True, slots=True)
class CallOutcome:
    """What was found out. `again_at` (UTC) is for a call in vain, `dates` and `grace_days` for a
    promise (minor units of the invoice's currency, the customer's days), `hold_days` for what is
    said to be paid."""

    result: CallResult
    note: str | None = None
    again_at: datetime | None = None
    dates: tuple[PromisedDate, ...] = ()
    grace_days: int = USUAL_GRACE_DAYS
    hold_days: int = 7


def record_call(
    ports: Ports, tenant: Tenant, change: Change, task_id: str, outcome: CallOutcome
) -> Task:
    """Record how the call of a task went, and return the task. The same again changes nothing, but
    for a call in vain, which is another attempt.

    Raises NotFoundError, InvalidError for a task that isn't a call or a moment that is past,
    TaskDoneError where it ended otherwise, and whatever a promise or a hold is refused for.
    """
    task = load_task(ports, tenant, task_id)
    if task.do != Do.CALL:
        fault = FieldError("/result", f"is for calls; this task is: {task.do}")
        raise InvalidError("The task isn't a call.", fields=(fault,))
    if task.status is TaskStatus.DONE and task.outcome != outcome.result:
        raise TaskDoneError(f"The task was completed: {task.outcome}.")
    if task.status is TaskStatus.DONE:
        return task
    match outcome.result:
        case CallResult.NO_ANSWER:
            return _try_again(ports, tenant, change, task, outcome)
        case CallResult.WRONG_NUMBER:
            _forget_number(ports, tenant, task)
        case CallResult.PROMISED:
            _promise(ports, tenant, change, task, outcome)
        case CallResult.PAID:
            _wait_for_money(ports, tenant, change, task, outcome)
        case CallResult.REACHED:
            pass
    result, note = outcome.result.value, outcome.note
    spoken = outcome.result is not CallResult.WRONG_NUMBER
    return complete_task(ports, tenant, change, task.id, result, note, conversation=spoken)


def _try_again(
    ports: Ports, tenant: Tenant, change: Change, task: Task, outcome: CallOutcome
) -> Task:
    def tried(before: Task, now: datetime) -> Task:
        check_later(outcome.again_at, now, "/again_at")
        again = outcome.again_at or now + AGAIN_AFTER
        note = outcome.note if outcome.note is not None else before.note
        return replace(before, attempts=before.attempts + 1, snoozed_until=again, note=note)

    return arrange(ports, tenant, change, task.id, tried)


def _forget_number(ports: Ports, tenant: Tenant, task: Task) -> None:
    customer = load_customer(ports, tenant, task.customer_id)
    if customer.phone:
        suppress(ports, customer, customer.phone, Suppression.INVALID)


def _promise(
    ports: Ports, tenant: Tenant, change: Change, task: Task, outcome: CallOutcome
) -> None:
    invoice = _invoice_of(ports, tenant, task)
    order = NewPromise(
        invoices=(invoice.id,),
        currency=invoice.currency,
        dates=outcome.dates,
        grace_days=outcome.grace_days,
        source=Source.PHONE,
        taken_by=task.assignee,
        note=outcome.note,
    )
    mark = Mark(ids.steady("call", task.id), ids.steady("call", task.id))
    take_promise(ports, tenant, change, order, once=mark)


def _wait_for_money(
    ports: Ports, tenant: Tenant, change: Change, task: Task, outcome: CallOutcome
) -> None:
    now = now_of(ports, load_customer(ports, tenant, task.customer_id))
    until = now + timedelta(days=outcome.hold_days)
    held = load_case(ports, tenant, task.case_id).pauses
    if any(each.kind is PauseKind.HOLD and _lasts(each, until) for each in held):
        return  # somebody holds it for longer, which this one must not cut short
    pause_case(ports, tenant, change, task.case_id, reason=SAYS_PAID, until=until)


def _lasts(pause: Pause, until: datetime) -> bool:
    return pause.until is None or pause.until >= until


def _invoice_of(ports: Ports, tenant: Tenant, task: Task) -> Invoice:
    return load_invoice(ports, tenant, ids.sibling(task.case_id, ids.INVOICE))
