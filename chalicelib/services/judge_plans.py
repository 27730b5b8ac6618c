"""Judge payment plans: in the transaction of the money, or when an instalment's days are over.

As with promises, the pauses on the customer's open cases say which plans stand. The last of a
plan's open cases, which money reaches last, chases the instalment: it carries what is asked for
and the moment at which that counts as missed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.case import PauseKind
from chalicelib.domain.chasing import without_old
from chalicelib.domain.contacts import of_case, remembered
from chalicelib.domain.instalment import InstalmentDue, step_of
from chalicelib.domain.judging import disputed_at
from chalicelib.domain.payment_plan import PlanStatus, judged
from chalicelib.domain.promise import promised_on, to_be_judged
from chalicelib.domain.undisputed import undisputed
from chalicelib.ports.transactions import MAX_TRANSACTION_ITEMS
from chalicelib.services.common import changing, load_payment_plan
from chalicelib.services.judge_promises import items_of, put_pause

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from chalicelib.domain.case import Case, Pause
    from chalicelib.domain.invoice import Invoice
    from chalicelib.domain.payment_plan import PaymentPlan
    from chalicelib.ports.storage import Record, Write
    from chalicelib.services.bookkeeping import OpenBooks


def judge_plans(opened: OpenBooks, *, others: int) -> list[Write[Record]]:
    """Judge what changed invoices or the time make due; return the writes of the plans.

    `others` is how many records are written for promises. Cases and customer change in the books.
    What no longer fits into the transaction is judged with the next change, or in its time.
    """
    books, tenant = opened.books, opened.customer.tenant
    plans = [load_payment_plan(opened.ports, tenant, each) for each in _concerned(opened)]
    writes: list[Write[Record]] = []
    for plan in sorted(plans, key=lambda each: len(each.covered)):
        customer, cases = books.customer, dict(books.cases)
        own = _judge(opened, plan)
        count = items_of(opened) + others + len(writes) + len(own) + opened.beside
        if count <= MAX_TRANSACTION_ITEMS:
            writes += own
        else:
            books.customer, books.cases = customer, {**opened.cases, **cases}
    return writes


def hold_for(opened: OpenBooks, plan: PaymentPlan) -> None:
    """Hold back what an active plan is about and still is owed, and chase its instalment."""
    books = opened.books
    covered = [books.cases[each] for each in plan.invoices if each in books.cases]
    still_open = [case for case in covered if case.is_open]
    chaser = max(still_open, key=lambda case: (case.due_date, case.id), default=None)
    due = _due(opened, plan, covered, chaser)
    for case in covered:
        chases = chaser is not None and case.id == chaser.id
        pause = plan.pause(chases=chases) if case.is_open else None
        _put(opened, plan, case, pause, due if chases else None)


def release_from(opened: OpenBooks, plan: PaymentPlan) -> None:
    """Take what a plan that has ended holds back out of the books."""
    for invoice_id in plan.invoices:
        case = opened.books.cases.get(invoice_id)
        if case and any(pause.reference == plan.id for pause in case.pauses):
            _put(opened, plan, case, None, None)


def _put(
    opened: OpenBooks,
    plan: PaymentPlan,
    case: Case,
    pause: Pause | None,
    due: InstalmentDue | None,
) -> None:
    """Put a case into the books with that pause of the plan's, chasing that."""
    put_pause(opened, case, plan.id, pause)
    after = opened.books.cases[case.invoice_id]
    if after.is_open:
        series = plan.series if pause else None
        after = _remembering(opened, replace(after, instalment=due), series)
    elif after.instalment:
        after = replace(after, instalment=None)
    opened.books.cases[case.invoice_id] = after


