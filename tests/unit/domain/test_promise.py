"""What comes of a promise, from the invoices alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.case import PauseKind
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.judging import judged
from chalicelib.domain.promise import (
    Covered,
    EndedBy,
    Promise,
    PromisedDate,
    PromiseStatus,
    judged_after,
    to_be_judged,
)
from tests.builders import a_case, a_pause, a_promise, an_invoice, berlin, day, utc

NOW = utc("2026-02-01 12:00")
BROKEN, KEPT = PromiseStatus.BROKEN, PromiseStatus.KEPT
OPEN, CANCELLED = PromiseStatus.OPEN, PromiseStatus.CANCELLED


def outcome(promise: Promise, *invoices: Invoice, is_over: bool = False) -> Promise:
    by_id = {each.id: each for each in invoices}
    return judged(promise, by_id, berlin(), NOW, is_over=is_over, disputed={})


def stands(promise: Promise, *invoices: Invoice, is_over: bool = False) -> object:
    after = outcome(promise, *invoices, is_over=is_over)
    return after.status, after.ended_by


def test_the_published_case_500_of_5000_is_broken_and_all_of_it_is_kept():
    promise = a_promise(5_000)
    part = an_invoice(amount=5_000, paid=500)
    assert stands(promise, part) == (OPEN, None)
    assert stands(promise, part, is_over=True) == (BROKEN, EndedBy.DAY_PASSED)
    paid = an_invoice(amount=5_000, paid=5_000, status=InvoiceStatus.PAID)
    assert stands(promise, paid, is_over=True) == (KEPT, EndedBy.PAID)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"paid": 99_99}, (OPEN, None)),
        ({"paid": 99_99, "charges": 40_00}, (OPEN, None)),
        ({"paid": 100_00, "charges": 40_00}, (KEPT, EndedBy.PAID)),  # nobody promised the fee
        ({"credited": 30_00}, (OPEN, None)),
        ({"credited": 30_00, "paid": 69_99}, (OPEN, None)),
        ({"credited": 30_00, "paid": 70_00}, (KEPT, EndedBy.PAID)),
        ({"credited": 30_00, "paid": 70_00, "charges": 5_00}, (KEPT, EndedBy.PAID)),
        ({"credited": 100_00}, (CANCELLED, EndedBy.CREDITED)),
        ({"credited": 100_00, "status": InvoiceStatus.VOID}, (CANCELLED, EndedBy.VOID)),
        (
            {"paid": 10_00, "written_off": 90_00, "status": InvoiceStatus.WRITTEN_OFF},
            (CANCELLED, EndedBy.WRITTEN_OFF),
        ),
    ],
)
def test_money_keeps_a_promise_and_nothing_else_does(facts, expected):
    assert stands(a_promise(100_00), an_invoice(**facts)) == expected


def test_what_was_paid_or_charged_before_doesnt_count():
    invoice = an_invoice(paid=60_00, charges=10_00)
    promise = a_promise(50_00, covered=(Covered(invoice.id, 60_00, 10_00),))
    assert stands(promise, invoice) == (OPEN, None)
    assert stands(promise, replace(invoice, paid=110_00)) == (KEPT, EndedBy.PAID)
    waived = replace(invoice, paid=100_00, charges=0)  # a waiver isn't money, but less is owed
    assert stands(promise, waived) == (KEPT, EndedBy.PAID)


def test_the_money_may_come_on_any_of_the_invoices():
    one, two = an_invoice("R-1"), an_invoice("R-2")
    covered = (Covered(one.id, 0, 0), Covered(two.id, 0, 0))
    promise = a_promise(120_00, covered=covered)
    assert stands(promise, replace(one, paid=100_00), two) == (OPEN, None)
    assert stands(promise, replace(one, paid=100_00), replace(two, paid=20_00)) == (
        KEPT,
        EndedBy.PAID,
    )


TWICE = replace(
    a_promise(),
    dates=(PromisedDate(day("2026-02-10"), 60_00), PromisedDate(day("2026-03-10"), 40_00)),
)


def test_a_date_that_is_kept_moves_the_promise_on_to_the_next():
    after = outcome(TWICE, an_invoice(paid=60_00))
    assert (after.status, after.kept) == (OPEN, 1)
    assert after.until == judged_after(day("2026-03-10"), 7, berlin())


def test_a_later_date_that_isnt_kept_makes_it_partly_kept():
    once = outcome(TWICE, an_invoice(paid=60_00))
    after = outcome(once, an_invoice(paid=99_99), is_over=True)
    assert (after.status, after.kept) == (PromiseStatus.PARTLY_KEPT, 1)
    assert stands(TWICE, an_invoice(paid=59_99), is_over=True) == (BROKEN, EndedBy.DAY_PASSED)


def test_what_was_kept_stays_kept_when_money_goes_back():
    once = outcome(TWICE, an_invoice(paid=60_00))
    after = outcome(once, an_invoice(paid=0))
    assert (after.status, after.kept, after.received) == (OPEN, 1, 0)


def test_days_are_the_customers_and_the_grace_is_whole():
    assert judged_after(day("2026-03-22"), 7, berlin()) == utc("2026-03-29 22:00")  # summer time
    assert judged_after(day("2026-02-10"), 0, berlin()) == utc("2026-02-10 23:00")


def test_money_that_was_on_its_way_in_time_is_waited_for():
    until = "2026-02-17 23:00"
    promised = replace(a_pause(PauseKind.PROMISE, until=until), reference="prm_1")
    in_time = a_pause(PauseKind.PAYMENT_PROCESSING, since="2026-02-17", until="2026-03-15")
    late = replace(in_time, since=utc("2026-02-18"))
    assert to_be_judged([a_case(pauses=(promised,))]) == {"prm_1": utc(until)}
    assert to_be_judged([a_case(pauses=(promised, late))]) == {"prm_1": utc(until)}
    others = a_case("R-2", pauses=(promised, in_time))
    assert to_be_judged([a_case(pauses=(promised,)), others]) == {"prm_1": utc("2026-03-15")}


@given(
    st.lists(st.integers(1, 60_00), min_size=1, max_size=4),
    st.lists(st.tuples(st.sampled_from(["paid", "credited", "charges"]), st.integers(1, 80_00))),
    st.booleans(),
)
def test_looking_more_often_comes_to_the_same_end(promised, moves, is_over):
    """However often it is looked at in between, and by whomever."""
    dates = tuple(
        PromisedDate(day(f"2026-02-{10 + place:02}"), each) for place, each in enumerate(promised)
    )
    promise = a_promise(dates=dates)
    invoice = an_invoice(amount=sum(promised))
    watched = promise
    for name, amount in moves:
        most = amount if name == "charges" else min(amount, invoice.remaining)
        invoice = replace(invoice, **{name: getattr(invoice, name) + most})
        if watched.is_open:
            watched = outcome(watched, invoice)
    if watched.is_open:
        watched = outcome(watched, invoice, is_over=is_over)
        once = outcome(promise, invoice, is_over=is_over and watched.kept == 0)
        assert once.kept == watched.kept
        assert watched.is_open == (not is_over)
    else:
        assert watched.received >= promise.amount or invoice.credited
