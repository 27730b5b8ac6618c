"""A preview tells every dated decision once, from the start to the end that was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from chalicelib.domain.decisions import Reason
from chalicelib.domain.money import Money
from chalicelib.domain.preview import preview
from chalicelib.domain.rehearsal import PreviewInvoice
from chalicelib.domain.sequence import CatchUp, Sequence, Step
from tests.builders import USD, a_sequence, a_step, a_window, berlin, eur, utc
from tests.unit.domain.previewing import DUE, END, OFFICE, PLAIN, START, invoice, told


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


def test_an_invoice_is_decided_on_no_more_often_for_those_beside_it():
    """A message nearly every day for two years, and still an invoice is looked at on its own days.

    Deciding on all of them whenever one has news costs 25 times as much with 25 invoices.
    """
    alone, sent_alone = questions_asked(1)
    together, sent_together = questions_asked(25)

    assert (sent_alone, sent_together) == (40, 25 * 40)
    assert together < 25 * alone * 1.1


def questions_asked(count: int) -> tuple[int, int]:
    """Preview so many invoices of 40 steps: how often a step's day was asked for, and what is sent.

    The invoices are due on one day after the other.
    """
    asked = 0

    class Counting(Sequence):
        def effective_offset(self, step: Step) -> int:
            nonlocal asked
            asked += 1
            return super().effective_offset(step)

    steps = tuple(a_step(f"step_{day}", day) for day in range(0, 720, 18))
    sequence = Counting("seq_1", "Long", 1, steps, window=a_window())
    issued = date(2026, 1, 2)
    invoices = [invoice(f"R-{day}", issued + timedelta(day), issued=issued) for day in range(count)]
    until = START + timedelta(days=800)
    entries = preview(sequence, berlin(), invoices, [], start=START, until=until)
    return asked, sum(len(each.shares) for each in entries if each.outcome == "send")
