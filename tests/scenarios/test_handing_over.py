"""120 days of a customer who doesn't answer: an agency gets the case, and hands it back."""

from __future__ import annotations

from chalicelib.domain.approval import ApprovalRule
from chalicelib.services.pause_case import hand_back_case
from tests.builders import LIVE, a_sequence, a_step, a_window
from tests.deeds import OFFICE
from tests.scenarios.story import Story

STEPS = (
    a_step("reminder", 7),
    a_step("final", 21, template="notice_final"),
    a_step(
        "agency",
        35,
        "escalate",
        parameters={"to": "Inkasso Nord"},
        approval=ApprovalRule("manager", 5),
    ),
    a_step("last", 60),
)


def test_an_agency_has_the_case_and_hands_it_back():
    story = Story(
        "2026-01-02 08:00", sequence=a_sequence(*STEPS, window=a_window(), catch_up="next")
    )
    invoice = story.post("R-1", due="2026-01-05")
    story.until("2026-02-10 10:00")
    [task] = story.open_tasks(invoice)
    story.approve(task)
    story.until("2026-03-20 10:00")
    story.pay(invoice, 40_00)
    story.until("2026-04-20 10:00")
    hand_back_case(story.ports, LIVE, OFFICE, invoice.case_id)
    story.until("2026-04-30 08:00")
    story.pay(invoice)
    story.until("2026-05-02 08:00")

    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1  100.00 EUR  due Mon 05 Jan
        Mon 12 Jan 09:00  email    reminder  R-1  100.00 EUR
        Mon 26 Jan 09:00  email    notice_final  R-1  100.00 EUR
        Mon 09 Feb 09:00  task     approve: agency  R-1  awaits_approval
        Tue 10 Feb 11:00  done     agency  R-1  approved
        Tue 10 Feb 11:00  paused   R-1  handed_over
        Fri 20 Mar 11:00  paid     R-1  40.00 EUR  60.00 EUR left
        Mon 20 Apr 12:00  resumed  R-1  handed_over
        Mon 20 Apr 12:00  email    last  R-1  60.00 EUR
        Thu 30 Apr 10:00  paid     R-1  60.00 EUR  0.00 EUR left
        Thu 30 Apr 10:00  case     R-1  closed: paid
        """
    )
