"""What must always hold, looked for in what is stored: one customer's whole file at a time.

A rule answers with the ids of the records that break it, and knows nothing of how they came
about. What takes a moment to come about (an event, the rest of a large payment) is given one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from chalicelib.domain.decide import Rules
from chalicelib.domain.invariants import (
    books,
    charges,
    disputes,
    links,
    log,
    plans,
    privacy,
    promises,
    schedule,
    services,
)
from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.whole_file import WholeFile


class Rule(StrEnum):
    """A rule; its value names its metric and its alarm."""

    INVOICE_ADDS_UP = "invoice_adds_up"
    PAID_IS_ALLOCATED = "paid_is_allocated"
    CREDITED_IS_NOTED = "credited_is_noted"
    CHARGES_ADD_UP = "charges_add_up"
    ALLOCATIONS_FIT = "allocations_fit"
    CASE_COPIES_INVOICE = "case_copies_invoice"
    BALANCE_ADDS_UP = "balance_adds_up"
    CREDIT_ADDS_UP = "credit_adds_up"
    PROVIDER_EVENT_ONCE = "provider_event_once"
    FINISHED_CASE_RESTS = "finished_case_rests"
    CLAIM_IS_SETTLED = "claim_is_settled"
    DUE_STEP_IS_DONE = "due_step_is_done"
    STEP_IS_SCHEDULED = "step_is_scheduled"
    PAUSE_IS_EXPLAINED = "pause_is_explained"
    PAUSE_IS_PROMISED = "pause_is_promised"
    PROMISE_IS_JUDGED = "promise_is_judged"
    PLAN_ADDS_UP = "plan_adds_up"
    PAUSE_IS_PLANNED = "pause_is_planned"
    PLAN_IS_JUDGED = "plan_is_judged"
    TASK_IS_KNOWN = "task_is_known"
    DISPUTE_IS_HELD = "dispute_is_held"
    SERVICE_FOLLOWS_DEBT = "service_follows_debt"
    REQUEST_IS_BORNE = "request_is_borne"
    SETTLED_IS_LEFT_ALONE = "settled_is_left_alone"
    STEP_SENT_ONCE = "step_sent_once"
    RESULT_IS_LOGGED = "result_is_logged"
    ASKED_WHAT_IS_OWED = "asked_what_is_owed"
    CHANGE_IS_EXPLAINED = "change_is_explained"
    CHANGE_IS_TOLD = "change_is_told"
    HAPPENED_ALREADY = "happened_already"
    STAYS_IN_ITS_FILE = "stays_in_its_file"
    ERASED_IS_NAMELESS = "erased_is_nameless"


PAST = frozenset(
    {
        Rule.SETTLED_IS_LEFT_ALONE,
        Rule.STEP_SENT_ONCE,
        Rule.RESULT_IS_LOGGED,
        Rule.ASKED_WHAT_IS_OWED,
        Rule.CHANGE_IS_TOLD,
    }
)
"""Rules about what happened. Nothing can mend it, so every look for ever finds the same."""

PRESENT = frozenset(
    {
        Rule.INVOICE_ADDS_UP,
        Rule.PAID_IS_ALLOCATED,
        Rule.CREDITED_IS_NOTED,
        Rule.CHARGES_ADD_UP,
        Rule.ALLOCATIONS_FIT,
        Rule.CASE_COPIES_INVOICE,
        Rule.BALANCE_ADDS_UP,
        Rule.CREDIT_ADDS_UP,
        Rule.PROVIDER_EVENT_ONCE,
        Rule.FINISHED_CASE_RESTS,
        Rule.CLAIM_IS_SETTLED,
        Rule.DUE_STEP_IS_DONE,
        Rule.STEP_IS_SCHEDULED,
        Rule.PAUSE_IS_EXPLAINED,
        Rule.PAUSE_IS_PROMISED,
        Rule.PROMISE_IS_JUDGED,
        Rule.PLAN_ADDS_UP,
        Rule.PAUSE_IS_PLANNED,
        Rule.PLAN_IS_JUDGED,
        Rule.TASK_IS_KNOWN,
        Rule.DISPUTE_IS_HELD,
        Rule.SERVICE_FOLLOWS_DEBT,
        Rule.REQUEST_IS_BORNE,
        Rule.CHANGE_IS_EXPLAINED,
        Rule.HAPPENED_ALREADY,
        Rule.STAYS_IN_ITS_FILE,
        Rule.ERASED_IS_NAMELESS,
    }
)
"""Rules about what is: a violation lasts until somebody mends it, and so does its alarm."""

NEWS_FOR = timedelta(hours=50)
"""Two nights, and two hours for the last one's backlog."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A record that breaks a rule, by its id, and whether that may be unknown yet."""

    rule: Rule
    record: str
    is_news: bool = True


