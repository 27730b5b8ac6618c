"""What several use cases share: the customer's time, the rules of cases, new ids, retries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.chasing import followed_by
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.consent import opt_in_channels
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.decide import Rules
from chalicelib.domain.default_sequence import INSTALMENTS
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.errors import FieldError, InvalidError, NotFoundError, StaleRecordError
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Write, WriteConflictError

ATTEMPTS = 12

Answer = TypeVar("Answer")
Found = TypeVar("Found")
R = TypeVar(
    "R",
    Customer,
    Invoice,
    Case,
    Payment,
    CreditNote,
    Charge,
    Promise,
    PaymentPlan,
    Communication,
    Task,
    Dispute,
    Service,
    TestClock,
)


def retrying(attempt: Callable[[], Answer]) -> Answer:
    """Run a read-decide-write attempt anew while others write in between.

    Raises StaleRecordError when that never ends; nothing was written then.
    """
    for _ in range(ATTEMPTS):
        try:
            return attempt()
        except WriteConflictError:
            continue
    raise StaleRecordError("The record is being changed by others; try again.")


def now_on(ports: Ports, tenant: Tenant, test_clock: str | None) -> datetime:
    """Return the present time of whoever lives on that clock (None: the wall clock)."""
    if test_clock is None:
        return ports.clock.now()
    clock = ports.ledger.test_clock(tenant, test_clock)
    if clock is None:
        raise NotFoundError(f"There is no test clock {test_clock}.")
    return clock.now


def now_of(ports: Ports, customer: Customer) -> datetime:
    """Return the customer's present time."""
    return now_on(ports, customer.tenant, customer.test_clock)


def rules_for(ports: Ports, tenant: Tenant, cases: Iterable[Case]) -> Rules:
    """Load the sequence versions that the cases follow, and for what the creditor asks first."""
    sequences = {}
    for key in dict.fromkeys(key for case in cases for key in followed_by(case)):
        sequence = sequence_at(ports, tenant, key)
        if sequence is None:
            raise NotFoundError(f"There is no version {key[1]} of sequence {key[0]}.")
        sequences[key] = sequence
    creditor = ports.configuration.creditor(tenant.creditor_id)
    return Rules(sequences, opt_in=opt_in_channels(creditor))


def sequence_at(ports: Ports, tenant: Tenant, key: tuple[str, int]) -> Sequence | None:
    """Return a version (id and number) of a sequence of the tenant's, or of Dunlin's own."""
    if key == (INSTALMENTS.id, INSTALMENTS.version):
        return INSTALMENTS
    return ports.configuration.sequence(tenant, *key)


def new_part(ports: Ports, at: datetime) -> str:
    """Return a new record's own part of the id."""
    return ids.part(at, ports.chance.bits(ids.CHANCE_BITS))


def creating(record: R, change: Change) -> Write[R]:
    """Return the write of a record that isn't there yet."""
    return Write(None, replace(record, version=1, change=change))


def changing(before: R, after: R, change: Change) -> Write[R]:
    """Return the write of a record over the one that was read."""
    return Write(before, replace(after, version=before.version + 1, change=change))


def load_creditor(ports: Ports, creditor_id: str) -> Creditor:
    """Return the creditor. Raises NotFoundError."""
    creditor = ports.configuration.creditor(creditor_id)
    if creditor is None:
        raise NotFoundError(f"There is no creditor {creditor_id}.")
    return creditor


def load_customer(ports: Ports, tenant: Tenant, customer_id: str) -> Customer:
    """Return the customer. Raises NotFoundError, also for what isn't an id."""
    return _found("customer", ids.CUSTOMER, ports.ledger.customer, tenant, customer_id)


def load_invoice(ports: Ports, tenant: Tenant, invoice_id: str) -> Invoice:
    """Return the invoice. Raises NotFoundError, also for what isn't an id."""
    return _found("invoice", ids.INVOICE, ports.ledger.invoice, tenant, invoice_id)


