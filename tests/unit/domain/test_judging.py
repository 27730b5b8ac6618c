"""What a dispute sets aside isn't expected on the promised day, and only then."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.judging import disputed_at, judged
from chalicelib.domain.promise import Covered, EndedBy, Promise, PromisedDate, PromiseStatus
from tests.builders import a_case, a_dispute, a_promise, an_invoice, berlin, day, utc

NOW = utc("2026-02-18 12:00")
BROKEN, KEPT = PromiseStatus.BROKEN, PromiseStatus.KEPT
OPEN, CANCELLED = PromiseStatus.OPEN, PromiseStatus.CANCELLED


def stands(
    promise: Promise, *invoices: Invoice, disputed: int, is_over: bool = True
) -> tuple[PromiseStatus, EndedBy | None]:
    """Judge a promise of whose first invoice so much is disputed."""
    by_id = {each.id: each for each in invoices}
    held = {invoices[0].id: disputed}
    after = judged(promise, by_id, berlin(), NOW, is_over=is_over, disputed=held)
    return after.status, after.ended_by


@pytest.mark.parametrize(
    ("paid", "disputed", "expected"),
    [
        (70_00, 30_00, (KEPT, EndedBy.PAID)),
        (69_99, 30_00, (BROKEN, EndedBy.DAY_PASSED)),
        (70_00, 29_99, (BROKEN, EndedBy.DAY_PASSED)),
        (80_00, 30_00, (KEPT, EndedBy.PAID)),
        (0, 100_00, (CANCELLED, EndedBy.DISPUTED)),
        (1, 100_00, (KEPT, EndedBy.PAID)),
    ],
)
def test_on_the_day_what_is_disputed_isnt_expected(paid, disputed, expected):
    assert stands(a_promise(100_00), an_invoice(paid=paid), disputed=disputed) == expected


def test_before_the_day_a_dispute_ends_nothing():
    """It may be decided by then, and then all that was promised is expected."""
    for disputed in (30_00, 100_00):
        paid = an_invoice(paid=70_00)
        assert stands(a_promise(100_00), paid, disputed=disputed, is_over=False) == (OPEN, None)
    assert stands(a_promise(100_00), an_invoice(paid=70_00), disputed=0)[0] is BROKEN


def test_who_promised_less_than_is_left_undisputed_owes_all_of_it():
    assert stands(a_promise(40_00), an_invoice(paid=39_99), disputed=30_00)[0] is BROKEN
    assert stands(a_promise(40_00), an_invoice(paid=40_00), disputed=30_00)[0] is KEPT


def test_a_dispute_takes_from_the_last_date_first():
    dates = (PromisedDate(day("2026-02-10"), 60_00), PromisedDate(day("2026-03-10"), 40_00))
    promise = a_promise(dates=dates)
    assert stands(promise, an_invoice(paid=59_99), disputed=40_00)[0] is BROKEN
    assert stands(replace(promise, kept=1), an_invoice(paid=60_00), disputed=40_00)[0] is KEPT
    later = stands(replace(promise, kept=1), an_invoice(paid=60_00), disputed=39_99)
    assert later == (PromiseStatus.PARTLY_KEPT, EndedBy.DAY_PASSED)


def test_only_its_own_invoice_is_relieved_by_a_dispute():
    one, two = an_invoice("R-1"), an_invoice("R-2")
    promise = a_promise(200_00, covered=(Covered(one.id, 0, 0), Covered(two.id, 0, 0)))
    assert stands(promise, one, replace(two, paid=70_00), disputed=130_00)[0] is BROKEN
    assert stands(promise, one, replace(two, paid=100_00), disputed=130_00)[0] is KEPT


def test_what_was_given_up_beside_a_dispute_is_nobodys_payment():
    off = an_invoice("R-2", written_off=100_00, status=InvoiceStatus.WRITTEN_OFF)
    one = an_invoice("R-1")
    promise = a_promise(200_00, covered=(Covered(one.id, 0, 0), Covered(off.id, 0, 0)))
    assert stands(promise, one, off, disputed=100_00) == (CANCELLED, EndedBy.WRITTEN_OFF)


def test_a_dispute_counts_that_held_up_to_the_moment():
    dispute = a_dispute(amount=30_00)
    case = a_case(pauses=(dispute.pause(berlin()),))
    until = dispute.until(berlin())
    for moment, held in (
        (dispute.created_at, 0),
        (until, 30_00),
        (until.replace(microsecond=1), 0),
    ):
        assert disputed_at([case], moment) == {case.invoice_id: held}
    whole = a_case(pauses=(a_dispute().pause(berlin()),), remaining=55_00)
    assert disputed_at([whole], until) == {whole.invoice_id: 55_00}
