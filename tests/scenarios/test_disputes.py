"""What is disputed is set aside, the rest is followed up, and nothing stays set aside for ever."""

from __future__ import annotations

from chalicelib.domain.dispute import AtDeadline, DisputeKind
from tests.builders import a_sequence, a_step
from tests.scenarios.story import Story


def test_a_part_is_set_aside_and_the_rest_is_followed_up_for_120_days():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15", amount=1000_00)
    story.until("2026-01-21 10:00")
    dispute = story.dispute(invoice, 300_00, at_deadline=AtDeadline.HOLD_FOR_PERSON)
    story.until("2026-02-10 10:00")
    story.pay(invoice, 700_00)
    story.until("2026-02-16 10:00")
    story.extend(dispute, "2026-03-31")
    story.until("2026-04-02 10:00")
    story.resolve(story.disputed(dispute), "partly_accepted", 200_00)
    story.until("2026-05-02 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted    R-1                 1000.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email     notice_upcoming     R-1          1000.00 EUR
        Thu 15 Jan 09:00  email     notice_due          R-1          1000.00 EUR
        Mon 19 Jan 09:00  email     reminder_first      R-1          1000.00 EUR
        Wed 21 Jan 11:00  dispute   R-1                 300.00 EUR   until Fri 20 Feb
        Wed 21 Jan 11:00  paused    R-1                 dispute
        Mon 26 Jan 09:00  sms       reminder_second     R-1          700.00 EUR
        Wed 04 Feb 09:00  email     reminder_third      R-1          700.00 EUR
        Tue 10 Feb 11:00  paid      R-1                 700.00 EUR   300.00 EUR left
        Sun 15 Feb 00:00  task      dispute: dispute    R-1          …
        Mon 16 Feb 11:00  dispute   R-1                 until Tue 31 Mar
        Mon 16 Feb 11:00  done      dispute             R-1          extended
        Thu 26 Mar 00:00  task      dispute: dispute    R-1          …
        Wed 01 Apr 00:00  done      dispute             R-1          replaced
        Wed 01 Apr 00:00  task      dispute: dispute    R-1          …
        Wed 01 Apr 00:00  dispute   R-1                 until Tue 14 Apr
        Thu 02 Apr 12:00  dispute   R-1                 partly_accepted
        Thu 02 Apr 12:00  done      dispute             R-1          partly_accepted
        Thu 02 Apr 12:00  credited  R-1                 200.00 EUR   100.00 EUR left
        Thu 02 Apr 12:00  resumed   R-1                 dispute
        Thu 02 Apr 12:00  email     notice_final        R-1          100.00 EUR
        """
    )


def test_a_dispute_over_everything_silences_the_case_until_it_is_rejected():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    dispute = story.dispute(invoice)
    story.until("2026-02-05 13:00")
    story.resolve(dispute, "rejected")
    story.until("2026-03-20 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1  100.00 EUR
        Thu 05 Feb 14:00  email  reminder_third   R-1  100.00 EUR
        Wed 18 Feb 09:00  email  notice_final     R-1  100.00 EUR
        """
    )


def test_a_dispute_that_nobody_decides_ends_at_its_deadline_with_a_task():
    story = Story("2026-01-02 08:00", sequence=a_sequence(a_step("late", 4), a_step("later", 60)))
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    story.dispute(invoice)
    story.until("2026-04-01 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1               100.00 EUR  due Thu 15 Jan
        Fri 16 Jan 11:00  dispute  R-1               all         until Sun 15 Feb
        Fri 16 Jan 11:00  paused   R-1               dispute
        Tue 10 Feb 00:00  task     dispute: dispute  R-1         …
        Mon 16 Feb 00:00  done     dispute           R-1         replaced
        Mon 16 Feb 00:00  task     dispute: dispute  R-1         …
        Mon 16 Feb 00:00  dispute  R-1               expired
        Mon 16 Feb 00:00  resumed  R-1               dispute
        Mon 16 Feb 00:00  email    late              R-1         100.00 EUR
        Mon 16 Mar 00:00  email    later             R-1         100.00 EUR
        """
    )


def test_a_deduction_is_what_a_short_payment_left_and_a_refund_is_asked_for():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    paid = story.hear(story.card(invoice, 90_00))
    story.dispute(invoice, kind=DisputeKind.DEDUCTION)
    story.until("2026-01-28 10:00")
    story.hear(story.later(paid, "charge.refunded", refunded=50_00))
    story.until("2026-02-05 12:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1  100.00 EUR
        Wed 28 Jan 11:00  sms    reminder_second  R-1  50.00 EUR
        Wed 04 Feb 09:00  email  reminder_third   R-1  50.00 EUR
        """
    )


def test_a_dispute_of_what_is_settled_ends_by_itself_with_its_task():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    dispute = story.dispute(invoice, 40_00)
    story.until("2026-01-28 10:00")
    assert [task.do for task in story.open_tasks(invoice)] == ["dispute"]
    story.pay(invoice)
    story.until("2026-01-28 10:01")
    story.lines.clear()
    story.until("2026-06-01 10:00")
    assert story.lines == []
    assert story.disputed(dispute).status == "settled"
    assert story.open_tasks(invoice) == []
    assert not story.case(invoice).is_unfinished


def test_accepting_a_dispute_over_everything_closes_the_case_at_once():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    dispute = story.resolve(story.dispute(invoice), "accepted")
    story.until("2026-04-01 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted    R-1          100.00 EUR  due Thu 15 Jan
        Fri 02 Jan 09:00  dispute   R-1          all         until Sun 01 Feb
        Fri 02 Jan 09:00  paused    R-1          dispute
        Fri 02 Jan 09:00  dispute   R-1          accepted
        Fri 02 Jan 09:00  credited  R-1          100.00 EUR  0.00 EUR left
        Fri 02 Jan 09:00  case      R-1          closed: paid
        Fri 02 Jan 09:00  resumed   R-1          dispute
        """
    )
    [note] = story.ledger.credit_notes_of(story.tenant, invoice.customer_id)
    assert (note.id, note.amount, note.reason) == (dispute.credit_note, 100_00, "dispute: damaged")
