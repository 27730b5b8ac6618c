"""Agree on a payment plan: its invoices' own follow-up waits, and each instalment is chased."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chalicelib.domain import ids
from chalicelib.domain.case import PauseKind
from chalicelib.domain.charging import FeeDemand
from chalicelib.domain.chasing import is_fit
from chalicelib.domain.default_sequence import INSTALMENTS
from chalicelib.domain.errors import (
    FieldError,
    InvalidError,
    InvoiceDisputedError,
    InvoiceNotOpenError,
    NotFoundError,
    PromiseAlreadyOpenError,
)
from chalicelib.domain.fee import FeeRule, FeeTier
from chalicelib.domain.hand_over_facts import handed_over
from chalicelib.domain.instalments import EqualInstalments, check_days, equal
from chalicelib.domain.payment_plan import (
    Instalment,
    PaymentPlan,
    PlanEnd,
    PlanStatus,
    ended,
    missed_after,
)
from chalicelib.domain.plan_errors import (
    CaseHandedOverError,
    PlanAlreadyActiveError,
    PlanAmountsDifferError,
    PlanNotActiveError,
)
from chalicelib.domain.promise import Covered, promised_on
from chalicelib.domain.undisputed import undisputed
from chalicelib.ports.storage import Reference, ReferenceTakenError, WriteConflictError
from chalicelib.services.add_charge import NewCharge, charge_on
from chalicelib.services.bookkeeping import open_books
from chalicelib.services.common import (
    changing,
    creating,
    load_payment_plan,
    new_part,
    now_of,
    retrying,
    same_currency,
)
from chalicelib.services.confirm import ask_for_confirmation
from chalicelib.services.judge_plans import hold_for, release_from
from chalicelib.services.once import Mark, made_by

if TYPE_CHECKING:
    from chalicelib.domain.case import Case
    from chalicelib.domain.customer import Change
    from chalicelib.domain.money import Currency
    from chalicelib.domain.tenant import Tenant
    from chalicelib.ports.all import Ports
    from chalicelib.ports.storage import Record, Write
    from chalicelib.services.bookkeeping import OpenBooks

REQUEST = "plan_request"
"""Plans' ids sort by time, so the mark of a request points to its plan."""


@dataclass(frozen=True, slots=True)
class NewPlan:
    """What was agreed. Amounts are minor units of `currency`, days the customer's.

    `instalments` are those after the `deposit`; the `fee` is charged on the first invoice and is
    part of what is planned. `sequence` chases the instalments (None: Dunlin's own).
    """

    invoices: tuple[str, ...]
    currency: Currency
    instalments: tuple[Instalment, ...] | EqualInstalments
    grace_days: int
    broken_after: int
    deposit: Instalment | None = None
    fee: int = 0
    sequence: str | None = None
    taken_by: str | None = None
    note: str | None = None


def take_plan(
    ports: Ports,
    tenant: Tenant,
    change: Change,
    order: NewPlan,
    *,
    once: Mark | None = None,
    instead_of: str | None = None,
) -> PaymentPlan:
    """Store a plan, pause the cases of its invoices and let the first instalment be chased.

    `instead_of` is the active plan of the same invoices that ends with it. With `once`, the same
    request makes one plan however often it comes. Raises NotFoundError, InvalidError (dates that
    are past, too far ahead or out of order, invoices of several customers, another currency, a
    sequence that can't chase), InvoiceNotOpenError, InvoiceDisputedError, PlanAmountsDifferError,
    PlanAlreadyActiveError, PlanNotActiveError, PromiseAlreadyOpenError, CaseHandedOverError,
    IdempotencyKeyReusedError.
    """
    owner = _owner(order.invoices)
    customer = ports.ledger.customer(tenant, owner)
    if customer is None:
        raise NotFoundError(f"There is no invoice {order.invoices[0]}.")
    own = new_part(ports, now_of(ports, customer))
    identifier = ids.child_id(ids.PAYMENT_PLAN, owner, own)  # once, for a second attempt to find

    def attempt() -> PaymentPlan:
        first = ports.ledger.reference(tenant, REQUEST, once.own) if once else identifier
        if known := ports.ledger.payment_plan(tenant, first or identifier):
            return made_by(once, known) if once else known
        opened = open_books(ports, tenant, change, owner)
        before = load_payment_plan(ports, tenant, instead_of) if instead_of else None
        sequence = before.sequence if before else _sequence(opened, order)
        writes = _end(opened, before) if before else []
        cases = _free_cases(opened, order)
        writes += _charge(opened, order, own)
        built = _build(opened, order, cases, identifier)
        plan = replace(
            built,
            sequence=sequence,
            replaces=before.id if before else None,
            request=once.request if once else None,
        )
        hold_for(opened, plan)
        ask_for_confirmation(opened, plan.id, plan.invoices[0])
        write = creating(plan, opened.books.change)
        marks = [Reference(tenant, REQUEST, once.own, plan.id)] if once else []
        try:
            ports.ledger.commit([write, *writes, *opened.close()], marks)
        except ReferenceTakenError as taken:
            raise WriteConflictError("the same request came in between") from taken
        return write.after

    return retrying(attempt)


