"""Files of a customer in which one thing can't be right, by the rule that is there to find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

from chalicelib.domain.case import Case
from chalicelib.domain.communication import Communication, Task, TaskStatus
from chalicelib.domain.erasure import nameless
from chalicelib.domain.invariants import Rule
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Payment
from chalicelib.domain.privacy import Erasure, ErasureReason
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corruption import with_record, without_record
from tests.invariants.whole_life import a_life

FILE, RULES_OF_CASES, NOW = a_life()
HOURS = timedelta(hours=1)


def case(number: str) -> Case:
    return next(each for each in FILE.cases if each.number == number)


def invoice(number: str) -> Invoice:
    return next(each for each in FILE.invoices if each.number == number)


def payment(reference: str) -> Payment:
    return next(each for each in FILE.payments if each.provider_reference == reference)


def last_message() -> Communication:
    return max(FILE.communications, key=lambda each: each.created_at)


def call(status: TaskStatus) -> Task:
    return next(each for each in FILE.tasks if each.status is status and each.step == "call_them")


def changed(record: Any, **facts: Any) -> WholeFile:
    return with_record(FILE, record, replace(record, **facts))


def with_result(of: Case, **facts: Any) -> WholeFile:
    result = replace(of.results["notice_due"], **facts)
    return changed(of, results={**of.results, "notice_due": result})


def another(entry: Communication) -> WholeFile:
    again = replace(entry, id=f"{entry.id[:-1]}{'A' if entry.id[-1] != 'A' else 'B'}")
    told = FILE.told | {(f"communication.{entry.status.value}", again.id)}
    return replace(FILE, communications=(*FILE.communications, again), told=told)


def asking(entry: Communication, **amounts: int) -> WholeFile:
    return changed(entry, amounts=amounts)


LATE, DEBITED, CHARGED = case("late"), case("debited"), case("charged")
OVER = payment("pi_over")
SHARE = OVER.allocations[0]
assert LATE.claim
assert LATE.due_at
NAMELESS: dict[str, Any] = {
    field.name: getattr(nameless(FILE.customer), field.name) for field in fields(FILE.customer)
}
ERASED = Erasure(NOW - timedelta(days=8), "system", ErasureReason.OBJECTION, NOW)
OTHERS = f"case_{'Z' * 32}"

FOUND_BY: list[tuple[Rule, str, Callable[[], WholeFile]]] = [
    (Rule.INVOICE_ADDS_UP, "open and settled", lambda: changed(invoice("next"), settled_at=NOW)),
    (Rule.INVOICE_ADDS_UP, "negative", lambda: changed(invoice("next"), charges=-1)),
    (Rule.INVOICE_ADDS_UP, "open, nothing left", lambda: changed(invoice("next"), paid=70_00)),
    (Rule.INVOICE_ADDS_UP, "open, written off", lambda: changed(invoice("next"), written_off=1)),
    (
        Rule.INVOICE_ADDS_UP,
        "void and paid",
        lambda: changed(invoice("void"), paid=50_00, credited=50_00),
    ),
    (Rule.PAID_IS_ALLOCATED, "a payment gone", lambda: without_record(FILE, payment("pi_paid"))),
    (Rule.CREDITED_IS_NOTED, "a note gone", lambda: without_record(FILE, FILE.credit_notes[0])),
    (Rule.ALLOCATIONS_FIT, "smaller", lambda: changed(payment("pi_over"), amount=69_99)),
    (Rule.ALLOCATIONS_FIT, "refunded", lambda: changed(payment("pi_paid"), refunded=1)),
    (Rule.ALLOCATIONS_FIT, "negative", lambda: changed(payment("pi_over"), refunded=-1)),
    (Rule.ALLOCATIONS_FIT, "too much back", lambda: changed(payment("pi_debit"), refunded=100_01)),
    (
        Rule.ALLOCATIONS_FIT,
        "nothing",
        lambda: changed(OVER, allocations=(replace(SHARE, amount=0),)),
    ),
    (
        Rule.ALLOCATIONS_FIT,
        "one invoice twice",
        lambda: changed(OVER, allocations=(replace(SHARE, amount=1), SHARE)),
    ),
    (Rule.ALLOCATIONS_FIT, "disputed", lambda: changed(payment("pi_paid"), disputed=1)),
    (
        Rule.ALLOCATIONS_FIT,
        "pays euros with yen",
        lambda: changed(payment("pi_over"), currency=payment("pi_paid").currency),
    ),
    (Rule.CASE_COPIES_INVOICE, "a case gone", lambda: without_record(FILE, case("next"))),
    (Rule.CASE_COPIES_INVOICE, "an invoice gone", lambda: without_record(FILE, invoice("next"))),
    (Rule.BALANCE_ADDS_UP, "nothing owed", lambda: changed(FILE.customer, balance={})),
    (Rule.CREDIT_ADDS_UP, "no credit", lambda: changed(FILE.customer, credit={})),
    (Rule.CREDIT_ADDS_UP, "held by nobody", lambda: changed(FILE.customer, credit_payments=())),
    (
        Rule.PROVIDER_EVENT_ONCE,
        "an event twice",
        lambda: changed(payment("pi_over"), provider_events=("evt_x", "evt_x")),
    ),
    (
        Rule.PROVIDER_EVENT_ONCE,
        "a payment twice",
        lambda: changed(payment("pi_over"), provider_reference="pi_paid"),
    ),
    (Rule.FINISHED_CASE_RESTS, "due though paid", lambda: changed(case("paid"), due_at=NOW)),
    (
        Rule.FINISHED_CASE_RESTS,
        "closed for long, with a task",
        lambda: changed(case("paid"), open_tasks=(call(TaskStatus.OPEN).id,)),
    ),
    (
        Rule.CLAIM_IS_SETTLED,
        "claimed hours ago",
        lambda: changed(LATE, claim=replace(LATE.claim, at=NOW - 6 * HOURS)),
    ),
    (Rule.DUE_STEP_IS_DONE, "due for hours", lambda: changed(LATE, due_at=NOW - 5 * HOURS)),
    (Rule.STEP_IS_SCHEDULED, "never looked at", lambda: changed(case("next"), due_at=None)),
    (Rule.STEP_IS_SCHEDULED, "claimed for ever", lambda: changed(LATE, due_at=None)),
    (Rule.STEP_IS_SCHEDULED, "no such rules", lambda: changed(LATE, sequence=("seq_x", 1))),
    (Rule.PAUSE_IS_EXPLAINED, "no payment", lambda: without_record(FILE, payment("pi_debit"))),
    (Rule.PAUSE_IS_EXPLAINED, "released half", lambda: changed(payment("pi_debit"), held=())),
    (Rule.PAUSE_IS_EXPLAINED, "held no more", lambda: changed(DEBITED, pauses=())),
    (
        Rule.PAUSE_IS_EXPLAINED,
        "a chargeback that ended",
        lambda: changed(payment("pi_charged"), open_disputes=()),
    ),
    (Rule.TASK_IS_KNOWN, "forgotten", lambda: changed(case("part"), open_tasks=())),
    (
        Rule.TASK_IS_KNOWN,
        "done and waited for",
        lambda: changed(call(TaskStatus.OPEN), status=TaskStatus.DONE, done_at=NOW),
    ),
    (Rule.TASK_IS_KNOWN, "done at no time", lambda: changed(call(TaskStatus.DONE), done_at=None)),
    (
        Rule.TASK_IS_KNOWN,
        "nobody waits for it",
        lambda: changed(call(TaskStatus.OPEN), step="chargeback"),
    ),
    (
        Rule.SETTLED_IS_LEFT_ALONE,
        "paid before the message",
        lambda: changed(invoice("paid"), settled_at=NOW - timedelta(days=60)),
    ),
    (
        Rule.SETTLED_IS_LEFT_ALONE,
        "claimed after it was paid",
        lambda: changed(case("paid"), claim=LATE.claim),
    ),
    (Rule.STEP_SENT_ONCE, "sent twice", lambda: another(last_message())),
    (Rule.RESULT_IS_LOGGED, "no message", lambda: without_record(FILE, last_message())),
    (Rule.RESULT_IS_LOGGED, "no id", lambda: with_result(case("part"), communication=None)),
    (
        Rule.RESULT_IS_LOGGED,
        "another step's",
        lambda: with_result(case("part"), communication=last_message().id),
    ),
    (Rule.ASKED_WHAT_IS_OWED, "too much", lambda: asking(last_message(), eur=10**6)),
    (Rule.ASKED_WHAT_IS_OWED, "nothing", lambda: asking(last_message(), eur=0)),
    (Rule.ASKED_WHAT_IS_OWED, "in pounds", lambda: asking(last_message(), gbp=1)),
    (
        Rule.CHANGE_IS_EXPLAINED,
        "nobody's",
        lambda: changed(LATE, change=replace(LATE.change, by="")),
    ),
    (Rule.CHANGE_IS_TOLD, "never told", lambda: replace(FILE, told=frozenset())),
    (
        Rule.CHANGE_IS_TOLD,
        "told of what isn't there",
        lambda: replace(FILE, told=FILE.told | {("case.opened", OTHERS)}),
    ),
    (
        Rule.HAPPENED_ALREADY,
        "sent tomorrow",
        lambda: changed(last_message(), sent_at=NOW + 24 * HOURS),
    ),
    (Rule.HAPPENED_ALREADY, "made tomorrow", lambda: changed(LATE, created_at=NOW + 24 * HOURS)),
    (
        Rule.HAPPENED_ALREADY,
        "reopened tomorrow",
        lambda: changed(CHARGED, reopened_at=NOW + 24 * HOURS),
    ),
    (
        Rule.HAPPENED_ALREADY,
        "claimed tomorrow",
        lambda: changed(LATE, claim=replace(LATE.claim, at=NOW + 24 * HOURS)),
    ),
    (
        Rule.HAPPENED_ALREADY,
        "ended tomorrow",
        lambda: with_result(case("part"), at=NOW + 24 * HOURS),
    ),
    (
        Rule.STAYS_IN_ITS_FILE,
        "about another's case",
        lambda: changed(last_message(), parts=(replace(last_message().parts[0], case_id=OTHERS),)),
    ),
    (Rule.STAYS_IN_ITS_FILE, "another's clock", lambda: changed(LATE, test_clock="clock_1")),
    (
        Rule.STAYS_IN_ITS_FILE,
        "holds another's",
        lambda: changed(payment("pi_debit"), held=("in_x",)),
    ),
    (
        Rule.ERASED_IS_NAMELESS,
        "the customer's own name",
        lambda: changed(FILE.customer, erasure=ERASED),
    ),
    (
        Rule.ERASED_IS_NAMELESS,
        "an address in the log",
        lambda: changed(FILE.customer, **NAMELESS | {"erasure": ERASED}),
    ),
    (
        Rule.ERASED_IS_NAMELESS,
        "never ended",
        lambda: changed(FILE.customer, **NAMELESS | {"erasure": replace(ERASED, done_at=None)}),
    ),
]
"""What each rule is there for."""
