"""The notices of one customer become as few messages as the rules allow."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import Case
from chalicelib.domain.decide import decide
from chalicelib.domain.decisions import Decision, Part, Reason, Send, Wait
from chalicelib.domain.sequence import Do, Sequence
from tests.builders import a_case, a_file, a_sequence, a_step, rules, utc

NOW = utc("2026-01-20 10:00")
MAIL = a_sequence(a_step("soft", 1), a_step("firm", 5))
TEXT = replace(a_sequence(a_step("text", 3, "sms"), min_gap_days=2), id="seq_2")
OLD = a_case("R-1", due="2026-01-15")
NEW = a_case("R-2", due="2026-01-18")
TEXTED = a_case("R-3", due="2026-01-17", sequence=("seq_2", 1))


def decided(*cases: Case, sequence: Sequence = MAIL) -> list[Decision]:
    return decide(a_file(*cases), rules(sequence, TEXT), NOW)


def messages(*cases: Case, sequence: Sequence = MAIL) -> list[Send]:
    return [each for each in decided(*cases, sequence=sequence) if isinstance(each, Send)]


def test_one_message_tells_both_invoices_and_takes_the_firmest_template():
    parts = (Part(OLD.id, "firm", Reason.CAUGHT_UP), Part(NEW.id, "soft", Reason.DUE))
    assert messages(NEW, OLD) == [Send(Do.EMAIL, "firm", parts)]


def test_without_bundling_each_invoice_has_a_message_firmest_first():
    alone = replace(MAIL, bundle=False)

    assert [send.template for send in messages(NEW, OLD, sequence=alone)] == ["firm", "soft"]


def test_without_bundling_the_gap_lets_only_the_firmest_go():
    alone = replace(MAIL, bundle=False, min_gap_days=3)

    assert [send.template for send in messages(NEW, OLD, sequence=alone)] == ["firm"]
    wait = Wait(NEW.id, "soft", Do.EMAIL, utc("2026-01-22 23:00"), Reason.MIN_GAP)
    assert wait in decided(NEW, OLD, sequence=alone)


def test_other_channels_are_other_messages_and_keep_their_gap():
    wait = Wait(TEXTED.id, "text", Do.SMS, utc("2026-01-21 23:00"), Reason.MIN_GAP)

    assert [send.channel for send in messages(OLD, TEXTED)] == [Do.EMAIL]
    assert wait in decided(OLD, TEXTED)


def test_a_sequence_without_gap_does_not_wait_for_another_message():
    assert {send.channel for send in messages(NEW, TEXTED)} == {Do.SMS, Do.EMAIL}


def test_two_steps_of_one_case_are_never_in_one_message():
    twice = a_sequence(a_step("one", 1), a_step("two", 1))

    assert [send.parts for send in messages(NEW, sequence=twice)] == [
        (Part(NEW.id, "one", Reason.DUE),),
        (Part(NEW.id, "two", Reason.DUE),),
    ]


def test_the_oldest_due_is_told_first_in_whatever_order_the_cases_came():
    for cases in [(OLD, NEW, TEXTED), (TEXTED, NEW, OLD), (NEW, TEXTED, OLD)]:
        assert decided(*cases) == decided(OLD, NEW, TEXTED)
