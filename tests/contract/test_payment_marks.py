"""Marks of payments, in memory and in the table."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest

from chalicelib.domain import ids
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.payment_marks import NOTED_EVERY, PassedEvent, PaymentMark, PaymentMarks
from chalicelib.storage.payment_marks import MARK_KEPT_FOR, TablePaymentMarks
from chalicelib.storage.table import Table
from tests.builders import utc
from tests.fakes.payment_marks import InMemoryPaymentMarks
from tests.fakes.world import FakeClock

NINE = utc("2026-01-20 09:00")
_number = count(1)


@pytest.fixture
def tenant() -> Tenant:
    """Return a tenant that no other test uses."""
    return Tenant("cr_" + ids.encode(next(_number), ids.PART), Mode.LIVE)


@pytest.fixture(params=["memory", "table"])
def marks(request: pytest.FixtureRequest) -> PaymentMarks:
    """Return the fake and the real adapter, which keeps nothing here, in turn."""
    if request.param == "memory":
        return InMemoryPaymentMarks()
    return TablePaymentMarks(request.getfixturevalue("table"), Racing())


class Racing(FakeClock):
    """A clock that leaps a minute whenever it is looked at."""

    def now(self) -> datetime:
        return self.advance(MARK_KEPT_FOR)


def of(marks: PaymentMarks, creditor_id: str) -> set[PaymentMark]:
    return {each for each in marks.all() if each.tenant.creditor_id == creditor_id}


def test_a_tenant_is_listed_from_its_beginning_on(marks: PaymentMarks, tenant: Tenant):
    test = Tenant(tenant.creditor_id, Mode.TEST)
    assert marks.certain_until(tenant) is None
    for each in (tenant, test, tenant):
        marks.begin(each)
    assert of(marks, tenant.creditor_id) == {PaymentMark(tenant), PaymentMark(test)}
    assert marks.certain_until(tenant) is None


def test_since_when_there_may_have_been_payments_is_kept(marks: PaymentMarks, tenant: Tenant):
    marks.begin(tenant, NINE)
    marks.begin(tenant, NINE + timedelta(hours=1))
    begun = PaymentMark(tenant, since=NINE)
    assert of(marks, tenant.creditor_id) == {begun}
    assert marks.certain_until(tenant) == NINE + NOTED_EVERY
    assert not marks.move(PaymentMark(tenant), PaymentMark(tenant, NINE))
    assert marks.move(begun, replace(begun, since=NINE + timedelta(hours=2)))


def test_a_mark_is_got_as_it_stands(marks: PaymentMarks, tenant: Tenant):
    assert marks.get(tenant) is None
    marks.begin(tenant, NINE)
    assert marks.get(tenant) == PaymentMark(tenant, since=NINE)
    assert marks.move(PaymentMark(tenant, since=NINE), PaymentMark(tenant, NINE))
    assert marks.get(tenant) == PaymentMark(tenant, NINE)


def test_a_mark_is_moved_by_compare_and_set(marks: PaymentMarks, tenant: Tenant):
    marks.begin(tenant)
    at_nine, at_ten = (PaymentMark(tenant, NINE + timedelta(hours=hour), NINE) for hour in range(2))
    assert marks.move(PaymentMark(tenant), at_nine)
    assert not marks.move(PaymentMark(tenant), at_ten)
    assert marks.certain_until(tenant) == NINE
    assert not marks.move(replace(at_nine, known_until=NINE - timedelta(hours=1)), at_ten)
    assert not marks.move(replace(at_nine, read_again_until=None), at_ten)
    assert marks.move(at_nine, at_ten)
    assert of(marks, tenant.creditor_id) == {at_ten}


def test_what_is_passed_is_kept_and_moves_nothing_that_does_not_know_it(
    marks: PaymentMarks, tenant: Tenant
):
    marks.begin(tenant)
    passed = PaymentMark(tenant, passed=(PassedEvent("evt_1", "erin", "refunded by hand", NINE),))
    assert marks.move(PaymentMark(tenant), passed)
    assert not marks.move(PaymentMark(tenant), PaymentMark(tenant, NINE))
    assert of(marks, tenant.creditor_id) == {passed}
    moved = replace(passed, known_until=NINE)
    assert marks.move(passed, moved)
    assert of(marks, tenant.creditor_id) == {moved}


def test_beginning_again_moves_nothing_back(marks: PaymentMarks, tenant: Tenant):
    marks.begin(tenant)
    marks.move(PaymentMark(tenant), PaymentMark(tenant, NINE))
    marks.begin(tenant)
    assert marks.certain_until(tenant) == NINE


def test_a_mark_may_be_taken_back(marks: PaymentMarks, tenant: Tenant):
    marks.begin(tenant)
    marks.move(PaymentMark(tenant), PaymentMark(tenant, NINE))
    assert marks.move(PaymentMark(tenant, NINE), PaymentMark(tenant))
    assert marks.certain_until(tenant) is None
    assert of(marks, tenant.creditor_id) == {PaymentMark(tenant)}


def test_a_mark_is_read_again_after_a_minute(table: Table, tenant: Tenant):
    clock = FakeClock()
    marks = TablePaymentMarks(table, clock)
    marks.begin(tenant)
    assert marks.certain_until(tenant) is None
    marks.move(PaymentMark(tenant), PaymentMark(tenant, NINE))
    clock.advance(MARK_KEPT_FOR - timedelta(seconds=1))
    assert marks.certain_until(tenant) is None
    clock.advance(seconds=1)
    assert marks.certain_until(tenant) == NINE
