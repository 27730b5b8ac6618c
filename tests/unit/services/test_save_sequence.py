"""Sequences are stored in versions; a change makes the next one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.event import Event
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Cursor
from chalicelib.services.save_sequence import SequenceDraft, add_sequence, change_sequence
from tests.builders import LIVE, TEST, a_step, a_window
from tests.deeds import BILLING
from tests.fakes.ledger import InMemoryLedger
from tests.world import World

DRAFT = SequenceDraft("Short", (a_step("first", 1), a_step("second", 9)), window=a_window())


class RacedLedger(InMemoryLedger):
    """Lets something happen once, right before a version is added."""

    before_add: Callable[[], object] | None = None

    def add_sequence(self, tenant: Tenant, sequence: Sequence, event: Event | None = None) -> None:
        happens, self.before_add = self.before_add, None
        if happens:
            happens()
        super().add_sequence(tenant, sequence, event)


def test_a_new_sequence_is_version_one_of_the_callers_mode():
    world = World()
    sequence = add_sequence(world.ports, LIVE, BILLING, DRAFT)
    assert (sequence.version, sequence.steps, sequence.window) == (1, DRAFT.steps, DRAFT.window)
    assert world.ledger.sequence(LIVE, sequence.id) == sequence
    assert world.ledger.sequence(TEST, sequence.id) is None


def test_a_change_is_the_next_version_and_the_old_one_stays():
    world = World()
    first = add_sequence(world.ports, LIVE, BILLING, DRAFT)
    second = change_sequence(world.ports, LIVE, BILLING, first.id, replace(DRAFT, min_gap_days=4))
    assert (second.id, second.version, second.min_gap_days) == (first.id, 2, 4)
    assert world.ledger.sequence(LIVE, first.id, 1) == first
    assert world.ledger.sequence(LIVE, first.id) == second


def test_every_version_is_told_with_who_and_why():
    world = World("2026-01-02 08:00")
    first = add_sequence(world.ports, LIVE, BILLING, DRAFT)
    world.clock.advance(days=1)
    change_sequence(world.ports, LIVE, BILLING, first.id, replace(DRAFT, name="Longer"))
    change_sequence(world.ports, LIVE, BILLING, first.id, replace(DRAFT, name="Longer"))
    told = world.ledger.events_page(LIVE, Cursor(10)).data
    assert [(each.type, each.object_id, each.data) for each in told] == [
        ("sequence.changed", first.id, {"name": "Longer", "version": 2}),
        ("sequence.created", first.id, {"name": "Short", "version": 1}),
    ]
    assert {(each.by, each.why, each.customer_id) for each in told} == {
        (BILLING.by, BILLING.why, None)
    }
    assert world.ledger.events_page(TEST, Cursor(10)).data == ()


def test_no_change_is_no_new_version():
    world = World()
    first = add_sequence(world.ports, LIVE, BILLING, DRAFT)
    assert change_sequence(world.ports, LIVE, BILLING, first.id, DRAFT) == first
    assert world.ledger.sequence(LIVE, first.id, 2) is None


def test_cases_keep_the_version_they_started_with():
    world = World("2026-01-02 08:00")
    first = add_sequence(world.ports, LIVE, BILLING, DRAFT)
    old = world.post("R-1", due="2026-01-14", sequence=first.id)
    changed = replace(DRAFT, steps=(a_step("other", 1),))
    change_sequence(world.ports, LIVE, BILLING, first.id, changed)
    new = world.post("R-2", due="2026-01-14", sequence=first.id)
    world.until("2026-02-01 00:00")
    assert list(world.case(old).results) == ["first", "second"]
    assert list(world.case(new).results) == ["other"]


def test_every_fault_is_named():
    world = World()
    faulty = SequenceDraft("Bad", (a_step("a", 5), a_step("a", 1)), grace_days=-1)
    with pytest.raises(InvalidError) as refused:
        add_sequence(world.ports, LIVE, BILLING, faulty)
    assert {fault.pointer for fault in refused.value.fields} == {
        "/grace_days",
        "/steps/1/key",
        "/steps/1/offset_days",
    }
    known = add_sequence(world.ports, LIVE, BILLING, DRAFT)
    with pytest.raises(InvalidError):
        change_sequence(world.ports, LIVE, BILLING, known.id, faulty)
    assert world.ledger.sequence(LIVE, known.id) == known


def test_an_unknown_sequence_is_not_found_nor_is_that_of_the_other_mode():
    world = World()
    known = add_sequence(world.ports, LIVE, BILLING, DRAFT)
    for tenant, sequence_id in ((LIVE, "seq_none"), (TEST, known.id)):
        with pytest.raises(NotFoundError):
            change_sequence(world.ports, tenant, BILLING, sequence_id, DRAFT)


def test_two_changes_at_once_become_two_versions():
    ledger = RacedLedger(shards=2)
    world = World(ledger=ledger)
    first = add_sequence(world.ports, LIVE, BILLING, DRAFT)
    theirs = replace(DRAFT, name="Theirs")
    ledger.before_add = lambda: change_sequence(world.ports, LIVE, BILLING, first.id, theirs)
    mine = change_sequence(world.ports, LIVE, BILLING, first.id, replace(DRAFT, name="Mine"))
    assert (mine.version, mine.name) == (3, "Mine")
    second = world.ledger.sequence(LIVE, first.id, 2)
    assert second is not None
    assert second.name == "Theirs"
