"""The rules for stored records find every corruption of a valid file, and none in a valid one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task, TaskStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.invariants import RULES, Rule, check
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.promise import Promise
from chalicelib.domain.whole_file import WholeFile
from tests.invariants import corrupt_charges, corrupt_files
from tests.invariants.corrupt_files import FILE, NOW, RULES_OF_CASES
from tests.invariants.corrupt_promises import PROMISED_WRONG
from tests.invariants.corruption import corrupted, with_record, without_record

FOUND_BY = [*corrupt_files.FOUND_BY, *corrupt_charges.FOUND_BY]
EVERY = ["id", "tenant", "change"]
JUDGED = {
    Customer: ["balance", "credit", "credit_payments"],
    Case: [
        "customer_id",
        "number",
        "currency",
        "amount",
        "charges",
        "remaining",
        "issue_date",
        "due_date",
        "sequence",
        "status",
        "closed_reason",
    ],
    Invoice: [
        "customer_id",
        "number",
        "currency",
        "amount",
        "issue_date",
        "due_date",
        "sequence",
        "status",
        "charges",
        "paid",
        "credited",
        "written_off",
    ],
    Payment: ["customer_id", "status", "allocations"],
    CreditNote: ["invoice_id", "currency", "amount"],
    Charge: ["invoice_id", "currency", "amount", "waives"],
    Promise: ["customer_id"],
    Communication: ["customer_id", "status"],
    Task: ["customer_id", "case_id", "status"],
}
"""Fields whose every corruption is found, in whatever record."""

IN_PARTS = {
    Customer: ["created_at", "test_clock"],
    Case: [
        "created_at",
        "claim",
        "due_at",
        "open_tasks",
        "pauses",
        "reopened_at",
        "results",
        "test_clock",
    ],
    Invoice: ["created_at", "settled_at"],
    Payment: [
        "amount",
        "created_at",
        "currency",
        "disputed",
        "held",
        "open_disputes",
        "provider_events",
        "provider_reference",
        "refunded",
    ],
    CreditNote: ["created_at"],
    Charge: ["basis", "created_at", "kind"],
    Promise: ["covered", "created_at", "ended_at", "kept", "status", "until"],
    Communication: ["amounts", "created_at", "parts", "sent_at", "to"],
    Task: ["created_at", "done_at", "step"],
}
"""Fields of which some values can't be right; FOUND_BY has those."""

FREE = {
    Customer: [
        "name",
        "country",
        "locale",
        "timezone",
        "external_id",
        "email",
        "phone",
        "address",
        "metadata",
        "suppressed",
        "last_contact_at",
        "visited_at",
        "checkouts",
        "request",
        "version",
        "consents",
        "exported_at",
        "erasure",
        "kind",
        "broken_promises",
        "address",
    ],
    Case: ["channel", "closed_version", "version"],
    Invoice: ["lines", "pdf_url", "metadata", "version"],
    Payment: [
        "method",
        "paid_at",
        "named",
        "reference",
        "provider_at",
        "refunded_at",
        "disputed_at",
        "closed_disputes",
        "communication",
        "request",
        "version",
    ],
    CreditNote: ["reason", "number", "request", "version"],
    Charge: ["reason", "request", "step", "version"],
    Promise: [
        "currency",
        "dates",
        "source",
        "grace_days",
        "received",
        "ended_by",
        "taken_by",
        "note",
        "request",
        "version",
    ],
    Communication: [
        "channel",
        "template",
        "locale",
        "subject",
        "direction",
        "reason",
        "provider_id",
        "version",
    ],
    Task: ["do", "reason", "outcome", "note", "version"],
}
"""Fields of which any value may be right, or that nothing else stored speaks of."""


FOUND = [*FOUND_BY, *PROMISED_WRONG]


def violations(file: WholeFile) -> set[Rule]:
    return {violation.rule for violation in check(file, RULES_OF_CASES, NOW)}


def test_a_valid_file_with_everything_in_it_breaks_no_rule():
    kinds = {type(record) for record in FILE.records}

    assert kinds == JUDGED.keys()
    assert violations(FILE) == set()


@pytest.mark.parametrize(
    ("rule", "file"),
    [pytest.param(rule, file, id=f"{rule.value}: {what}") for rule, what, file in FOUND],
)
def test_a_rule_finds_what_it_is_there_for(rule: Rule, file: Callable[[], WholeFile]):
    assert rule in violations(file())


def test_every_rule_is_applied_and_tried_out():
    assert RULES.keys() == set(Rule) == {rule for rule, _, _ in FOUND}


@pytest.mark.parametrize("kind", JUDGED, ids=lambda kind: str(kind.__name__))
def test_every_field_is_judged_or_said_to_be_free(kind: type):
    judged, in_parts, free = {*JUDGED[kind], *EVERY}, set(IN_PARTS[kind]), set(FREE[kind])

    assert judged | in_parts | free == {field.name for field in fields(kind)}
    assert len(judged) + len(in_parts) + len(free) == len(fields(kind))


@pytest.mark.parametrize("kind", JUDGED, ids=lambda kind: str(kind.__name__))
def test_every_corruption_of_a_judged_field_is_found(kind: type):
    tried = 0
    for record in FILE.records:
        for name in [*JUDGED[kind], *EVERY] if isinstance(record, kind) else ():
            for other in corrupted(getattr(record, name)):
                broken = with_record(FILE, record, replace(record, **{name: other}))
                assert violations(broken), f"{record.id}: {name} is {other!r}"
                tried += 1
    assert tried > len(JUDGED[kind])


def test_every_record_that_is_missing_is_missed():
    for record in FILE.records[1:]:
        assert violations(without_record(FILE, record)), record.id


def test_what_takes_a_moment_to_follow_is_given_one():
    """Its event, the rest of a large refund, the end of a pause: an hour after the change."""
    [note] = FILE.credit_notes
    told = frozenset(pair for pair in FILE.told if pair[1] != note.id)

    def seen(minutes: int) -> set[Rule]:
        at = replace(note.change, at=NOW - timedelta(minutes=minutes))
        broken = with_record(FILE, note, replace(note, change=at))
        return violations(replace(broken, told=told))

    assert seen(59) == set()
    assert seen(61) == {Rule.CHANGE_IS_TOLD}


def test_an_open_task_of_a_chargeback_hangs_on_no_case():
    [task] = [each for each in FILE.tasks if each.step == "chargeback"]

    assert task.status is TaskStatus.OPEN
    assert task.id not in {each for case in FILE.cases for each in case.open_tasks}
