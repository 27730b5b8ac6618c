"""A rule about the past rings while it is news; one about the present until it is mended."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.customer import Change
from chalicelib.domain.invariants import NEWS_FOR, PAST, PRESENT, Rule, check
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corrupt_files import FILE, NOW, RULES_OF_CASES
from tests.invariants.corruption import with_record
from tests.invariants.found_by import FOUND

SECOND = timedelta(seconds=1)


def rings(file: WholeFile, now: datetime) -> set[Rule]:
    return {each.rule for each in check(file, RULES_OF_CASES, now) if each.is_news}


def last_written(file: WholeFile) -> datetime:
    return max(each.change.at or each.created_at for each in file.records)


def test_every_rule_is_about_the_past_or_the_present():
    assert set(Rule) == PAST | PRESENT
    assert not PAST & PRESENT


def test_what_happened_is_found_for_ever_and_rings_for_two_nights():
    ids = {each.id for each in FILE.records}
    for rule, what, corrupt in FOUND:
        file = corrupt()
        if rule not in PAST or "that isn't there" in what:
            continue
        written = last_written(file)
        later = written + NEWS_FOR + SECOND
        found = {each.record for each in check(file, RULES_OF_CASES, later) if each.rule is rule}
        assert found, what
        if found <= ids:
            assert rule not in rings(file, later), what


def test_what_is_rings_until_it_is_mended():
    tried = set()
    for rule, what, corrupt in FOUND:
        if rule in PRESENT and rule in {
            each.rule for each in check(corrupt(), RULES_OF_CASES, NOW)
        }:
            found = check(corrupt(), RULES_OF_CASES, NOW + timedelta(days=365))
            assert all(each.is_news for each in found if each.rule in PRESENT), what
            tried.add(rule)
    assert tried == PRESENT


def test_an_old_incident_lets_the_next_one_ring():
    """Two nights after the old one; and the old one rings again where its record is rewritten."""
    [old, new, *_] = FILE.communications
    now = last_written(FILE) + timedelta(days=30)

    def asking_too_much(of: object, *, written: datetime) -> WholeFile:
        change = Change(by="system", why="delivery", at=written)
        return replace(of, amounts={"eur": 10**9}, change=change)

    once = with_record(FILE, old, asking_too_much(old, written=now - NEWS_FOR - SECOND))
    assert Rule.ASKED_WHAT_IS_OWED not in rings(once, now)
    twice = with_record(once, new, asking_too_much(new, written=now - NEWS_FOR))
    found = [
        each for each in check(twice, RULES_OF_CASES, now) if each.rule is Rule.ASKED_WHAT_IS_OWED
    ]
    assert {(each.record, each.is_news) for each in found} == {(old.id, False), (new.id, True)}


def test_an_event_of_what_is_not_there_rings_until_it_is_restored():
    told = FILE.told | {("task.created", "task_gone")}
    now = last_written(FILE) + timedelta(days=365)
    found = [
        each
        for each in check(replace(FILE, told=told), RULES_OF_CASES, now)
        if each.record == "task_gone"
    ]
    assert [(each.rule, each.is_news) for each in found] == [(Rule.CHANGE_IS_TOLD, True)]
