"""Sixty days of one customer, by how the money comes, or doesn't."""

from __future__ import annotations

from tests.scenarios.story import Story
from tests.world import somebody


def test_a_customer_who_never_pays_hears_six_times_ever_more_firmly_and_then_no_more():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15", amount=150_00)
    story.until("2026-03-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              150.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email   notice_upcoming  R-1         150.00 EUR
        Thu 15 Jan 09:00  email   notice_due       R-1         150.00 EUR
        Mon 19 Jan 09:00  email   reminder_first   R-1         150.00 EUR
        Mon 26 Jan 09:00  sms     reminder_second  R-1         150.00 EUR
        Wed 04 Feb 09:00  email   reminder_third   R-1         150.00 EUR
        Wed 18 Feb 09:00  email   notice_final     R-1         150.00 EUR
        """
    )


def test_a_customer_who_pays_in_the_middle_hears_nothing_after_it():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-20 10:00")
    story.pay(invoice)
    story.until("2026-03-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email   notice_upcoming  R-1         100.00 EUR
        Thu 15 Jan 09:00  email   notice_due       R-1         100.00 EUR
        Mon 19 Jan 09:00  email   reminder_first   R-1         100.00 EUR
        Tue 20 Jan 11:00  paid    R-1              100.00 EUR  0.00 EUR left
        Tue 20 Jan 11:00  case    R-1              closed: paid
        """
    )


def test_a_part_payment_lowers_what_the_next_message_asks_for():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    story.pay(invoice, 60_00)
    story.until("2026-01-27 00:00")
    story.pay(invoice)
    story.until("2026-03-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email   notice_upcoming  R-1         100.00 EUR
        Thu 15 Jan 09:00  email   notice_due       R-1         100.00 EUR
        Fri 16 Jan 11:00  paid    R-1              60.00 EUR   40.00 EUR left
        Mon 19 Jan 09:00  email   reminder_first   R-1         40.00 EUR
        Mon 26 Jan 09:00  sms     reminder_second  R-1         40.00 EUR
        Tue 27 Jan 01:00  paid    R-1              40.00 EUR   0.00 EUR left
        Tue 27 Jan 01:00  case    R-1              closed: paid
        """
    )
    assert "R-1: 40.00 EUR due 2026-01-15" in story.email.sent[-1].content.text
    assert "100.00" not in story.email.sent[-1].content.text


def test_a_credit_note_counts_as_much_as_a_payment():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-16 10:00")
    story.credit(invoice, 60_00)
    story.until("2026-01-20 10:00")
    story.credit(invoice, 40_00)
    story.until("2026-03-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted    R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email     notice_upcoming  R-1         100.00 EUR
        Thu 15 Jan 09:00  email     notice_due       R-1         100.00 EUR
        Fri 16 Jan 11:00  credited  R-1              60.00 EUR   40.00 EUR left
        Mon 19 Jan 09:00  email     reminder_first   R-1         40.00 EUR
        Tue 20 Jan 11:00  credited  R-1              40.00 EUR   0.00 EUR left
        Tue 20 Jan 11:00  case      R-1              closed: paid
        """
    )


