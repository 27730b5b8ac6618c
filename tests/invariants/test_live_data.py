"""The rules for stored records find every corruption of a valid file, and none in a valid one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta

import pytest

from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.invariants import RULES, Rule, check
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corrupt_files import FILE, NOW, RULES_OF_CASES
from tests.invariants.corruption import corrupted, with_record, without_record
from tests.invariants.found_by import FOUND
from tests.invariants.judged_fields import EVERY, FREE, IN_PARTS, JUDGED


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
    note = next(each for each in FILE.credit_notes if each.reason == "goods returned")
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
