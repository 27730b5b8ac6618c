"""A customer's whole account, in two currencies, by the clock of its oldest due invoice."""

from __future__ import annotations

from chalicelib.domain.case import Case, Outcome
from chalicelib.domain.communication import Task
from chalicelib.domain.decisions import Reason
from chalicelib.domain.kinds import Kind
from chalicelib.domain.sequence import Scope
from chalicelib.ports.storage import Record, Write
from chalicelib.services.effects import Done, Job, register, remove
from tests.builders import a_sequence, a_step
from tests.invariants.meddling import MeddledLedger, Writes
from tests.scenarios.story import Story

BY_ACCOUNT = a_sequence(
    a_step("notice_upcoming", -3),
    a_step("reminder_first", 7),
    a_step("reminder_second", 21),
    a_step("call", 30, "call"),
    a_step("notice_final", 45),
    scope=Scope.ACCOUNT,
    min_gap_days=2,
)


def test_an_account_in_two_currencies_over_120_days():
    """E-1 leads until it is paid, E-2 while nothing holds it; D-1 is an account of its own.

    On 17 January E-2's own notice before its due date shares the e-mail. While E-2 is on hold, E-3
    leads by its own clock; as E-2 comes back, its last step is due and names E-3, too.
    """
    story = Story("2026-01-02 08:00", sequence=BY_ACCOUNT)
    first = story.post("E-1", due="2026-01-10", issued="2026-01-02")
    second = story.post("E-2", due="2026-01-20", issued="2026-01-02", amount=200_00)
    dollars = story.post("D-1", due="2026-01-16", issued="2026-01-02", of="usd", amount=50_00)
    story.until("2026-02-02 09:00")
    third = story.post("E-3", due="2026-02-12", amount=300_00)
    story.until("2026-02-05 09:00")
    story.pay(first)
    story.until("2026-02-17 09:00")
    story.hold(second, until="2026-03-07 09:00")
    story.until("2026-03-10 09:00")
    story.pay(second)
    story.until("2026-03-20 09:00")
    story.pay(dollars)
    story.until("2026-04-25 09:00")
    story.pay(third)
    story.until("2026-05-02 09:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted  E-1  100.00 EUR  due Sat 10 Jan
        Fri 02 Jan 09:00  posted  E-2  200.00 EUR  due Tue 20 Jan
        Fri 02 Jan 09:00  posted  D-1  50.00 USD  due Fri 16 Jan
        Wed 07 Jan 00:00  email  notice_upcoming  E-1  100.00 EUR
        Tue 13 Jan 00:00  email  notice_upcoming  D-1  50.00 USD
        Sat 17 Jan 00:00  email  reminder_first  E-1, E-2  300.00 EUR
        Fri 23 Jan 00:00  email  reminder_first  D-1  50.00 USD
        Sat 31 Jan 00:00  email  reminder_second  E-1, E-2  300.00 EUR
        Sat 31 Jan 00:00  skipped  reminder_first  E-2  superseded
        Mon 02 Feb 10:00  posted  E-3  300.00 EUR  due Thu 12 Feb
        Thu 05 Feb 10:00  paid  E-1  100.00 EUR  0.00 EUR left
        Thu 05 Feb 10:00  case  E-1  closed: paid
        Fri 06 Feb 00:00  email  reminder_second  D-1  50.00 USD
        Mon 09 Feb 00:00  email  notice_upcoming  E-3  300.00 EUR
        Sun 15 Feb 00:00  task  call: call  D-1  for_a_person
        Tue 17 Feb 10:00  paused  E-2  hold
        Thu 19 Feb 00:00  email  reminder_first  E-3  300.00 EUR
        Mon 02 Mar 00:00  email  notice_final  D-1  50.00 USD
        Thu 05 Mar 00:00  email  reminder_second  E-3  300.00 EUR
        Sat 07 Mar 10:00  skipped  call  E-2  superseded
        Sat 07 Mar 10:00  email  notice_final  E-2, E-3  500.00 EUR
        Tue 10 Mar 10:00  paid  E-2  200.00 EUR  0.00 EUR left
        Tue 10 Mar 10:00  case  E-2  closed: paid
        Sat 14 Mar 00:00  skipped  call  E-3  superseded
        Fri 20 Mar 10:00  paid  D-1  50.00 USD  0.00 USD left
        Fri 20 Mar 10:00  case  D-1  closed: paid
        Fri 20 Mar 10:00  done  call  D-1  settled
        Sat 25 Apr 11:00  paid  E-3  300.00 EUR  0.00 EUR left
        Sat 25 Apr 11:00  case  E-3  closed: paid
        """
    )


def test_a_call_is_the_accounts_and_a_new_invoice_begins_anew():
    story = Story("2026-01-02 08:00", sequence=BY_ACCOUNT)
    first = story.post("E-1", due="2026-01-10", issued="2026-01-02")
    story.post("E-2", due="2026-01-12", issued="2026-01-02")
    story.until("2026-02-10 09:00")
    assert [task.step for task in story.open_tasks(first)] == ["call"]
    story.pay(first, amount=200_00)
    story.until("2026-02-11 09:00")
    story.post("E-3", due="2026-02-20")
    story.until("2026-04-08 09:00")
    story.expect_messages(
        """
        Wed 07 Jan 00:00  email  notice_upcoming  E-1  100.00 EUR
        Fri 09 Jan 00:00  email  notice_upcoming  E-2  100.00 EUR
        Sat 17 Jan 00:00  email  reminder_first  E-1, E-2  200.00 EUR
        Sat 31 Jan 00:00  email  reminder_second  E-1, E-2  200.00 EUR
        Mon 09 Feb 00:00  task  call: call  E-1  for_a_person
        Tue 10 Feb 10:00  done  call  E-1  settled
        Tue 17 Feb 00:00  email  notice_upcoming  E-3  100.00 EUR
        Fri 27 Feb 00:00  email  reminder_first  E-3  100.00 EUR
        Fri 13 Mar 00:00  email  reminder_second  E-3  100.00 EUR
        Sun 22 Mar 00:00  task  call: call  E-3  for_a_person
        Mon 06 Apr 00:00  email  notice_final  E-3  100.00 EUR
        """
    )


def test_a_call_for_an_account_and_its_results_are_one_transaction():
    """Else somebody who dies between the two would leave a second call to whoever leads next."""
    ledger = MeddledLedger()
    story = Story("2026-01-02 08:00", sequence=BY_ACCOUNT, ledger=ledger)
    for number in ("E-1", "E-2", "E-3"):
        story.post(number, due="2026-01-10", issued="2026-01-02")
    story.until("2026-02-08 22:00")
    written: list[Writes] = []
    ledger.before_commit = written.append
    story.until("2026-02-09 09:00")
    [together] = [writes for writes in written if any(_is_task(write) for write in writes)]
    cases = [write.after for write in together if isinstance(write.after, Case)]
    assert [case.results["call"].reason for case in cases] == [
        Reason.WITH_LEADING,
        Reason.WITH_LEADING,
        Reason.FOR_A_PERSON,
    ]


def test_a_step_that_dunlin_carries_out_is_done_once_for_the_account():
    done: list[str] = []

    def visit(job: Job) -> Done:
        done.append(job.case.number)
        return Done(job.case)

    kind = Kind("visit", by_dunlin=True)
    register(kind, visit)
    try:
        sequence = a_sequence(a_step("visit", 5, "visit"), scope=Scope.ACCOUNT)
        story = Story("2026-01-02 08:00", sequence=sequence)
        posted = [
            story.post(each, due="2026-01-10", issued="2026-01-02") for each in ("E-1", "E-2")
        ]
        story.until("2026-02-09 09:00")
    finally:
        remove(kind)
    assert len(done) == 1
    assert [story.case(each).results["visit"].outcome for each in posted] == [Outcome.ACTED] * 2


def test_the_next_one_leads_at_once_where_the_leading_one_has_nothing_left_for_long():
    sequence = a_sequence(
        a_step("reminder_first", 5), a_step("notice_final", 90), scope=Scope.ACCOUNT
    )
    story = Story("2026-01-02 08:00", sequence=sequence)
    first = story.post("E-1", due="2026-01-05")
    second = story.post("E-2", due="2026-01-20")
    story.until("2026-02-01 09:00")
    assert "reminder_first" not in story.case(second).results
    story.pay(first)
    story.until("2026-02-01 09:05")
    assert "reminder_first" in story.case(second).results


def _is_task(write: Write[Record]) -> bool:
    return isinstance(write.after, Task)
