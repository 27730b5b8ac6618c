"""Approval that lapses: 120 days of a sequence whose firm steps wait for the finance team."""

from __future__ import annotations

from chalicelib.domain.approval import ApprovalRule
from tests.builders import a_sequence, a_step, a_window
from tests.scenarios.story import Story

MANAGER = ApprovalRule("manager", 5, deputy="director", deputy_after_days=3)
STEPS = (
    a_step("reminder", 7),
    a_step("final", 21, template="notice_final", approval=MANAGER),
    a_step("call", 35, "call"),
    a_step("fee", 49, "fee", parameters={"amount": 1500, "currency": "eur"}, approval=MANAGER),
    a_step("last", 63, approval=ApprovalRule("director", 0)),
)


def test_one_approval_lapses_one_comes_from_the_deputy_and_one_is_refused():
    story = Story(
        "2026-01-02 08:00", sequence=a_sequence(*STEPS, window=a_window(), catch_up="next")
    )
    first = story.post("R-1", due="2026-01-05")
    story.until("2026-02-27 10:00")  # the final notice lapsed, and the fee was asked for
    [fee] = [task for task in story.open_tasks(first) if task.do == "approve"]
    story.approve(fee, "director")
    story.until("2026-03-13 09:00")
    [last] = [task for task in story.open_tasks(first) if task.do == "approve"]
    story.refuse(last, "director")
    second = story.post("R-2", due="2026-03-15", amount=80_00)
    story.until("2026-04-08 10:00")
    [final] = [task for task in story.open_tasks(second) if task.do == "approve"]
    story.approve(final)
    story.until("2026-04-10 10:00")
    story.pay(second)
    story.until("2026-05-02 08:00")

    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1  100.00 EUR  due Mon 05 Jan
        Mon 12 Jan 09:00  email    reminder  R-1  100.00 EUR
        Mon 26 Jan 09:00  task     approve: final  R-1  awaits_approval
        Sun 01 Feb 00:00  done     final  R-1  lapsed
        Sun 01 Feb 00:00  skipped  final  R-1  approval_lapsed
        Mon 09 Feb 09:00  task     call: call  R-1  for_a_person
        Mon 23 Feb 09:00  task     approve: fee  R-1  awaits_approval
        Fri 27 Feb 11:00  done     fee  R-1  approved
        Fri 27 Feb 11:00  fee      R-1  15.00 EUR  15.00 EUR in all
        Fri 13 Mar 09:00  task     approve: last  R-1  awaits_approval
        Fri 13 Mar 10:00  done     last  R-1  refused
        Fri 13 Mar 10:00  posted   R-2  80.00 EUR  due Sun 15 Mar
        Fri 13 Mar 10:00  skipped  last  R-1  approval_refused
        Mon 23 Mar 09:00  email    reminder  R-2  80.00 EUR
        Tue 07 Apr 09:00  task     approve: final  R-2  awaits_approval
        Wed 08 Apr 12:00  done     final  R-2  approved
        Wed 08 Apr 12:00  email    notice_final  R-2  80.00 EUR
        Fri 10 Apr 12:00  paid     R-2  80.00 EUR  0.00 EUR left
        Fri 10 Apr 12:00  case     R-2  closed: paid
        """
    )
