"""120 days of late payment over a change of rate: what it costs by German and by English law."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain.charge import Charge
from chalicelib.domain.charging import CompensationDemand, InterestDemand
from chalicelib.domain.interest import InterestRounding
from chalicelib.domain.late_payment import LatePayment, WhenPaid
from chalicelib.domain.sequence import Do, Step
from tests.builders import a_sequence
from tests.scenarios.story import Story

MONTHLY = a_sequence(
    Step("first", 10, Do.EMAIL, "reminder_first"),
    Step("second", 45, Do.EMAIL, "reminder_second"),
    Step("third", 90, Do.EMAIL, "reminder_third"),
)


def a_story(**policy: Any) -> Story:
    story = Story("2024-04-20 08:00", sequence=MONTHLY)
    creditor = story.ports.configuration.creditor(story.tenant.creditor_id)
    assert creditor is not None
    story.ledger.save_creditor(replace(creditor, late_payment=LatePayment(**policy)))
    return story


def reckoned(charge: Charge) -> list[tuple[str, str, int, int, int]]:
    """Return the stretches of days of a charge, with principal, rate and amount."""
    assert charge.basis is not None
    return [
        (f"{part.since:%d %b}", f"{part.until:%d %b}", part.principal, part.rate, part.amount)
        for part in charge.basis.parts
    ]


def test_in_germany_the_rate_changes_with_the_half_year():
    story = a_story()
    invoice = story.post("R-1", due="2024-05-01", amount=10_000_00)
    story.until("2024-06-10 08:00")
    story.demand(invoice, CompensationDemand())
    story.until("2024-06-15 08:00")
    spring = story.demand(invoice, InterestDemand())
    story.until("2024-07-10 12:00")
    story.pay(invoice, 4_000_00)
    story.until("2024-08-29 08:00")
    summer = story.demand(invoice, InterestDemand())
    story.until("2024-09-01 12:00")
    story.pay(invoice, 6_000_00)
    story.waive(summer, 50_00)
    story.until("2024-09-03 12:00")
    story.pay(invoice)
    assert reckoned(spring) == [("02 May", "15 Jun", 10_000_00, 126_200, 155_59)]
    assert reckoned(summer) == [
        ("16 Jun", "30 Jun", 10_000_00, 126_200, 51_86),
        ("01 Jul", "10 Jul", 10_000_00, 123_700, 33_89),
        ("11 Jul", "29 Aug", 6_000_00, 123_700, 101_67),
    ]
    story.expect(
        """
        Sat 20 Apr 10:00  posted  R-1  10000.00 EUR  due Wed 01 May
        Sat 11 May 00:00  email  reminder_first  R-1  10000.00 EUR
        Mon 10 Jun 10:00  compensation  R-1  40.00 EUR  40.00 EUR in all
        Sat 15 Jun 00:00  email  reminder_second  R-1  10040.00 EUR
        Sat 15 Jun 10:00  interest  R-1  155.59 EUR  195.59 EUR in all
        Wed 10 Jul 14:00  paid  R-1  4000.00 EUR  6195.59 EUR left
        Tue 30 Jul 00:00  email  reminder_third  R-1  6195.59 EUR
        Thu 29 Aug 10:00  interest  R-1  187.42 EUR  383.01 EUR in all
        Sun 01 Sep 14:00  paid  R-1  6000.00 EUR  383.01 EUR left
        Sun 01 Sep 14:00  waiver  R-1  -50.00 EUR  333.01 EUR in all
        Tue 03 Sep 14:00  paid  R-1  333.01 EUR  0.00 EUR left
        Tue 03 Sep 14:00  case  R-1  closed: paid
        """
    )


def test_in_the_united_kingdom_the_rate_stays_and_the_rest_is_waived_by_policy():
    story = a_story(law="GB", rounding=InterestRounding.DAILY, when_paid=WhenPaid.WAIVE)
    invoice = story.post("R-1", due="2024-05-01", amount=1_000_00, of="gbp")
    story.until("2024-06-15 08:00")
    story.demand(invoice, CompensationDemand())
    first = story.demand(invoice, InterestDemand())
    story.until("2024-08-29 08:00")
    second = story.demand(invoice, InterestDemand())
    story.until("2024-08-29 12:00")
    story.pay(invoice, 1_000_00)
    assert reckoned(first) == [("02 May", "15 Jun", 1_000_00, 132_500, 45 * 36)]
    assert reckoned(second) == [
        ("16 Jun", "30 Jun", 1_000_00, 132_500, 15 * 36),
        ("01 Jul", "29 Aug", 1_000_00, 132_500, 60 * 36),
    ]
    story.expect(
        """
        Sat 20 Apr 10:00  posted  R-1  1000.00 GBP  due Wed 01 May
        Sat 11 May 00:00  email  reminder_first  R-1  1000.00 GBP
        Sat 15 Jun 00:00  email  reminder_second  R-1  1000.00 GBP
        Sat 15 Jun 10:00  compensation  R-1  70.00 GBP  70.00 GBP in all
        Sat 15 Jun 10:00  interest  R-1  16.20 GBP  86.20 GBP in all
        Tue 30 Jul 00:00  email  reminder_third  R-1  1086.20 GBP
        Thu 29 Aug 10:00  interest  R-1  27.00 GBP  113.20 GBP in all
        Thu 29 Aug 14:00  paid  R-1  1000.00 GBP  0.00 GBP left
        Thu 29 Aug 14:00  waiver  R-1  -113.20 GBP  0.00 GBP in all
        Thu 29 Aug 14:00  case  R-1  closed: paid
        """
    )


def test_a_sequence_charges_by_itself_and_the_next_message_asks_for_it():
    steps = (
        Step("first", 10, Do.EMAIL, "reminder_first"),
        Step("late_fee", 20, Do.FEE, parameters={"amount": 5_00, "currency": "eur"}),
        Step("second", 20, Do.EMAIL, "reminder_second"),
        Step("lump_sum", 40, Do.FEE, parameters={"compensation": True}),
        Step("interest", 65, Do.INTEREST, parameters={"policy": True}),
        Step("third", 65, Do.EMAIL, "reminder_third"),
        Step("more_interest", 110, Do.INTEREST, min_amount=1_000_00, parameters={"law": "DE"}),
        Step("final", 119, Do.EMAIL, "notice_final"),
    )
    story = Story("2024-04-20 08:00", sequence=a_sequence(*steps))
    invoice = story.post("R-1", due="2024-05-01", amount=10_000_00)
    story.until("2024-07-01 12:00")
    story.pay(invoice, 4_000_00)
    story.until("2024-09-01 12:00")
    story.pay(invoice)
    story.expect(
        """
        Sat 20 Apr 10:00  posted  R-1  10000.00 EUR  due Wed 01 May
        Sat 11 May 00:00  email  reminder_first  R-1  10000.00 EUR
        Tue 21 May 00:00  fee  R-1  5.00 EUR  5.00 EUR in all
        Tue 21 May 00:00  email  reminder_second  R-1  10005.00 EUR
        Mon 10 Jun 00:00  compensation  R-1  40.00 EUR  45.00 EUR in all
        Mon 01 Jul 14:00  paid  R-1  4000.00 EUR  6045.00 EUR left
        Fri 05 Jul 00:00  interest  R-1  218.97 EUR  263.97 EUR in all
        Fri 05 Jul 00:00  email  reminder_third  R-1  6263.97 EUR
        Mon 19 Aug 00:00  interest  R-1  91.51 EUR  355.48 EUR in all
        Wed 28 Aug 00:00  email  notice_final  R-1  6355.48 EUR
        Sun 01 Sep 14:00  paid  R-1  6355.48 EUR  0.00 EUR left
        Sun 01 Sep 14:00  case  R-1  closed: paid
        """
    )
