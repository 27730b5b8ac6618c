"""A preview tells what payments, credit notes, pauses and endings would change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.domain.decisions import Reason
from chalicelib.domain.preview import preview
from chalicelib.domain.rehearsal import HappeningType
from tests.builders import berlin
from tests.unit.domain.previewing import END, PLAIN, START, happens, invoice, told


def test_a_payment_ends_the_story():
    paid = happens("2026-01-16 12:00", HappeningType.PAYMENT)

    assert told(PLAIN, [invoice()], paid)[1:] == [
        ("01-16 12:00", "close", None, Reason.PAID, ("R-1",))
    ]


def test_part_payments_and_credit_notes_lower_what_is_told():
    entries = preview(
        PLAIN,
        berlin(),
        [invoice()],
        [
            happens("2026-01-16 12:00", HappeningType.PAYMENT, amount=60_00),
            happens("2026-01-20 12:00", HappeningType.CREDIT_NOTE, amount=10_00),
        ],
        start=START,
        until=END,
    )

    assert [(e.step, e.amount_remaining) for e in entries] == [
        ("early", 100_00),
        ("first", 40_00),
        ("call", 30_00),
    ]


def test_a_credit_note_over_the_rest_settles_the_invoice():
    story = told(PLAIN, [invoice()], happens("2026-01-16 12:00", HappeningType.CREDIT_NOTE))

    assert story[-1] == ("01-16 12:00", "close", None, Reason.PAID, ("R-1",))


def test_void_closes_and_says_so_once():
    story = told(
        PLAIN,
        [invoice()],
        happens("2026-01-16 12:00", HappeningType.VOID),
        happens("2026-01-17 12:00", HappeningType.VOID),
        happens("2026-01-18 12:00", HappeningType.CREDIT_NOTE, amount=1),
        happens("2026-01-18 13:00", HappeningType.PAYMENT, amount=1),
    )

    assert story[1:] == [("01-16 12:00", "close", None, Reason.VOID, ("R-1",))]


def test_what_is_overpaid_pays_a_later_invoice():
    later = invoice("R-2", due=date(2026, 3, 15), issued=date(2026, 3, 1))
    paid = happens("2026-01-03 12:00", HappeningType.PAYMENT, amount=200_00)

    assert told(PLAIN, [invoice(), later], paid) == [
        ("01-03 12:00", "close", None, Reason.PAID, ("R-1",)),
        ("02-28 23:00", "close", None, Reason.PAID, ("R-2",)),
    ]


@pytest.mark.parametrize(
    ("kind", "ends"),
    [
        (HappeningType.HOLD, "01-20 23:00"),
        (HappeningType.DISPUTE, "01-20 23:00"),
        (HappeningType.PROMISE, "01-21 23:00"),  # the promised day is still the customer's
    ],
)
def test_a_pause_is_told_when_it_begins_and_released_on_its_day(kind, ends):
    pause = happens("2026-01-16 12:00", kind, until=date(2026, 1, 21))

    assert told(PLAIN, [invoice()], pause)[1:3] == [
        ("01-16 12:00", "pause", None, Reason(kind.value), ("R-1",)),
        (ends, "send", "first", Reason.CAUGHT_UP, ("R-1",)),
    ]


def test_a_promise_covers_its_days_of_grace():
    promise = happens(
        "2026-01-16 12:00", HappeningType.PROMISE, until=date(2026, 1, 21), grace_days=7
    )

    assert told(PLAIN, [invoice()], promise)[2][0] == "01-28 23:00"


def test_the_rest_is_followed_up_as_soon_as_what_was_promised_is_paid():
    story = told(
        PLAIN,
        [invoice()],
        happens("2026-01-16 12:00", HappeningType.PROMISE, amount=60_00, until=date(2026, 1, 31)),
        happens("2026-01-18 12:00", HappeningType.PAYMENT, amount=59_99),
        happens("2026-01-20 12:00", HappeningType.PAYMENT, amount=1),
    )

    assert [(at, outcome) for at, outcome, *_ in story[1:]][:2] == [
        ("01-16 12:00", "pause"),
        ("01-20 12:00", "send"),
    ]


def test_a_release_ends_a_pause_without_end():
    story = told(
        PLAIN,
        [invoice()],
        happens("2026-01-16 12:00", HappeningType.HOLD),
        happens("2026-01-17 12:00", HappeningType.RELEASE),
        happens("2026-01-18 12:00", HappeningType.HOLD),
    )

    assert [(at, outcome) for at, outcome, *_ in story[1:]] == [
        ("01-16 12:00", "pause"),
        ("01-18 12:00", "pause"),
    ]


def test_what_happened_before_the_start_counts_from_then_on():
    paid = happens("2025-12-01 12:00", HappeningType.PAYMENT)

    assert told(PLAIN, [invoice()], paid) == [("01-01 23:00", "close", None, Reason.PAID, ("R-1",))]


def test_a_happening_needs_its_invoice():
    with pytest.raises(KeyError):
        told(PLAIN, [invoice()], happens("2026-01-03", HappeningType.VOID, of="R-9"))


def test_one_payment_of_very_many_invoices_settles_them_all():
    """Production takes several transactions for it."""
    numbers = [f"R-{number}" for number in range(45)]
    invoices = [invoice(number) for number in numbers]
    paid = happens("2026-01-06 12:00", HappeningType.PAYMENT, amount=45 * 100_00)

    story = told(PLAIN, invoices, replace(paid, invoice=numbers[0]))

    assert {number for entry in story if entry[1] == "close" for number in entry[4]} == {*numbers}
    assert not [entry for entry in story if entry[1] == "send" and entry[0] > "01-06"]