def _judge(opened: OpenBooks, plan: PaymentPlan) -> list[Write[Record]]:
    books = opened.books
    if not plan.is_open:
        release_from(opened, plan)
        return []
    opened.load(plan.invoices)
    was_over, is_over = (_moment(plan, cases) <= books.now for cases in (opened.cases, books.cases))
    after = plan
    if was_over:  # money that comes now is too late for its day, as is a decision on a dispute
        after = _judged(opened, after, opened.invoices, opened.cases, is_over=True)
    if after.is_open:
        is_over = is_over and not was_over
        after = _judged(opened, after, books.invoices, books.cases, is_over=is_over)
    if after.is_open:
        hold_for(opened, after)
    else:
        release_from(opened, after)
    if after.status is PlanStatus.BROKEN:
        books.customer = replace(books.customer, broken_plans=books.customer.broken_plans + 1)
    return [changing(plan, after, books.change)] if after != plan else []


def _judged(
    opened: OpenBooks,
    plan: PaymentPlan,
    invoices: Mapping[str, Invoice],
    cases: Mapping[str, Case],
    *,
    is_over: bool,
) -> PaymentPlan:
    calendar, now = opened.customer.calendar, opened.books.now
    disputed = disputed_at(cases.values(), _moment(plan, cases))
    return judged(plan, invoices, calendar, now, is_over=is_over, disputed=disputed)


def _moment(plan: PaymentPlan, cases: Mapping[str, Case]) -> datetime:
    """Return when the plan is to be judged next, as these cases say (UTC)."""
    return to_be_judged(cases.values(), PauseKind.PLAN).get(plan.id, plan.until)


def _concerned(opened: OpenBooks) -> tuple[str, ...]:
    """Return the plans that a change or the time concerns.

    What is disputed of a plan's invoice isn't asked for, so that concerns it, too. An invoice that
    is open again may be one of a plan that others stand for.
    """
    books = opened.books
    changed = [
        key for key, invoice in books.invoices.items() if opened.invoices.get(key) != invoice
    ]
    changed += [
        key
        for key, case in books.cases.items()
        if key in opened.cases and opened.cases[key].disputes != case.disputes
    ]
    before = [opened.cases[each] for each in changed if each in opened.cases]
    if any(not case.is_open and books.cases[case.invoice_id].is_open for case in before):
        return promised_on(books.cases.values(), PauseKind.PLAN)
    moments = to_be_judged(books.cases.values(), PauseKind.PLAN)
    over = [each for each, moment in moments.items() if moment <= books.now]
    return tuple(dict.fromkeys((*promised_on(before, PauseKind.PLAN), *over)))


def _due(
    opened: OpenBooks, plan: PaymentPlan, covered: list[Case], chaser: Case | None
) -> InstalmentDue | None:
    """Return what is asked for now: what is missing by the day of the current instalment, but no
    more than is owed and not disputed; None where that is nothing."""
    now = opened.books.now
    free = sum(undisputed(case, now) for case in covered if case.is_open)
    amount = min(plan.owed_by(plan.current), free)
    if chaser is None or amount <= 0:
        return None
    told: set[str | None] = set()
    for case in covered:
        told |= {step_of(plan.series, key) for key in case.results if case.id != chaser.id}
        if case.instalment and case.instalment.series == plan.series:
            told |= {*case.instalment.told}
    steps = tuple(sorted(each for each in told if each))
    day = plan.instalments[plan.current].day
    return InstalmentDue(plan.series, day, amount, plan.sequence, steps)


def _remembering(opened: OpenBooks, case: Case, series: str | None) -> Case:
    """Return an open case without what it sent for other instalments, which the customer's record
    remembers instead, as that of closed cases: gap and caps hold for it."""
    books = opened.books
    after = without_old(case, series)
    if after != case:
        sent = {key: each for key, each in case.results.items() if key not in after.results}
        gone = replace(case, results=sent, claim=None)
        moments = (gone.last_contact_at, books.customer.last_contact_at)
        latest = max((each for each in moments if each), default=None)
        kept = remembered(books.customer.contacts, of_case(gone), books.now)
        contacts = () if opened.customer.erasure else kept
        books.customer = replace(books.customer, last_contact_at=latest, contacts=contacts)
    return after
