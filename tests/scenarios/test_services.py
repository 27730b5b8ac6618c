"""A service is suspended after a warning, and given back by itself once nothing is owed for it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.invoice import Invoice
from chalicelib.domain.sequence import Scope
from tests.builders import a_step
from tests.builders.services import a_cutting_sequence, a_service_step
from tests.scenarios.story import Story


def test_suspension_and_restore_over_120_days():
    limit = a_service_step("limit", 20, "limit")
    suspend = a_service_step("suspend", 35)
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence(limit, suspend))
    first = story.post("R-1", due="2026-01-05")
    second = story.post("R-2", due="2026-01-12", amount=80_00)
    story.until("2026-01-25 03:00")
    story.acknowledge(first)
    story.until("2026-02-10 12:00")
    story.acknowledge(first)
    story.until("2026-02-20 10:00")
    story.pay(first)
    story.until("2026-03-01 10:00")
    story.pay(second, 30_00)
    story.until("2026-03-03 10:00")
    story.pay(second, 50_00)
    story.until("2026-03-03 20:00")
    story.acknowledge(second)
    story.until("2026-05-02 08:00")
    story.expect(
        """
        Fri 02 Jan 09:00  posted   R-1                       100.00 EUR     due Mon 05 Jan
        Fri 02 Jan 09:00  posted   R-2                       80.00 EUR      due Mon 12 Jan
        Sat 10 Jan 00:00  email    warning                   R-1            100.00 EUR
        Sat 17 Jan 00:00  email    warning                   R-2            80.00 EUR
        Sun 25 Jan 00:00  service  1. limit                  asked
        Sun 25 Jan 04:00  service  1. limit                  acknowledged
        Mon 09 Feb 00:00  service  2. suspend                asked
        Mon 09 Feb 06:00  service  2. suspend                asked again
        Mon 09 Feb 12:00  service  2. suspend                asked again
        Mon 09 Feb 18:00  service  2. suspend                asked again
        Tue 10 Feb 00:00  service  2. suspend                unanswered
        Tue 10 Feb 00:00  task     service: service_request  R-1            …
        Tue 10 Feb 13:00  service  2. suspend                acknowledged
        Tue 10 Feb 13:00  done     service_request           R-1            acknowledged
        Fri 20 Feb 11:00  paid     R-1                       100.00 EUR     0.00 EUR left
        Fri 20 Feb 11:00  case     R-1                       closed: paid
        Sun 01 Mar 11:00  paid     R-2                       30.00 EUR      50.00 EUR left
        Tue 03 Mar 11:00  paid     R-2                       50.00 EUR      0.00 EUR left
        Tue 03 Mar 11:00  case     R-2                       closed: paid
        Tue 03 Mar 11:00  service  3. restore                asked
        Tue 03 Mar 17:00  service  3. restore                asked again
        Tue 03 Mar 21:00  service  3. restore                acknowledged
        """
    )
    assert not story.case(first).is_unfinished
    assert not story.case(second).is_unfinished


def suspended(**rules: object) -> tuple[Story, Invoice]:
    """Return a story in which a service was suspended on 25 January, and for what."""
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence(**rules))
    invoice = story.post("R-1", due="2026-01-05")
    story.until("2026-01-25 03:00")
    story.acknowledge(invoice)
    story.lines.clear()
    return story, invoice


def told_of_services(story: Story) -> list[tuple[str, ...]]:
    return [line[2:] for line in story.lines if line[1] == "service"]


def test_who_pays_before_the_suspension_is_acknowledged_is_restored_after_it():
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence())
    invoice = story.post("R-1", due="2026-01-05")
    story.until("2026-01-25 03:00")
    story.pay(invoice)
    story.until("2026-01-25 03:10")
    assert story.acknowledge(invoice, 1).number == 2  # the answer is what is asked now
    story.acknowledge(invoice, 2)
    story.until("2026-01-26 08:00")
    assert told_of_services(story) == [
        ("1. suspend", "asked"),
        ("2. restore", "asked"),
        ("2. restore", "acknowledged"),
    ]


def test_a_suspension_that_is_carried_out_after_the_restoration_is_undone():
    story, invoice = suspended()
    story.pay(invoice)
    story.until("2026-01-25 03:10")
    story.acknowledge(invoice, 2)
    story.until("2026-02-25 08:00")
    assert not story.case(invoice).is_unfinished
    assert story.acknowledge(invoice, 1).status == "requested"
    story.until("2026-02-25 15:00")
    story.acknowledge(invoice, 2)
    story.until("2026-03-25 08:00")
    assert told_of_services(story) == [
        ("2. restore", "asked"),
        ("2. restore", "acknowledged"),
        ("2. restore", "asked"),
        ("2. restore", "asked again"),
        ("2. restore", "acknowledged"),
    ]
    assert not story.case(invoice).is_unfinished


SETTLED: dict[str, Callable[[Story, Invoice], object]] = {
    "void": lambda story, invoice: story.void(invoice),
    "written off": lambda story, invoice: story.write_off(invoice),
    "credited": lambda story, invoice: story.credit(invoice, 100_00),
    "dispute accepted": lambda story, invoice: story.resolve(story.dispute(invoice), "accepted"),
}


@pytest.mark.parametrize("how", SETTLED)
def test_whatever_settles_an_invoice_restores_its_service(how: str):
    story, invoice = suspended()
    SETTLED[how](story, invoice)
    story.until("2026-01-25 03:10")
    assert told_of_services(story) == [("2. restore", "asked")]


def test_neither_a_promise_nor_a_hold_restores_and_both_put_off_what_comes():
    steps = a_service_step("limit", 20, "limit"), a_service_step("suspend", 25)
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence(*steps))
    invoice = story.post("R-1", due="2026-01-05")
    story.until("2026-01-25 03:00")
    story.acknowledge(invoice)
    story.hold(invoice, until="2026-02-10 00:00")
    story.until("2026-02-09 12:00")
    assert told_of_services(story) == [("1. limit", "asked"), ("1. limit", "acknowledged")]
    story.until("2026-02-11 12:00")
    assert told_of_services(story)[2:3] == [("2. suspend", "asked")]


def test_what_is_disputed_is_no_ground_and_who_is_refused_isn_t_cut_off_without_a_warning():
    story, invoice = suspended()
    dispute = story.dispute(invoice)
    story.until("2026-01-25 03:10")
    story.acknowledge(invoice)
    story.resolve(dispute, "rejected")
    story.until("2026-03-01 08:00")
    assert told_of_services(story) == [("2. restore", "asked"), ("2. restore", "acknowledged")]


def test_a_part_payment_restores_once_less_is_owed_than_the_step_asks_for():
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence(a_service_step(min_amount=60_00)))
    invoice = story.post("R-1", due="2026-01-05")
    story.until("2026-01-25 03:00")
    story.acknowledge(invoice)
    story.pay(invoice, 40_00)
    story.until("2026-01-25 04:00")
    assert len(told_of_services(story)) == 2
    story.pay(invoice, 1)
    story.until("2026-01-25 05:00")
    assert told_of_services(story)[2:] == [("2. restore", "asked")]


def test_a_suspension_waits_for_its_notice_where_the_warning_left_late():
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence())
    invoice = story.post("R-1", due="2026-01-05")
    story.hold(invoice, until="2026-01-15 00:00")  # the warning leaves ten days before the step
    story.until("2026-01-28 22:00")
    assert told_of_services(story) == []
    story.until("2026-01-29 12:00")
    assert told_of_services(story)[:1] == [("1. suspend", "asked")]


def test_what_nobody_was_warned_of_a_person_decides():
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence())
    invoice = story.post("R-1", due="2026-01-05")
    story.hold(invoice, until="2026-01-28 00:00")  # of what was missed the latest step is done
    story.until("2026-02-04 12:00")
    assert told_of_services(story) == []
    [task] = story.open_tasks(invoice)
    assert (task.do, task.reason) == ("service", "not_announced")


def test_the_services_of_an_account_come_back_with_the_last_of_what_they_were_about():
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence(scope=Scope.ACCOUNT))
    first, second = (story.post(each, due="2026-01-05") for each in ("R-1", "R-2"))
    story.until("2026-01-25 03:00")
    story.acknowledge(first)
    story.pay(first)
    story.until("2026-01-25 04:00")
    assert told_of_services(story) == [("1. suspend", "asked"), ("1. suspend", "acknowledged")]
    story.pay(second)
    story.until("2026-01-25 05:00")
    assert told_of_services(story)[2:] == [("2. restore", "asked")]


def test_a_request_for_another_invoice_is_asked_again_too():
    steps = a_service_step("limit", 20, "limit"), a_service_step("suspend", 35)
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence(*steps))
    first, _ = story.post("R-1", due="2026-01-05"), story.post("R-2", due="2026-01-12")
    story.until("2026-01-25 03:00")
    story.acknowledge(first)
    story.hold(first)
    story.until("2026-02-17 03:00")
    assert told_of_services(story)[2:] == [
        ("2. suspend", "asked"),
        *[("2. suspend", "asked again")] * 3,
        ("2. suspend", "unanswered"),
    ]


def test_a_step_of_the_sequence_can_restore_too():
    steps = a_service_step(), a_service_step("relent", 40, "restore")
    story = Story("2026-01-02 08:00", sequence=a_cutting_sequence(*steps, a_step("bye", 50)))
    invoice = story.post("R-1", due="2026-01-05")
    story.until("2026-01-25 03:00")
    story.acknowledge(invoice)
    story.until("2026-02-14 03:00")
    story.acknowledge(invoice)
    story.until("2026-03-14 03:00")
    assert told_of_services(story)[2:] == [("2. restore", "asked"), ("2. restore", "acknowledged")]


def test_a_step_that_has_nothing_to_restore_is_skipped():
    sequence = a_cutting_sequence(a_service_step("relent", 40, "restore"))
    story = Story("2026-01-02 08:00", sequence=sequence)
    invoice = story.post("R-1", due="2026-01-05")
    story.until("2026-02-14 03:00")
    assert story.case(invoice).results["relent"].reason == "not_restricted"