def _owner(invoice_ids: tuple[str, ...]) -> str:
    owners = {ids.owner_of(each) for each in invoice_ids}
    if len(owners) > 1:
        fault = FieldError("/invoices", "must all be of one customer")
        raise InvalidError("A plan is one customer's.", fields=(fault,))
    return owners.pop()


def _end(opened: OpenBooks, before: PaymentPlan) -> list[Write[Record]]:
    if not before.is_open:
        raise PlanNotActiveError(f"The plan is {before.status}.")
    release_from(opened, before)
    books = opened.books
    after = ended(before, PlanStatus.CANCELLED, PlanEnd.REPLANNED, books.now)
    return [changing(before, after, books.change)]


def _free_cases(opened: OpenBooks, order: NewPlan) -> list[Case]:
    """Return the cases of the invoices. Raises for those that can't be planned."""
    opened.load(order.invoices)
    books = opened.books
    for each in order.invoices:
        if each not in books.invoices:
            raise NotFoundError(f"There is no invoice {each}.")
        invoice = books.invoices[each]
        same_currency(order.currency.code, invoice.currency.code)
        if not invoice.is_open:
            raise InvoiceNotOpenError(f"Invoice {each} is {invoice.status}.")
        if undisputed(books.cases[each], books.now) <= 0:
            raise InvoiceDisputedError(f"Invoice {each} is disputed.")
        if handed_over(books.cases[each]):  # whom it is with would chase it beside the plan
            raise CaseHandedOverError(f"The case of invoice {each} was handed over.")
    cases = [books.cases[each] for each in order.invoices]
    if standing := promised_on(cases):
        raise PromiseAlreadyOpenError(f"Promise {standing[0]} about it still stands.")
    if standing := promised_on(cases, PauseKind.PLAN):
        raise PlanAlreadyActiveError(f"Payment plan {standing[0]} about it is active.")
    return cases


def _charge(opened: OpenBooks, order: NewPlan, own: str) -> list[Write[Record]]:
    if not order.fee:
        return []
    demand = FeeDemand(FeeRule((FeeTier(amount=order.fee),)))
    charge = NewCharge(order.invoices[0], demand, reason="payment plan")
    charged = charge_on(opened, charge, Mark(own, own))
    return [creating(charged, opened.books.change)]


def _build(opened: OpenBooks, order: NewPlan, cases: list[Case], plan_id: str) -> PaymentPlan:
    """Return the plan without what chases its instalments, and what asked for it."""
    customer, books = opened.customer, opened.books
    planned = sum(undisputed(books.cases[case.invoice_id], books.now) for case in cases)
    instalments = _instalments(order, planned)
    check_days(instalments, customer.calendar.date_of(books.now))
    invoices = (books.invoices[each] for each in order.invoices)
    plan = PaymentPlan(
        id=plan_id,
        tenant=customer.tenant,
        customer_id=customer.id,
        currency=order.currency,
        planned=planned,
        instalments=instalments,
        covered=tuple(Covered(each.id, each.paid, each.charges) for each in invoices),
        sequence=(INSTALMENTS.id, INSTALMENTS.version),
        until=books.now,
        created_at=books.now,
        has_deposit=order.deposit is not None,
        fee=order.fee,
        grace_days=order.grace_days,
        broken_after=order.broken_after,
        taken_by=order.taken_by,
        note=order.note,
    )
    return replace(plan, until=missed_after(plan, 0, customer.calendar))


def _instalments(order: NewPlan, planned: int) -> tuple[Instalment, ...]:
    """Return all of them, the deposit first. Raises PlanAmountsDifferError."""
    deposit = (order.deposit,) if order.deposit else ()
    left = planned - sum(each.amount for each in deposit)
    if isinstance(order.instalments, EqualInstalments):
        try:
            others = equal(left, order.currency, order.instalments)
        except ValueError as wrong:
            raise PlanAmountsDifferError(str(wrong)) from wrong
    else:
        others = order.instalments
    instalments = (*deposit, *others)
    if (total := sum(each.amount for each in instalments)) != planned:
        raise PlanAmountsDifferError(f"The instalments come to {total}, and {planned} is owed.")
    return instalments


def _sequence(opened: OpenBooks, order: NewPlan) -> tuple[str, int]:
    if order.sequence is None:
        return INSTALMENTS.id, INSTALMENTS.version
    found = opened.ports.configuration.sequence(opened.customer.tenant, order.sequence)
    if found is None or not is_fit(found):
        unknown = f"There is no sequence {order.sequence}."
        unfit = "must have steps by e-mail and text message only, invoice by invoice"
        fault = FieldError("/sequence", unfit if found else unknown)
        raise InvalidError("That can't chase instalments.", fields=(fault,))
    return found.id, found.version
