"""When the world outside fails: providers down, answers lost, workers dying in mid-delivery."""

from __future__ import annotations

from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.sequence import Sequence
from chalicelib.ports.messages import Delivery, EmailEventKind, EmailMessage, Handover
from tests.builders import a_sequence, a_step, utc
from tests.scenarios.story import Story
from tests.world import Crash, somebody

ADDRESS = "one@customer.example"


def a_story_whose_first_answer_gets_lost(sequence: Sequence = DEFAULT) -> Story:
    """Return a story with an invoice; whether its first e-mail was taken, nobody will say."""
    story = Story("2026-01-02 08:00", sequence=sequence)
    story.email.script(Handover(Delivery.UNKNOWN))
    story.post("R-1", due="2026-01-15")
    return story


def test_while_the_mail_provider_is_down_nothing_counts_as_sent_and_then_all_goes_out_once():
    story = Story("2026-01-02 08:00")
    names = ["one", "two", "three"]
    for name in names:
        story.post(f"R-{name}", due="2026-01-15", customer=somebody(name))
        story.email.answers[f"{name}@customer.example"] = Handover(Delivery.NOT_NOW)
    story.until("2026-01-12 11:59")
    assert len(story.email.attempts) > len(names)
    assert [line for line in story.lines if line[1] != "posted"] == []
    story.email.answers.clear()
    story.until("2026-01-14 00:00")
    assert sorted(line for line in story.lines if line[1] != "posted") == [
        ("Mon 12 Jan 13:00", "email", "notice_upcoming", f"R-{name}", "100.00 EUR")
        for name in sorted(names)
    ]


def test_a_provider_that_is_down_until_the_evening_costs_the_day_and_not_the_notice():
    story = Story("2026-01-02 08:00")
    story.post("R-1", due="2026-01-15")
    story.email.answers[ADDRESS] = Handover(Delivery.NOT_NOW)
    story.until("2026-01-12 18:00")
    story.email.answers.clear()
    story.until("2026-01-14 00:00")
    story.expect_messages("Tue 13 Jan 09:00  email  notice_upcoming  R-1  100.00 EUR")


def test_a_payment_during_the_outage_means_no_message_after_it():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.email.answers[ADDRESS] = Handover(Delivery.NOT_NOW)
    story.until("2026-01-12 10:00")
    story.pay(invoice)
    story.email.answers.clear()
    story.until("2026-03-01 00:00")
    assert story.email.sent == []


def test_a_lost_answer_is_settled_by_the_providers_word_that_it_was_sent():
    story = a_story_whose_first_answer_gets_lost()
    story.until("2026-01-12 08:10")
    story.mail_event(story.email.attempts[0], EmailEventKind.SENT)
    story.until("2026-01-16 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 09:10  email   notice_upcoming  R-1         ?
        Thu 15 Jan 09:00  email   notice_due       R-1         100.00 EUR
        """
    )
    assert len(story.email.attempts) == 2


def test_a_lost_answer_without_any_word_ends_unconfirmed_after_an_hour_and_is_never_repeated():
    story = a_story_whose_first_answer_gets_lost()
    story.until("2026-01-16 00:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted       R-1              100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 10:00  email        notice_upcoming  R-1         ?           unconfirmed
        Mon 12 Jan 10:00  unconfirmed  notice_upcoming  R-1         unconfirmed
        Thu 15 Jan 09:00  email        notice_due       R-1         100.00 EUR
        """
    )
    assert len(story.email.attempts) == 2


def test_the_providers_word_may_come_after_the_hour_and_is_still_noted():
    story = a_story_whose_first_answer_gets_lost()
    story.until("2026-01-12 12:00")
    story.mail_event(story.email.attempts[0], EmailEventKind.DELIVERED)
    assert story.lines[-1][1:] == ("log", "notice_upcoming", "R-1", "delivered")


def test_a_bounce_of_an_unconfirmed_message_moves_the_step_to_the_other_channel():
    story = a_story_whose_first_answer_gets_lost()
    story.until("2026-01-12 12:00")
    story.mail_event(story.email.attempts[0], EmailEventKind.BOUNCED)
    story.until("2026-01-13 00:00")
    assert story.lines[-1] == (("Mon 12 Jan 13:00", "sms", "notice_upcoming", "R-1", "100.00 EUR"))


def test_an_unconfirmed_final_notice_is_handed_to_a_person():
    step = a_step("notice_final", 34, template="notice_final")
    story = a_story_whose_first_answer_gets_lost(a_sequence(step))
    story.until("2026-03-01 00:00")
    story.expect_messages(
        """
        Wed 18 Feb 01:00  email  notice_final               R-1  ?           unconfirmed
        Wed 18 Feb 01:00  task   investigate: notice_final  R-1  unconfirmed
        """
    )
    assert len(story.email.attempts) == 1


def test_killed_in_mid_delivery_none_is_sent_twice_and_none_is_lost():
    story = Story("2026-01-02 08:00")
    for number in range(20):
        story.post(f"R-{number:02}", due="2026-01-15", customer=somebody(f"c{number}"))
    left_the_house: list[EmailMessage] = []

    def die_with_the_seventh(message: EmailMessage) -> None:
        left_the_house.append(message)
        if len(left_the_house) == 7:
            raise Crash

    story.email.before_answer = die_with_the_seventh
    story.until("2026-01-12 08:30")
    story.mail_event(left_the_house[6], EmailEventKind.SENT)
    story.until("2026-01-14 00:00")
    assert len(left_the_house) == 20
    assert len({message.to for message in left_the_house}) == 20
    told = sorted(line[3] for line in story.lines if line[1] == "email")
    assert told == [f"R-{number:02}" for number in range(20)]


def test_killed_before_the_send_the_step_ends_unconfirmed_in_the_open_and_is_not_repeated():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.email.before_answer = _die_once(story)
    story.until("2026-01-14 00:00")
    assert len(story.email.attempts) == 1
    result = story.case(invoice).results["notice_upcoming"]
    assert (result.outcome, result.at) == ("unconfirmed", utc("2026-01-12 08:00"))
    assert story.case(invoice).claim is None


def test_after_an_outage_of_the_payment_provider_nobody_is_reminded_of_what_they_just_paid():
    story = Story("2026-01-02 08:00")
    invoice = story.post("R-1", due="2026-01-15")
    story.until("2026-01-12 07:55")
    story.checkout(invoice)
    story.payments.pay("cs_0001", at=story.clock.now())
    story.payments.down = True
    story.until("2026-01-12 10:00")
    assert story.email.attempts == []
    story.payments.down = False
    story.until("2026-01-12 12:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  R-1  100.00 EUR  due Thu 15 Jan
        Mon 12 Jan 11:15  paid    R-1  100.00 EUR  0.00 EUR left
        Mon 12 Jan 11:15  case    R-1  closed: paid
        """
    )


def _die_once(story: Story):
    def die(message: EmailMessage) -> None:
        story.email.before_answer = None
        raise Crash

    return die