RULES: dict[Rule, Callable[[Evidence], Iterator[str]]] = {
    Rule.INVOICE_ADDS_UP: books.invoice_adds_up,
    Rule.PAID_IS_ALLOCATED: books.paid_is_allocated,
    Rule.CREDITED_IS_NOTED: books.credited_is_noted,
    Rule.CHARGES_ADD_UP: charges.charges_add_up,
    Rule.ALLOCATIONS_FIT: books.allocations_fit,
    Rule.CASE_COPIES_INVOICE: links.case_copies_invoice,
    Rule.BALANCE_ADDS_UP: books.balance_adds_up,
    Rule.CREDIT_ADDS_UP: books.credit_adds_up,
    Rule.PROVIDER_EVENT_ONCE: books.provider_event_once,
    Rule.FINISHED_CASE_RESTS: schedule.finished_case_rests,
    Rule.CLAIM_IS_SETTLED: schedule.claim_is_settled,
    Rule.DUE_STEP_IS_DONE: schedule.due_step_is_done,
    Rule.STEP_IS_SCHEDULED: schedule.step_is_scheduled,
    Rule.PAUSE_IS_EXPLAINED: schedule.pause_is_explained,
    Rule.PAUSE_IS_PROMISED: promises.pause_is_promised,
    Rule.PROMISE_IS_JUDGED: promises.promise_is_judged,
    Rule.PLAN_ADDS_UP: plans.plan_adds_up,
    Rule.PAUSE_IS_PLANNED: plans.pause_is_planned,
    Rule.PLAN_IS_JUDGED: plans.plan_is_judged,
    Rule.TASK_IS_KNOWN: schedule.task_is_known,
    Rule.DISPUTE_IS_HELD: disputes.dispute_is_held,
    Rule.SERVICE_FOLLOWS_DEBT: services.service_follows_debt,
    Rule.REQUEST_IS_BORNE: services.request_is_borne,
    Rule.SETTLED_IS_LEFT_ALONE: log.settled_is_left_alone,
    Rule.STEP_SENT_ONCE: log.step_sent_once,
    Rule.RESULT_IS_LOGGED: log.result_is_logged,
    Rule.ASKED_WHAT_IS_OWED: log.asked_what_is_owed,
    Rule.CHANGE_IS_EXPLAINED: log.change_is_explained,
    Rule.CHANGE_IS_TOLD: log.change_is_told,
    Rule.HAPPENED_ALREADY: log.happened_already,
    Rule.STAYS_IN_ITS_FILE: links.stays_in_its_file,
    Rule.ERASED_IS_NAMELESS: privacy.erased_is_nameless,
}


def check(file: WholeFile, rules: Rules, now: datetime) -> list[Violation]:
    """Return what in a customer's whole file breaks a rule, at the customer's present time.

    `rules` hold the sequences of its unfinished cases, as far as they exist. What broke a rule
    about the past is no news where its record was last written before the last two nights.
    """
    evidence = Evidence(file, rules, now)
    old = {each.id for each in file.records if evidence.changed_at(each) + NEWS_FOR < now}
    return [
        Violation(rule, record, is_news=rule in PRESENT or record not in old)
        for rule, broken in RULES.items()
        for record in dict.fromkeys(broken(evidence))
    ]
