"""What is still on its way when an invoice is settled ends by itself: messages, tasks, claims."""

from __future__ import annotations

from chalicelib.domain.bundle import LARGEST_BUNDLE
from chalicelib.domain.case import Outcome
from chalicelib.domain.communication import CommunicationStatus
from chalicelib.domain.decisions import Reason
from chalicelib.ports.messages import Delivery, EmailEventKind, Handover
from chalicelib.ports.storage import Cursor
from tests.builders import a_sequence, a_step
from tests.invariants.meddling import MeddledLedger
from tests.scenarios.story import Story
from tests.world import somebody

UNKNOWN = Handover(Delivery.UNKNOWN, reason="no answer")


def test_nobody_is_asked_to_call_a_customer_who_has_paid():
    story = Story("2026-01-02 08:00", sequence=a_sequence(a_step("call", 0, "call")))
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    story.pay(invoice)
    story.until("2026-01-17 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1         100.00 EUR  due Thu 15 Jan
        Thu 15 Jan 00:00  task    call: call  R-1         for_a_person
        Fri 16 Jan 11:00  paid    R-1         100.00 EUR  0.00 EUR left
        Fri 16 Jan 11:00  case    R-1         closed: paid
        Fri 16 Jan 11:00  done    call        R-1         settled
        """
    )
    assert story.open_tasks(invoice) == []
    assert story.ledger.file(story.tenant, invoice.customer_id).cases == ()


def test_a_task_that_was_done_stays_as_it_was_done():
    story = Story("2026-01-02 08:00", sequence=a_sequence(a_step("call", 0, "call")))
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    [task] = story.open_tasks(invoice)
    story.complete(task, "promised to pay")
    story.pay(invoice)
    story.until("2026-01-17 00:00")
    assert story.ledger.task(story.tenant, task.id).outcome == "promised to pay"


def test_an_sms_of_which_nobody_knows_is_in_the_log_although_the_invoice_is_paid():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15", customer=somebody(email=None))
    story.sms.script(UNKNOWN)
    story.until("2026-01-12 08:05")
    story.pay(invoice)
    story.until("2026-01-13 00:00")
    [entry] = story.ledger.communications_page(story.tenant, Cursor(10)).data
    assert (entry.status, entry.channel) == (CommunicationStatus.UNCONFIRMED, "sms")
    case = story.case(invoice)
    assert (case.claim, case.due_at) == (None, None)
    assert case.results["notice_upcoming"].outcome is Outcome.UNCONFIRMED
    assert story.ledger.file(story.tenant, invoice.customer_id).cases == ()


def test_a_bundle_of_which_nobody_knows_is_logged_with_all_its_invoices():
    story = Story("2026-01-02 08:00")
    paid, owed = (story.post(number, due="2026-01-15") for number in ("R-1", "R-2"))
    story.email.script(UNKNOWN)
    story.until("2026-01-12 08:05")
    story.pay(paid)
    story.until("2026-01-13 00:00")
    [entry] = story.ledger.communications_page(story.tenant, Cursor(10)).data
    assert set(entry.invoices) == {paid.id, owed.id}


def test_two_steps_of_one_day_go_out_one_after_the_other_without_a_conflict():
    steps = (a_step(f"step{number}", 0) for number in range(14))
    story = Story("2026-01-02 08:00", sequence=a_sequence(*steps))
    story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 00:00")
    assert len(story.email.sent) == 14


def test_who_had_paid_and_got_the_money_back_hears_of_it_gently():
    """A refund long after the due date doesn't begin with the final notice."""
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    paid = story.hear(story.card(invoice))
    story.until("2026-04-20 10:00")
    story.hear(story.later(paid, "charge.refunded", refunded=100_00))
    story.until("2026-06-10 00:00")
    story.expect_messages(
        """
        Mon 20 Apr 12:00  email  notice_due       R-1  100.00 EUR
        Fri 24 Apr 09:00  email  reminder_first   R-1  100.00 EUR
        Mon 04 May 09:00  sms    reminder_second  R-1  100.00 EUR
        Wed 13 May 09:00  email  reminder_third   R-1  100.00 EUR
        Wed 27 May 09:00  email  notice_final     R-1  100.00 EUR
        """
    )


def test_nobody_is_reminded_of_a_cent():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.pay(invoice, 99_99)
    story.until("2026-03-20 00:00")
    story.expect_messages("")
    assert {result.reason for result in story.case(invoice).results.values()} <= {
        Reason.BELOW_MINIMUM,
        Reason.PAST_DUE_DATE,
    }


def test_a_message_about_very_many_invoices_is_settled_although_all_were_paid():
    """A case that is closed and gives its claim back moves, and so counts twice in a write."""
    story = Story("2026-01-02 08:00", ledger=MeddledLedger())
    invoices = [story.post(f"R-{number}", due="2026-01-15") for number in range(LARGEST_BUNDLE)]
    story.email.script(UNKNOWN)
    story.until("2026-01-12 08:05")
    story.pay(invoices[0], LARGEST_BUNDLE * 100_00)
    later = story.post("R-later", due="2026-01-25")
    story.until("2026-01-21 00:00")
    [_, entry] = story.ledger.communications_page(story.tenant, Cursor(10)).data
    assert entry.status is CommunicationStatus.UNCONFIRMED
    assert {story.case(each).claim for each in invoices} == {None}
    assert "notice_upcoming" in story.case(later).results


def test_what_ses_says_of_such_a_message_is_settled_too():
    story = Story("2026-01-02 08:00")
    invoices = [story.post(f"R-{number}", due="2026-01-15") for number in range(LARGEST_BUNDLE)]
    story.email.script(UNKNOWN)
    story.until("2026-01-12 08:05")
    story.pay(invoices[0], LARGEST_BUNDLE * 100_00)
    story.mail_event(story.email.attempts[0], EmailEventKind.DELIVERED)
    assert {story.case(each).claim for each in invoices} == {None}
    assert story.ledger.file(story.tenant, invoices[0].customer_id).cases == ()


def test_a_task_ends_at_once_also_where_a_message_is_still_on_its_way():
    steps = (a_step("call", -3, "call"), a_step("mail", 0))
    story = Story("2026-01-02 08:00", sequence=a_sequence(*steps))
    invoice = story.post("R-1", due="2026-01-15")
    story.email.script(UNKNOWN)
    story.until("2026-01-14 23:05")
    assert story.case(invoice).claim
    story.pay(invoice)
    story.until("2026-01-14 23:10")
    assert story.open_tasks(invoice) == []
    assert story.case(invoice).claim