def load_case(ports: Ports, tenant: Tenant, case_id: str) -> Case:
    """Return the case, open or closed. Raises NotFoundError, also for what isn't an id."""
    return _found("case", ids.CASE, ports.ledger.case, tenant, case_id)


def load_payment(ports: Ports, tenant: Tenant, payment_id: str) -> Payment:
    """Return the payment. Raises NotFoundError, also for what isn't an id."""
    return _found("payment", ids.PAYMENT, ports.ledger.payment, tenant, payment_id)


def load_credit_note(ports: Ports, tenant: Tenant, credit_note_id: str) -> CreditNote:
    """Return the credit note. Raises NotFoundError, also for what isn't an id."""
    return _found("credit note", ids.CREDIT_NOTE, ports.ledger.credit_note, tenant, credit_note_id)


def load_charge(ports: Ports, tenant: Tenant, charge_id: str) -> Charge:
    """Return the charge, or waiver. Raises NotFoundError, also for what isn't an id."""
    return _found("charge", ids.CHARGE, ports.ledger.charge, tenant, charge_id)


def load_promise(ports: Ports, tenant: Tenant, promise_id: str) -> Promise:
    """Return the promise. Raises NotFoundError, also for what isn't an id."""
    return _found("promise", ids.PROMISE, ports.ledger.promise, tenant, promise_id)


def load_payment_plan(ports: Ports, tenant: Tenant, plan_id: str) -> PaymentPlan:
    """Return the payment plan. Raises NotFoundError, also for what isn't an id."""
    return _found("payment plan", ids.PAYMENT_PLAN, ports.ledger.payment_plan, tenant, plan_id)


def load_communication(ports: Ports, tenant: Tenant, communication_id: str) -> Communication:
    """Return the message. Raises NotFoundError, also for what isn't an id."""
    return _found(
        "message", ids.COMMUNICATION, ports.ledger.communication, tenant, communication_id
    )


def load_task(ports: Ports, tenant: Tenant, task_id: str) -> Task:
    """Return the task, open or done. Raises NotFoundError, also for what isn't an id."""
    return _found("task", ids.TASK, ports.ledger.task, tenant, task_id)


def load_dispute(ports: Ports, tenant: Tenant, dispute_id: str) -> Dispute:
    """Return the dispute, open or ended. Raises NotFoundError, also for what isn't an id."""
    return _found("dispute", ids.DISPUTE, ports.ledger.dispute, tenant, dispute_id)


def load_service(ports: Ports, tenant: Tenant, service_id: str) -> Service:
    """Return a customer's service. Raises NotFoundError, also for what isn't an id."""
    return _found("service", ids.SERVICE, ports.ledger.service, tenant, service_id)


def load_event(ports: Ports, tenant: Tenant, event_id: str) -> Event:
    """Return what happened. Raises NotFoundError."""
    event = ports.ledger.event(tenant, event_id)
    if event is None:
        raise NotFoundError(f"There is no event {event_id}.")
    return event


def _found(
    what: str,
    prefix: str,
    find: Callable[[Tenant, str], Found | None],
    tenant: Tenant,
    identifier: str,
) -> Found:
    found = find(tenant, identifier) if is_id(prefix, identifier) else None
    if found is None:
        raise NotFoundError(f"There is no {what} {identifier}.")
    return found


def is_id(prefix: str, identifier: str) -> bool:
    """Say whether the text has the shape of an id of that kind."""
    try:
        if prefix == ids.CUSTOMER:
            ids.customer_part(identifier)
        else:
            ids.parse(prefix, identifier)
    except ValueError:
        return False
    return True


def same_currency(found: str, expected: str) -> None:
    """Raise InvalidError unless an amount is in the invoice's currency."""
    if found != expected:
        fault = FieldError("/currency", f"must be the invoice's currency, {expected}")
        raise InvalidError(f"The invoice is in {expected}, not in {found}.", fields=(fault,))
