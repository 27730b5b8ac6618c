"""A preview tells every dated decision once, and the same ones as production would take."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given

from chalicelib.domain.decisions import Reason
from chalicelib.domain.preview import preview
from chalicelib.domain.rehearsal import Happening, HappeningType, PreviewInvoice
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.sequence import CatchUp
from tests.builders import USD, Money, a_sequence, a_step, a_window, berlin, eur, utc
from tests.strategies import situations
from tests.unit.domain.doing import sweep

DUE = date(2026, 1, 15)
START, END = utc("2026-01-01"), utc("2026-06-30")
PLAIN = a_sequence(a_step("early", -5), a_step("first", 4), a_step("call", 10, "call"))
OFFICE = replace(PLAIN, window=a_window())


def invoice(number="R-1", due=DUE, amount=100_00, issued=date(2026, 1, 2)):
    return PreviewInvoice(number, eur(amount), issued, due)


def told(sequence, invoices, *happenings: Happening, start=START, until=END):
    entries = preview(sequence, berlin(), invoices, happenings, start=start, until=until)
    return [(f"{e.at:%m-%d %H:%M}", e.outcome, e.step, e.reason, e.invoices) for e in entries]


def happens(at: str, kind: HappeningType, *, of: str = "R-1", **facts: object):
    return Happening(utc(at), kind, of, **facts)


def test_a_story_without_events():
    assert told(PLAIN, [invoice()]) == [
        ("01-09 23:00", "send", "early", Reason.DUE, ("R-1",)),
        ("01-18 23:00", "send", "first", Reason.DUE, ("R-1",)),
        ("01-24 23:00", "act", "call", Reason.FOR_A_PERSON, ("R-1",)),
    ]


def test_waits_for_the_window_are_told_once_when_they_begin():
    assert told(OFFICE, [invoice()])[:2] == [
        ("01-10 08:00", "wait", "early", Reason.CLOSED_DAY, ("R-1",)),
        ("01-12 08:00", "send", "early", Reason.DUE, ("R-1",)),
    ]


def test_a_holiday_is_named_for_every_step_that_waits_for_it():
    spaced = replace(OFFICE, min_gap_days=7, steps=(a_step("a", 1), a_step("b", 4)))

    assert told(spaced, [invoice(due=date(2026, 4, 2))]) == [
        ("04-03 07:00", "wait", "a", Reason.PUBLIC_HOLIDAY, ("R-1",)),
        ("04-06 07:00", "skip", "a", Reason.SUPERSEDED, ("R-1",)),
        ("04-06 07:00", "wait", "b", Reason.PUBLIC_HOLIDAY, ("R-1",)),
        ("04-07 07:00", "send", "b", Reason.DUE, ("R-1",)),
    ]


def test_a_gap_is_told_with_its_end():
    spaced = replace(PLAIN, min_gap_days=7, steps=(a_step("a", 1), a_step("b", 4)))
    entries = preview(spaced, berlin(), [invoice()], [], start=START, until=END)

    waits = [entry for entry in entries if entry.outcome == "wait"]
    assert [(w.step, w.reason, w.until) for w in waits] == [
        ("b", Reason.MIN_GAP, utc("2026-01-22 23:00"))
    ]
    assert entries[-1].at == waits[0].until


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


def test_bundled_invoices_are_one_entry_told_by_the_firmest_step():
    pair = [invoice(), invoice("R-2", due=date(2026, 1, 24))]
    entries = preview(PLAIN, berlin(), pair, [], start=utc("2026-01-20 10:00"), until=END)

    assert [(s.invoice, s.step) for s in entries[1].shares] == [("R-1", "first"), ("R-2", "early")]
    assert (entries[1].step, entries[1].amount_remaining) == ("first", 200_00)


def test_amounts_of_two_currencies_are_not_added_up():
    dollars = PreviewInvoice("R-2", Money(5_00, USD), date(2026, 1, 2), DUE)
    entry = preview(PLAIN, berlin(), [invoice(), dollars], [], start=START, until=END)[0]

    assert entry.remaining == (eur(100_00), Money(5_00, USD))
    assert entry.amount_remaining is None


def test_nothing_is_done_before_the_start_or_the_issue_date():
    late_start = told(PLAIN, [invoice()], start=utc("2026-01-22 10:00"))
    late_issue = told(PLAIN, [invoice(issued=date(2026, 1, 22))])

    assert late_start[:2] == [
        ("01-22 10:00", "skip", "early", Reason.PAST_DUE_DATE, ("R-1",)),
        ("01-22 10:00", "send", "first", Reason.CAUGHT_UP, ("R-1",)),
    ]
    assert late_issue[1][0] == "01-21 23:00"


def test_what_happened_before_the_start_counts_from_then_on():
    paid = happens("2025-12-01 12:00", HappeningType.PAYMENT)

    assert told(PLAIN, [invoice()], paid) == [("01-01 23:00", "close", None, Reason.PAID, ("R-1",))]


def test_the_end_is_included_and_nothing_comes_after_it():
    assert len(told(PLAIN, [invoice()], until=utc("2026-01-18 23:00"))) == 2
    assert len(told(PLAIN, [invoice()], until=utc("2026-01-18 22:59"))) == 1


def test_an_invoice_of_nothing_is_closed_once():
    assert [outcome for _, outcome, *_ in told(PLAIN, [invoice(amount=0)])] == ["close"]


def test_with_next_missed_steps_follow_one_another():
    gentle = replace(PLAIN, catch_up=CatchUp.NEXT)
    story = told(gentle, [invoice()], start=utc("2026-02-10 10:00"))

    assert [(at, step) for at, outcome, step, *_ in story if outcome != "skip"] == [
        ("02-10 10:00", "first"),
        ("02-15 23:00", "call"),
    ]


def test_a_large_preview_takes_seconds():
    """25 invoices of 40 steps, a message nearly every day for two years (7 s if all were asked)."""
    steps = tuple(a_step(f"step_{day}", day) for day in range(0, 720, 18))
    sequence = a_sequence(*steps, window=a_window())
    issued = date(2026, 1, 2)
    invoices = [invoice(f"R-{day}", issued + timedelta(day), issued=issued) for day in range(25)]
    started = time.process_time()
    until = START + timedelta(days=800)
    entries = preview(sequence, berlin(), invoices, [], start=START, until=until)
    assert sum(len(each.shares) for each in entries if each.outcome == "send") == 25 * 40
    assert time.process_time() - started < 3


def test_a_wait_is_told_once_whoever_else_has_news_meanwhile():
    """On a long weekend another invoice's day begins; the first one's wait is told already."""
    sequence = a_sequence(a_step("reminder", 7), window=a_window())
    first, second = date(2026, 4, 24), date(2026, 4, 25)
    invoices = [invoice("R-1", first), invoice("R-2", second)]
    until = END + timedelta(days=90)
    entries = preview(sequence, berlin(), invoices, [], start=START, until=until)
    waits = [each for each in entries if each.outcome == "wait"]
    assert [(each.invoices, each.reason) for each in waits] == [
        (("R-1",), Reason.PUBLIC_HOLIDAY),
        (("R-2",), Reason.CLOSED_DAY),
    ]


def test_a_happening_needs_its_invoice():
    with pytest.raises(KeyError):
        told(PLAIN, [invoice()], happens("2026-01-03", HappeningType.VOID, of="R-9"))


@given(situations(fresh=True))
def test_a_preview_says_what_waking_up_when_scheduled_does(situation):
    """The same cases, followed up through `due_at` alone, give the same messages and tasks."""
    file, rules, start = situation
    customer = replace(
        file.customer, email="one@customer.example", phone="+49151123456", last_contact_at=None
    )
    file = replace(file, customer=customer)
    until = start + timedelta(days=120)
    invoices = [
        PreviewInvoice(case.number, eur(case.amount), case.issue_date, case.due_date)
        for case in sorted(file.cases, key=lambda case: case.id)
    ]
    file = replace(file, cases=tuple(replace(c, remaining=c.amount) for c in file.cases))
    start = max(start, *(customer.calendar.instant(each.issue_date) for each in invoices))

    entries = preview(
        rules.of(file.cases[0]), customer.calendar, invoices, [], start=start, until=until
    )
    previewed = [(e.at, e.step) for e in entries if e.outcome in {"send", "act"}]
    assert sorted(previewed) == sorted(_scheduled(file, rules, start, until))


def _scheduled(file, rules, now, until):
    story = []
    while now and now <= until:
        done = sweep(file, rules, now)
        offsets = {step.key: step.offset_days for step in rules.of(file.cases[0]).steps}
        story += [
            (now, max((part.step for part in send.parts), key=offsets.__getitem__))
            for send in done.sends
        ]
        story += [(now, act.step) for act in done.acts]
        file = reschedule(done.file, rules, now, settling=timedelta(0))
        now = min((case.due_at for case in file.cases if case.due_at), default=None)
    return story
