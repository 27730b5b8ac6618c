"""Take a promise to pay: what it is about isn't followed up until it is kept or its day over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from chalicelib.domain import ids
from chalicelib.domain.case import PauseKind
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import (
    AmountTooLargeError,
    FieldError,
    InvalidError,
    InvoiceNotOpenError,
    NotFoundError,
    PromiseAlreadyOpenError,
)
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Currency
from chalicelib.domain.plan_errors import PlanAlreadyActiveError
from chalicelib.domain.promise import (
    MOST_DAYS_AHEAD,
    Covered,
    Promise,
    PromisedDate,
    Source,
    judged_after,
    promised_on,
)
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.undisputed import undisputed
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Reference, ReferenceTakenError, WriteConflictError
from chalicelib.services.bookkeeping import OpenBooks, open_books
from chalicelib.services.common import (
    creating,
    load_customer,
    load_invoice,
    new_part,
    now_of,
    retrying,
    same_currency,
)
from chalicelib.services.confirm import ask_for_confirmation
from chalicelib.services.judge_promises import hold
from chalicelib.services.once import Mark, made_by

REQUEST = "promise_request"
"""Promises' ids sort by time, so the mark of a request points to its promise."""


@dataclass(frozen=True, slots=True)
class NewPromise:
    """What a customer promises. Amounts are minor units of `currency`, days the customer's."""

    invoices: tuple[str, ...]
    currency: Currency
    dates: tuple[PromisedDate, ...]
    grace_days: int
    source: Source
    taken_by: str | None = None
    note: str | None = None


def take_promise(
    ports: Ports, tenant: Tenant, change: Change, order: NewPromise, *, once: Mark | None = None
) -> Promise:
    """Store a promise and pause the cases of its invoices.

    With `once`, the same request makes one promise however often it comes. Raises NotFoundError,
    InvalidError (dates that are past, too far ahead or out of order, invoices of several customers,
    another currency), InvoiceNotOpenError, AmountTooLargeError where more is promised than is owed
    and not disputed, PromiseAlreadyOpenError, PlanAlreadyActiveError, IdempotencyKeyReusedError.
    """
    owner = _owner(order.invoices)
    load_invoice(ports, tenant, order.invoices[0])
    own = new_part(ports, _now(ports, tenant, owner))  # once, so that a second attempt finds it
    identifier = ids.child_id(ids.PROMISE, owner, own)

    def attempt() -> Promise:
        first = ports.ledger.reference(tenant, REQUEST, once.own) if once else identifier
        if known := ports.ledger.promise(tenant, first or identifier):
            return made_by(once, known) if once else known
        opened = open_books(ports, tenant, change, owner)
        promise = _build(opened, order, identifier, once)
        marks = [Reference(tenant, REQUEST, once.own, promise.id)] if once else []
        _check(opened, order)
        hold(opened, promise)
        ask_for_confirmation(opened, promise.id, promise.invoices[0])
        write = creating(promise, opened.books.change)
        try:
            ports.ledger.commit([write, *opened.close()], marks)
        except ReferenceTakenError as taken:
            raise WriteConflictError("the same request came in between") from taken
        return write.after

    return retrying(attempt)


def _now(ports: Ports, tenant: Tenant, customer_id: str) -> datetime:
    return now_of(ports, load_customer(ports, tenant, customer_id))


def _owner(invoice_ids: Iterable[str]) -> str:
    owners = {ids.owner_of(each) for each in invoice_ids}
    if len(owners) > 1:
        fault = FieldError("/invoices", "must all be of one customer")
        raise InvalidError("A promise is one customer's.", fields=(fault,))
    return owners.pop()


def _build(opened: OpenBooks, order: NewPromise, promise_id: str, once: Mark | None) -> Promise:
    customer, now = opened.customer, opened.books.now
    invoices = _invoices(opened, order)
    _check_days(order.dates, customer.calendar.date_of(now))
    return Promise(
        id=promise_id,
        tenant=customer.tenant,
        customer_id=customer.id,
        currency=order.currency,
        dates=order.dates,
        covered=tuple(Covered(each.id, each.paid, each.charges) for each in invoices),
        source=order.source,
        until=judged_after(order.dates[0].day, order.grace_days, customer.calendar),
        created_at=now,
        grace_days=order.grace_days,
        taken_by=order.taken_by,
        note=order.note,
        request=once.request if once else None,
    )


def _invoices(opened: OpenBooks, order: NewPromise) -> list[Invoice]:
    opened.load(order.invoices)
    for each in order.invoices:
        if each not in opened.books.invoices:
            raise NotFoundError(f"There is no invoice {each}.")
        same_currency(order.currency.code, opened.books.invoices[each].currency.code)
    return [opened.books.invoices[each] for each in order.invoices]


def _check_days(dates: tuple[PromisedDate, ...], today: date) -> None:
    last = today + timedelta(days=MOST_DAYS_AHEAD)
    faults = [
        FieldError(f"/dates/{index}/date", problem)
        for index, each in enumerate(dates)
        if (problem := _problem(each.day, today, last))
    ]
    faults += [
        FieldError(f"/dates/{index + 1}/date", "must be after the date before it")
        for index, (one, next_one) in enumerate(pairwise(dates))
        if next_one.day <= one.day
    ]
    if faults:
        raise InvalidError("Nobody can promise that.", fields=tuple(faults))


def _problem(day: date, today: date, last: date) -> str | None:
    if day < today:
        return f"must not be past; it is {today} at the customer's place"
    if day > last:
        return f"must be within {MOST_DAYS_AHEAD} days, by {last}; agree on new terms instead"
    return None


def _check(opened: OpenBooks, order: NewPromise) -> None:
    """Raise for invoices that aren't open, aren't free, or ask for less than is promised."""
    invoices = [opened.books.invoices[each] for each in order.invoices]
    for invoice in invoices:
        if not invoice.is_open:
            raise InvoiceNotOpenError(f"Invoice {invoice.id} is {invoice.status}.")
    cases = [opened.books.cases[each.id] for each in invoices]
    if standing := promised_on(cases):
        raise PromiseAlreadyOpenError(f"Promise {standing[0]} about it still stands.")
    if standing := promised_on(cases, PauseKind.PLAN):
        raise PlanAlreadyActiveError(f"Payment plan {standing[0]} about it is active.")
    asked = sum(undisputed(each, opened.books.now) for each in cases)
    promised = sum(each.amount for each in order.dates)
    if promised > asked:
        raise AmountTooLargeError(f"Only {asked} are asked for on the invoices, not {promised}.")
