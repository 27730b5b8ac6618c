"""Nobody is contacted more often than the sequence allows, whoever made the contact."""

from __future__ import annotations

from chalicelib.domain.sequence import CallRules
from chalicelib.services.complete_task import complete_task
from chalicelib.services.record_contact import ToldContact, record_contact
from tests.builders import LIVE, a_sequence, a_step, a_window
from tests.deeds import BILLING
from tests.scenarios.story import Story
from tests.world import somebody

CALLS = tuple(a_step(f"call_{day}", day, "call") for day in (2, 3, 4))


def test_a_cap_counts_invoices_that_are_paid_by_now():
    steps = (a_step("first", 1), a_step("second", 3), a_step("third", 5))
    sequence = a_sequence(*steps, window=a_window(), max_contacts={"any": 2})
    story = Story("2026-01-02 08:00", sequence=sequence)
    paid = story.post("R-1", due="2026-01-05")
    story.until("2026-01-08 12:00")
    story.pay(paid)
    story.post("R-2", due="2026-01-08")
    story.until("2026-02-01 00:00")

    story.expect_messages(
        """
        Tue 06 Jan 09:00  email  first   R-1  100.00 EUR
        Thu 08 Jan 09:00  email  second  R-1  100.00 EUR
        Tue 13 Jan 09:00  email  third   R-2  100.00 EUR
        """
    )


def test_after_a_conversation_nobody_calls_for_a_week():
    sequence = a_sequence(*CALLS, call_rules=CallRules.US_REGULATION_F, catch_up="next")
    story = Story("2026-01-02 08:00", sequence=sequence)
    customer = somebody(country="US", timezone="America/New_York")
    invoice = story.post("R-1", due="2026-01-05", customer=customer)
    story.until("2026-01-07 15:00")
    (task,) = story.open_tasks(invoice)
    complete_task(story.ports, LIVE, BILLING, task.id, "reached", None, conversation=True)
    story.until("2026-01-14 18:00")
    told = ToldContact("call", inbound=True, conversation=True)
    record_contact(story.ports, LIVE, BILLING, invoice.customer_id, told)
    story.until("2026-02-10 00:00")

    tasks = [line[:3] for line in story.lines if line[1] == "task"]
    assert tasks == [
        ("Wed 07 Jan 08:00", "task", "call: call_2"),
        ("Wed 14 Jan 08:00", "task", "call: call_3"),
        ("Wed 21 Jan 08:00", "task", "call: call_4"),
    ]


def test_a_customers_own_hours_hold_for_every_message():
    story = Story("2026-01-02 08:00", sequence=a_sequence(a_step("first", 1), window=a_window()))
    hours = a_window("14:00", "15:00", days=["wed"], skip_holidays=False)
    story.post("R-1", due="2026-01-05", customer=somebody(contact_hours=hours))
    story.until("2026-02-01 00:00")

    assert [line[0] for line in story.lines if line[1] == "email"] == ["Wed 07 Jan 14:00"]
