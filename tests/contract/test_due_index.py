"""The due index: sparse, by clock and shard, in order; and the sweep's marks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.case import Case, CaseStatus
from chalicelib.domain.due import clock_partition, due_partition, wall_partition
from chalicelib.ports.due import DueEntry
from chalicelib.ports.storage import Write
from chalicelib.storage import due_index
from tests.builders import a_case, utc
from tests.contract.conftest import SHARDS, Store
from tests.fakes import memory

NINE = utc("2026-01-16 09:00")
CLOCK = "clock_0000000000000001"


def put(store: Store, number: str, **facts: Any) -> Case:
    """Commit a case on the test's own clock, so that no other test's cases are in its partition."""
    case = a_case(number, tenant=store.live, test_clock=CLOCK, **facts)
    store.ledger.commit([Write(None, case)])
    return case


def entry(case: Case) -> DueEntry:
    """Return the entry that a case must have."""
    return DueEntry(case.tenant, case.customer_id, case.channel or "", case.due_at, case.id)


def entries(store: Store, until=NINE, after=None) -> list[DueEntry]:
    """Return what is due on the test's clock."""
    page = store.due.page(clock_partition(store.live, CLOCK), after=after, until=until)
    assert page.next is None
    return list(page.entries)


def test_what_is_due_comes_in_order(store: Store):
    late = put(store, "1", due_at=NINE, channel="email")
    early = put(store, "2", due_at=NINE - timedelta(hours=1), channel="sms")
    put(store, "3", due_at=NINE + timedelta(microseconds=1), channel="email")
    put(store, "4")
    assert entries(store) == [entry(early), entry(late)]


def test_from_after_the_mark_up_to_now(store: Store):
    put(store, "1", due_at=NINE, channel="email")
    later = put(store, "2", due_at=NINE + timedelta(microseconds=1), channel="email")
    until = NINE + timedelta(minutes=1)
    assert entries(store, until, after=NINE) == [entry(later)]
    assert entries(store, until, after=until) == []
    assert entries(store, NINE, after=until) == []


def test_a_case_moves_in_the_index_and_leaves_it(store: Store):
    case = put(store, "1", due_at=NINE, channel="email")
    moved = replace(case, due_at=NINE + timedelta(hours=1), channel="sms", version=2)
    store.ledger.commit([Write(case, moved)])
    assert entries(store, NINE + timedelta(days=1)) == [entry(moved)]
    waiting = replace(moved, due_at=None, channel=None, version=3)
    store.ledger.commit([Write(moved, waiting)])
    assert entries(store, NINE + timedelta(days=1)) == []
    due_again = replace(waiting, due_at=NINE, channel="email", version=4)
    store.ledger.commit([Write(waiting, due_again)])
    closed = replace(due_again, status=CaseStatus.CLOSED, due_at=None, channel=None, version=5)
    store.ledger.commit([Write(due_again, closed)])
    assert entries(store, NINE + timedelta(days=1)) == []


def test_clocks_and_shards_are_apart(store: Store):
    case = a_case("1", tenant=store.live, due_at=NINE, channel="email", customer=f"{store.live}")
    store.ledger.commit([Write(None, case)])
    own = due_partition(case.tenant, case.customer_id, None, shards=SHARDS)

    def holds(partition: str) -> bool:
        page = store.due.page(partition, after=None, until=NINE)
        return entry(case) in page.entries

    assert [holds(wall_partition(each)) for each in range(SHARDS)] == [
        wall_partition(each) == own for each in range(SHARDS)
    ]
    assert not holds(clock_partition(store.live, CLOCK))
    assert not holds(clock_partition(store.test, CLOCK))


def test_pages_continue_where_they_ended(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(due_index, "PAGE", 2)
    monkeypatch.setattr(memory, "DUE_PAGE", 2)
    cases = [put(store, str(each), due_at=NINE, channel="email") for each in range(5)]
    partition, found, start, rounds = clock_partition(store.live, CLOCK), [], None, 0
    while rounds == 0 or start:
        page = store.due.page(partition, after=None, until=NINE, start=start)
        assert len(page.entries) <= 2
        found += page.entries
        start, rounds = page.next, rounds + 1
    assert rounds >= 3
    assert len(found) == len(cases)


def test_a_mark_is_moved_by_compare_and_set(store: Store):
    partition = clock_partition(store.live, CLOCK)
    assert store.due.mark(partition) is None
    assert store.due.move_mark(partition, before=None, after=NINE)
    assert not store.due.move_mark(partition, before=None, after=NINE + timedelta(hours=1))
    assert store.due.mark(partition) == NINE
    later = NINE + timedelta(microseconds=7)
    assert store.due.move_mark(partition, before=NINE, after=later)
    assert not store.due.move_mark(partition, before=NINE, after=NINE)
    assert store.due.mark(partition) == later
    assert store.due.mark(clock_partition(store.test, CLOCK)) is None


def test_one_of_many_sweeps_moves_the_mark(store: Store):
    partition = clock_partition(store.live, CLOCK)

    def move(number: int) -> bool:
        after = NINE + timedelta(minutes=number)
        return store.due.move_mark(partition, before=None, after=after)

    with ThreadPoolExecutor(4) as sweeps:
        assert sum(sweeps.map(move, range(8))) == 1