def test_void_and_written_off_invoices_are_left_alone():
    story = Story("2026-01-02 08:00")
    mistake = story.post("R-1", due="2026-01-15")
    hopeless = story.post("R-2", due="2026-01-15")
    story.until("2026-01-12 10:00")
    story.void(mistake)
    story.until("2026-01-20 10:00")
    story.pay(hopeless, 1_00)
    story.write_off(hopeless)
    story.until("2026-03-20 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted       R-1              100.00 EUR  due Thu 15 Jan
        Fri 02 Jan 09:00  posted       R-2              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email        notice_upcoming  R-1, R-2    200.00 EUR
        Mon 12 Jan 11:00  credited     R-1              100.00 EUR  0.00 EUR left
        Mon 12 Jan 11:00  case         R-1              closed: void
        Thu 15 Jan 09:00  email        notice_due       R-2         100.00 EUR
        Mon 19 Jan 09:00  email        reminder_first   R-2         100.00 EUR
        Tue 20 Jan 11:00  paid         R-2              1.00 EUR    99.00 EUR left
        Tue 20 Jan 11:00  written_off  R-2              99.00 EUR   0.00 EUR left
        Tue 20 Jan 11:00  case         R-2              closed: written_off
        """
    )


def test_what_was_paid_too_much_pays_the_next_invoice():
    story = Story("2026-01-02 08:00")
    first = story.post("R-1", due="2026-01-15")
    story.until("2026-01-13 10:00")
    story.pay(first, 130_00)
    story.until("2026-02-02 10:00")
    story.post("R-2", due="2026-02-16", amount=20_00)
    story.post("R-3", due="2026-02-16", amount=50_00)
    story.until("2026-02-17 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:00  email   notice_upcoming  R-1         100.00 EUR
        Tue 13 Jan 11:00  credit  30.00 EUR
        Tue 13 Jan 11:00  paid    R-1              100.00 EUR  0.00 EUR left
        Tue 13 Jan 11:00  case    R-1              closed: paid
        Mon 02 Feb 11:00  posted  R-2              20.00 EUR   due Mon 16 Feb
        Mon 02 Feb 11:00  credit  10.00 EUR
        Mon 02 Feb 11:00  paid    R-2              20.00 EUR   0.00 EUR left
        Mon 02 Feb 11:00  case    R-2              closed: paid
        Mon 02 Feb 11:00  posted  R-3              50.00 EUR   due Mon 16 Feb
        Mon 02 Feb 11:00  credit  0.00 EUR
        Mon 02 Feb 11:00  paid    R-3              10.00 EUR   40.00 EUR left
        Wed 11 Feb 09:00  email   notice_upcoming  R-3         40.00 EUR
        Mon 16 Feb 09:00  email   notice_due       R-3         40.00 EUR
        """
    )


def test_several_invoices_of_one_customer_come_in_one_message():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15", amount=100_00)
    story.post("R-2", due="2026-01-15", amount=50_00)
    third = story.post("R-3", due="2026-01-19", amount=7_00)
    story.post("R-4", due="2026-01-15", customer=somebody("two"))
    story.until("2026-01-20 00:00")
    story.pay(third)
    story.until("2026-01-27 00:00")
    story.expect_messages(
        """
        Mon 12 Jan 09:00  email  notice_upcoming  R-4            100.00 EUR
        Mon 12 Jan 09:00  email  notice_upcoming  R-1, R-2       150.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-4            100.00 EUR
        Thu 15 Jan 09:00  email  notice_due       R-1, R-2, R-3  157.00 EUR
        Mon 19 Jan 09:00  email  reminder_first   R-4            100.00 EUR
        Mon 19 Jan 09:00  email  reminder_first   R-1, R-2, R-3  157.00 EUR
        Mon 26 Jan 09:00  sms    reminder_second  R-4            100.00 EUR
        Mon 26 Jan 09:00  sms    reminder_second  R-1, R-2       150.00 EUR
        """
    )


def test_two_currencies_stand_side_by_side_and_money_never_crosses():
    story = Story("2026-01-02 08:00")
    euro = story.post("R-1", due="2026-01-15", amount=100_00)
    yen = story.post("R-2", due="2026-01-15", amount=9_000, of="jpy")
    story.until("2026-01-13 10:00")
    story.pay(euro, 250_00)
    story.until("2026-01-16 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              100.00 EUR  due Thu 15 Jan
        Fri 02 Jan 09:00  posted  R-2              9000 JPY    due Thu 15 Jan
        Mon 12 Jan 09:00  email   notice_upcoming  R-1, R-2    100.00 EUR + 9000 JPY
        Tue 13 Jan 11:00  credit  150.00 EUR
        Tue 13 Jan 11:00  paid    R-1              100.00 EUR  0.00 EUR left
        Tue 13 Jan 11:00  case    R-1              closed: paid
        Thu 15 Jan 09:00  email   notice_due       R-2         9000 JPY
        """
    )
    assert story.invoice(yen).remaining == 9_000
    assert story.customer(yen).balance == {"jpy": 9_000}
