"""A customer who becomes a risk, and a key account: what each is told, day by day."""

from __future__ import annotations

from chalicelib.domain.customer import Change
from chalicelib.domain.segment import AllOf, Between, Measure, OneOf, Trait
from chalicelib.services.assign_segments import request_assignment
from chalicelib.services.override_sequence import override_for_invoice
from chalicelib.services.save_segment import SegmentDraft, add_segment
from chalicelib.services.save_sequence import SequenceDraft, add_sequence
from tests.builders import LIVE, a_step, a_window
from tests.deeds import OFFICE
from tests.scenarios.story import Story

FIRM = SequenceDraft(
    "Firm",
    (
        a_step("notice_due", 0, template="notice_due"),
        a_step("reminder_second", 3, "sms", template="reminder_second"),
        a_step("call", 8, "call"),
        a_step("notice_final", 15, template="notice_final"),
    ),
    window=a_window(),
)
GENTLE = SequenceDraft("Gentle", (a_step("chat", 30, "call"),), window=a_window())
LATE = AllOf((
    Between(Measure.BALANCE, gte=150_00, currency="eur"),
    Between(Measure.AVERAGE_DAYS_LATE, gt=10),
))  # fmt: skip


def test_whoever_pays_late_and_owes_much_goes_over_to_the_firm_sequence_and_hears_nothing_twice():
    story = Story("2026-01-02 08:00")
    firm = add_sequence(story.ports, LIVE, OFFICE, FIRM)
    add_segment(story.ports, LIVE, OFFICE, SegmentDraft("Late and large", 10, LATE, firm.id))
    first = story.post("R-1", due="2026-01-05")
    story.until("2026-01-22 10:00")
    story.pay(first)
    second = story.post("R-2", due="2026-01-26")  # alone, the balance is too small
    story.until("2026-01-30 09:00")
    third = story.post("R-3", due="2026-02-20")
    request_assignment(story.ports, LIVE, OFFICE)
    story.work()
    assert {story.case(each).sequence[0] for each in (second, third)} == {firm.id}
    story.until("2026-03-20 00:00")
    story.expect_messages(
        """
        Fri 02 Jan 09:00  email  notice_upcoming  R-1    100.00 EUR
        Mon 05 Jan 09:00  email  notice_due       R-1    100.00 EUR
        Fri 09 Jan 09:00  email  reminder_first   R-1    100.00 EUR
        Fri 16 Jan 09:00  sms    reminder_second  R-1    100.00 EUR
        Thu 22 Jan 11:00  email  notice_upcoming  R-2    100.00 EUR
        Mon 26 Jan 09:00  email  notice_due       R-2    100.00 EUR
        Fri 30 Jan 09:00  email  reminder_first   R-2    100.00 EUR
        Tue 03 Feb 09:00  task   call: call       R-2    for_a_person
        Tue 10 Feb 09:00  email  notice_final     R-2    100.00 EUR
        Fri 20 Feb 09:00  email  notice_due       R-3    100.00 EUR
        Mon 23 Feb 09:00  sms    reminder_second  R-3    100.00 EUR
        Mon 02 Mar 09:00  task   call: call       R-3    for_a_person
        Mon 09 Mar 09:00  email  notice_final     R-3    100.00 EUR
        """
    )
    skipped = story.case(second).results["reminder_second"]
    assert skipped.reason == "covered"


def test_a_key_account_is_spoken_to_and_not_written_to():
    story = Story("2026-01-02 08:00")
    gentle = add_sequence(story.ports, LIVE, OFFICE, GENTLE)
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-20 10:00")
    why = Change(by="api_key:ak_1", why="Key account, agreed with sales")
    override_for_invoice(story.ports, LIVE, why, invoice.id, gentle.id)
    others = OneOf(Trait.COUNTRY, ("DE",))
    add_segment(story.ports, LIVE, OFFICE, SegmentDraft("All", 1, others, "seq_default"))
    request_assignment(story.ports, LIVE, OFFICE)
    story.work()
    story.until("2026-03-20 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1  100.00 EUR
        Mon 19 Jan 09:00  email  reminder_first   R-1  100.00 EUR
        Mon 16 Feb 09:00  task   call: chat       R-1  for_a_person
        """
    )
