"""One field says when: `due_at` follows from what `decide()` says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.case import CaseStatus
from chalicelib.domain.money import Money
from chalicelib.domain.notice import Notice, NoticeItem
from chalicelib.domain.schedule import SETTLING, queue_of, reschedule
from chalicelib.domain.sequence import Do
from tests.builders import (
    JPY,
    a_case,
    a_communication,
    a_creditor,
    a_customer,
    a_file,
    a_pause,
    a_result,
    a_sequence,
    a_step,
    day,
    eur,
    rules,
    utc,
)

NOW = utc("2026-01-20 10:00")
STEPS = a_sequence(a_step("first", 4), a_step("text", 9, "sms"), a_step("call", 14, "call"))
FIRST_SENT = {"first": a_result(at="2026-01-19 09:00")}


def scheduled(case, customer=None):
    found = reschedule(a_file(case, customer=customer), rules(STEPS), NOW).cases[0]
    return found.due_at, found.channel


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (a_case(due="2026-02-01"), (utc("2026-02-04 23:00"), "email")),
        (a_case(results=FIRST_SENT), (utc("2026-01-23 23:00"), "sms")),
        (a_case(), (NOW + SETTLING, "email")),
        (a_case(pauses=(a_pause(until="2026-01-25"),)), (utc("2026-01-25"), "email")),
        (a_case(pauses=(a_pause(),)), (None, None)),
        (a_case(remaining=0), (NOW + SETTLING, "email")),
        (a_case(due="2025-12-01", results={"text": a_result()}), (NOW + SETTLING, "action")),
        (a_case(results={step.key: a_result() for step in STEPS.steps}), (None, None)),
        (a_case(status=CaseStatus.CLOSED, due_at=NOW, channel="email"), (None, None)),
    ],
)
def test_when_and_by_which_queue_a_case_is_looked_at_next(case, expected):
    if case.due_date == day("2025-12-01"):
        case = replace(case, results={"first": a_result(), "text": a_result()})
    assert scheduled(case) == expected


def test_a_step_on_the_other_channel_goes_to_its_queue():
    assert scheduled(a_case(), a_customer(email=None)) == (NOW + SETTLING, "sms")


@pytest.mark.parametrize("do", Do)
def test_every_kind_of_step_has_a_queue(do):
    assert queue_of(do) == (do if do in {Do.EMAIL, Do.SMS} else "action")
    assert queue_of(None) == "action"


def test_a_bundle_wakes_up_every_case_in_it():
    file = a_file(a_case("R-1"), a_case("R-2"))

    found = reschedule(file, rules(STEPS), NOW).cases
    assert [case.due_at for case in found] == [NOW + SETTLING] * 2


def test_a_communication_names_its_invoices():
    first, second = a_case("R-1"), a_case("R-2")

    communication = a_communication(first, second)
    assert communication.cases == (first.id, second.id)
    assert communication.invoices == (first.invoice_id, second.invoice_id)


def test_a_notice_adds_up_per_currency():
    items = [(eur(100_00), eur(40_00)), (Money(500, JPY), Money(500, JPY)), (eur(5), eur(5))]
    notice = Notice(
        template="reminder_first",
        locale="en",
        creditor=a_creditor(),
        customer_name="Customer one",
        items=tuple(
            NoticeItem(f"R-{n}", amount, rest, day("2026-01-01"), day("2026-01-15"), 5)
            for n, (amount, rest) in enumerate(items)
        ),
        pay_url="https://pay.example/t",
        today=day("2026-01-20"),
        communication_id="cm_1",
    )

    assert notice.totals == (eur(40_05), Money(500, JPY))
