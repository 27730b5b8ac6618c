"""A promise is kept, then one is broken: 120 days of a customer who says when they will pay."""

from __future__ import annotations

from tests.builders import a_sequence, a_step
from tests.scenarios.story import Story

STEPS = (
    a_step("due", 0),
    a_step("reminder", 7),
    a_step("firm", 21),
    a_step("final", 35),
    a_step("call", 49, "call"),
)


def a_story() -> Story:
    return Story("2026-01-02 08:00", sequence=a_sequence(*STEPS))


def test_one_promise_is_kept_and_the_next_is_broken():
    story = a_story()
    first = story.post("R-1", due="2026-01-10")
    story.until("2026-01-20 10:00")
    story.promise(first, dates={"2026-02-05": 60_00, "2026-02-20": 40_00})
    story.until("2026-02-06 12:00")
    story.pay(first, 60_00)
    story.until("2026-02-25 09:00")  # five days after the promised day, within the grace
    story.pay(first)

    second = story.post("R-2", due="2026-02-27", amount=50_00)
    story.until("2026-03-10 15:00")
    story.promise(second, dates={"2026-03-20": None})
    story.until("2026-03-22 10:00")
    story.pay(second, 5_00)
    story.until("2026-05-02 08:00")

    story.expect(
        """
        Fri 02 Jan 09:00  posted     R-1  100.00 EUR  due Sat 10 Jan
        Sat 10 Jan 00:00  email      due  R-1  100.00 EUR
        Sat 17 Jan 00:00  email      reminder  R-1  100.00 EUR
        Tue 20 Jan 11:00  promise    R-1  open  0.00 EUR of 100.00 EUR
        Tue 20 Jan 11:00  paused     R-1  promise
        Tue 20 Jan 11:00  email      promise_confirmed  sent
        Fri 06 Feb 13:00  paid       R-1  60.00 EUR  40.00 EUR left
        Fri 06 Feb 13:00  promise    R-1  1 kept  60.00 EUR of 100.00 EUR
        Wed 25 Feb 10:00  paid       R-1  40.00 EUR  0.00 EUR left
        Wed 25 Feb 10:00  case       R-1  closed: paid
        Wed 25 Feb 10:00  resumed    R-1  promise
        Wed 25 Feb 10:00  promise    R-1  kept  100.00 EUR of 100.00 EUR
        Wed 25 Feb 10:00  posted     R-2  50.00 EUR  due Fri 27 Feb
        Fri 27 Feb 00:00  email      due  R-2  50.00 EUR
        Fri 06 Mar 00:00  email      reminder  R-2  50.00 EUR
        Tue 10 Mar 16:00  promise    R-2  open  0.00 EUR of 50.00 EUR
        Tue 10 Mar 16:00  paused     R-2  promise
        Tue 10 Mar 16:00  email      promise_confirmed  sent
        Sun 22 Mar 11:00  paid       R-2  5.00 EUR  45.00 EUR left
        Sat 28 Mar 00:00  resumed    R-2  promise
        Sat 28 Mar 00:00  promise    R-2  broken  5.00 EUR of 50.00 EUR
        Sat 28 Mar 00:00  email      firm  R-2  45.00 EUR
        Fri 03 Apr 00:00  email      final  R-2  45.00 EUR
        Fri 17 Apr 00:00  task       call: call  R-2  for_a_person
        """
    )
    assert story.customer(second).broken_promises == 1


def test_what_is_disputed_isnt_expected_on_the_promised_day_and_is_asked_for_afterwards():
    story = a_story()
    invoice = story.post("R-1", due="2026-01-10")
    story.until("2026-01-20 10:00")
    story.promise(invoice, dates={"2026-02-05": None})
    story.until("2026-01-22 10:00")
    dispute = story.dispute(invoice, 30_00, confirm=True)
    story.until("2026-02-03 10:00")
    story.pay(invoice, 70_00)
    story.until("2026-02-18 10:00")
    story.resolve(story.disputed(dispute), "rejected")
    story.until("2026-02-20 08:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1  100.00 EUR  due Sat 10 Jan
        Sat 10 Jan 00:00  email    due  R-1  100.00 EUR
        Sat 17 Jan 00:00  email    reminder  R-1  100.00 EUR
        Tue 20 Jan 11:00  promise  R-1  open  0.00 EUR of 100.00 EUR
        Tue 20 Jan 11:00  paused   R-1  promise
        Tue 20 Jan 11:00  email    promise_confirmed  sent
        Thu 22 Jan 11:00  dispute  R-1  30.00 EUR  until Sat 21 Feb
        Thu 22 Jan 11:00  paused   R-1  dispute
        Thu 22 Jan 11:00  email    dispute_confirmed  sent
        Tue 03 Feb 11:00  paid     R-1  70.00 EUR  30.00 EUR left
        Fri 13 Feb 00:00  resumed  R-1  promise
        Fri 13 Feb 00:00  promise  R-1  kept  70.00 EUR of 100.00 EUR
        Mon 16 Feb 00:00  task     dispute: dispute  R-1  …
        Wed 18 Feb 11:00  dispute  R-1  rejected
        Wed 18 Feb 11:00  done     dispute  R-1  rejected
        Wed 18 Feb 11:00  resumed  R-1  dispute
        Wed 18 Feb 11:00  skipped  firm  R-1  superseded
        Wed 18 Feb 11:00  email    final  R-1  30.00 EUR
        """
    )
    assert story.customer(invoice).broken_promises == 0
