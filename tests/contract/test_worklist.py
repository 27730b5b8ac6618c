"""Places in the worklist, in memory and in the table."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from chalicelib.domain.aging import Bucket
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.money import Money, currency
from chalicelib.domain.value_at_risk import Risk, Sign
from chalicelib.domain.worklist import Place, View
from chalicelib.ports.storage import Cursor, Write
from chalicelib.ports.worklist import Worklist
from chalicelib.storage.worklist import TableWorklist
from tests.builders import a_case, a_task
from tests.contract.conftest import Store
from tests.fakes.worklist import InMemoryWorklist

TEN = Cursor(10)


@dataclass
class Office:
    """A store, and the worklist on it."""

    store: Store
    worklist: Worklist

    def task(self, number: str, **facts: Any) -> Task:
        """Store an open task about the invoice of that number."""
        case = a_case(number, customer=number, tenant=self.store.live)
        task = a_task(case, name=number, tenant=self.store.live, **facts)
        self.store.ledger.commit([Write(None, task)])
        return task

    def placed(self, number: str, rank: int, view: View = View.VALUE_AT_RISK) -> Place:
        """Store a task and give it a place."""
        place = a_place(self.task(number), rank, view)
        self.worklist.exchange([], [place])
        return place

    def page(
        self, cursor: Cursor = TEN, view: View = View.VALUE_AT_RISK, of: str | None = "eur"
    ) -> list[str]:
        """Return the ids of the tasks on a page."""
        page = self.worklist.page(self.store.live, view, of, cursor)
        assert page is not None
        return [each.task.id for each in page.data]


@pytest.fixture
def office(store: Store, request: pytest.FixtureRequest) -> Office:
    """Return the fake and the real adapter in turn."""
    if request.node.callspec.params["store"] == "memory":
        return Office(store, InMemoryWorklist(store.ledger))
    return Office(store, TableWorklist(request.getfixturevalue("table")))


def a_place(task: Task, rank: int, view: View = View.VALUE_AT_RISK, of: str = "eur") -> Place:
    risk = Risk(Money(119_000, currency(of)), date(2026, 1, 1), Bucket.UP_TO_30, (Sign.DISPUTE,))
    return Place(task.tenant, task.customer_id, task.id, view, rank, risk)


def test_a_place_is_kept_whole_and_in_its_tenant_only(office: Office):
    place = office.placed("a", 4)
    assert office.worklist.places(office.store.live, place.customer_id) == (place,)
    for other in (office.store.test, office.store.other):
        assert office.worklist.places(other, place.customer_id) == ()
        found = office.worklist.page(other, View.VALUE_AT_RISK, "eur", TEN)
        assert found is not None
        assert (found.data, found.has_more) == ((), False)


def test_the_highest_rank_is_first_and_each_comes_with_its_risk(office: Office):
    low, high, middle = office.placed("a", 9), office.placed("b", 100), office.placed("c", 10)
    found = office.worklist.page(office.store.live, View.VALUE_AT_RISK, "eur", TEN)
    assert found is not None
    assert [each.task.id for each in found.data] == [high.task_id, middle.task_id, low.task_id]
    assert {each.risk for each in found.data} == {low.risk}


def test_views_and_currencies_are_lists_of_their_own(office: Office):
    task = office.task("a")
    places = [a_place(task, 1), a_place(task, 2, View.LONGEST_OVERDUE)]
    office.worklist.exchange([], places)
    assert office.page() == office.page(view=View.LONGEST_OVERDUE, of=None) == [task.id]
    assert office.page(of="usd") == office.page(view=View.LARGEST_OWED) == []
    assert set(office.worklist.places(office.store.live, task.customer_id)) == set(places)


def test_a_new_rank_takes_the_place_of_the_one_before(office: Office):
    first, second = office.placed("a", 1), office.placed("b", 2)
    office.worklist.exchange([], [replace(first, rank=3)])
    assert office.page() == [first.task_id, second.task_id]
    office.worklist.exchange([first], [])
    office.worklist.exchange([first], [])
    assert office.page() == [second.task_id]


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_go_on_from_a_task_both_ways(office: Office, limit: int):
    names = [office.placed(each, 7 if each in "bc" else ord(each)).task_id for each in "abcde"]
    whole = office.page()
    assert set(whole) == set(names)
    assert whole[:2] == [names[4], names[3]]
    for position, each in enumerate(whole):
        after = office.page(Cursor(limit, after=each))
        assert after == whole[position + 1 : position + 1 + limit]
        before = office.page(Cursor(limit, before=each))
        assert before == whole[max(0, position - limit) : position]
    first = office.worklist.page(office.store.live, View.VALUE_AT_RISK, "eur", Cursor(limit))
    assert first is not None
    assert first.has_more is (limit < len(whole))


def test_a_task_without_a_place_in_the_list_is_no_cursor(office: Office):
    placed, left = office.placed("a", 1), office.task("b")
    for name, of in ((left.id, "eur"), (placed.task_id, "usd")):
        cursor = Cursor(10, after=name)
        assert office.worklist.page(office.store.live, View.VALUE_AT_RISK, of, cursor) is None


def test_what_was_done_meanwhile_is_left_out(office: Office):
    place, other = office.placed("a", 1), office.placed("b", 2)
    task = office.store.ledger.task(office.store.live, place.task_id)
    assert task is not None
    done = replace(task, status=TaskStatus.DONE, version=task.version + 1)
    office.store.ledger.commit([Write(task, done)])
    assert office.page() == [other.task_id]
