"""A plan with a missed instalment: 120 days of a customer who pays a deposit, then by the month."""

from __future__ import annotations

from tests.builders import a_sequence, a_step
from tests.plan_deeds import agree, free, monthly, now_of
from tests.scenarios.story import Story

STEPS = (
    a_step("due", 0),
    a_step("reminder", 7),
    a_step("firm", 21),
    a_step("final", 35),
    a_step("call", 49, "call"),
)


def test_an_instalment_is_caught_up_in_its_grace_and_then_two_are_missed():
    story = Story("2026-01-02 08:00", sequence=a_sequence(*STEPS))
    invoice = story.post("R-1", due="2026-01-10", amount=500_00)
    story.until("2026-01-20 10:00")
    [deposit] = free(d2026_01_26=100_00)
    plan = agree(
        story,
        invoice,
        instalments=monthly("2026-02-10", 4),
        deposit=deposit,
        fee=20_00,
        grace_days=5,
    )
    story.until("2026-01-24 10:00")
    story.pay(invoice, 100_00)
    story.until("2026-02-13 15:00")  # three days late, within the grace
    story.pay(invoice, 105_00)
    story.until("2026-03-22 10:00")
    story.pay(invoice, 50_00)  # too late, and too little
    story.until("2026-05-02 08:00")

    story.expect(
        """
        Fri 02 Jan 09:00  posted     R-1  500.00 EUR  due Sat 10 Jan
        Sat 10 Jan 00:00  email      due  R-1  500.00 EUR
        Sat 17 Jan 00:00  email      reminder  R-1  500.00 EUR
        Tue 20 Jan 11:00  plan       R-1  active  0.00 EUR of 520.00 EUR
        Tue 20 Jan 11:00  fee        R-1  20.00 EUR  20.00 EUR in all
        Tue 20 Jan 11:00  paused     R-1  plan
        Tue 20 Jan 11:00  email      plan_confirmed  sent
        Fri 23 Jan 09:00  email      instalment  R-1  100.00 EUR
        Sat 24 Jan 11:00  paid       R-1  100.00 EUR  420.00 EUR left
        Sat 24 Jan 11:00  plan       R-1  1 paid, 0 missed  100.00 EUR of 520.00 EUR
        Mon 09 Feb 09:00  email      instalment  R-1  105.00 EUR
        Thu 12 Feb 09:00  email      instalment  R-1  105.00 EUR
        Fri 13 Feb 16:00  paid       R-1  105.00 EUR  315.00 EUR left
        Fri 13 Feb 16:00  plan       R-1  2 paid, 0 missed  205.00 EUR of 520.00 EUR
        Mon 09 Mar 09:00  email      instalment  R-1  105.00 EUR
        Thu 12 Mar 09:00  email      instalment  R-1  105.00 EUR
        Mon 16 Mar 00:00  plan       R-1  2 paid, 1 missed  205.00 EUR of 520.00 EUR
        Sun 22 Mar 11:00  paid       R-1  50.00 EUR  265.00 EUR left
        Tue 07 Apr 09:00  email      instalment  R-1  160.00 EUR
        Fri 10 Apr 09:00  email      instalment  R-1  160.00 EUR
        Mon 13 Apr 09:00  email      instalment  R-1  160.00 EUR
        Thu 16 Apr 00:00  resumed    R-1  plan
        Thu 16 Apr 00:00  plan       R-1  broken  255.00 EUR of 520.00 EUR
        Thu 16 Apr 00:00  task       call: call  R-1  for_a_person
        Thu 16 Apr 00:00  skipped    firm  R-1  superseded
        Thu 16 Apr 00:00  skipped    final  R-1  superseded
        """
    )
    assert story.customer(invoice).broken_plans == 1
    assert now_of(story, plan).missed == 2
