"""A preview says what fees and interest will come to, and asks for them in what follows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.late_payment import LatePayment
from chalicelib.domain.preview import Entry, preview
from chalicelib.domain.rehearsal import Happening, HappeningType
from chalicelib.domain.rehearsed_charges import Terms
from chalicelib.domain.sequence import CatchUp
from tests.builders import a_sequence, a_step, utc
from tests.unit.domain.previewing import berlin, invoice

FEE = a_step("fee", 5, "fee", parameters={"amount": 5_00, "currency": "eur"})
INTEREST = a_step("interest", 10, "interest", parameters={"percent": "36.5"})
GERMAN = Terms("DE", LatePayment())


def entries(
    *steps: Any,
    terms: Terms | None = GERMAN,
    happenings: Any = (),
    start: str = "2026-01-02 08:00",
    **rules: Any,
) -> list[Entry]:
    sequence, until = a_sequence(*steps, **rules), utc("2026-03-15 08:00")
    one, begin = invoice(), utc(start)
    return preview(sequence, berlin(), [one], happenings, start=begin, until=until, terms=terms)


def told(found: list[Entry]) -> list[tuple[str, str, int | None, int | None]]:
    return [
        (each.step or "", str(each.outcome), each.charged and each.charged.amount,
         each.amount_remaining)
        for each in found
    ]  # fmt: skip


def test_what_is_charged_is_asked_for_from_then_on():
    found = entries(FEE, a_step("mail", 5), INTEREST, a_step("last", 20))
    assert told(found) == [
        ("fee", "act", 5_00, 100_00),
        ("mail", "send", None, 105_00),
        ("interest", "act", 1_00, 105_00),
        ("last", "send", None, 106_00),
    ]


def test_what_is_charged_late_or_once_approved_is_asked_for_as_well():
    late = entries(FEE, a_step("last", 20), start="2026-01-25 08:00", catch_up=CatchUp.NEXT)
    assert told(late) == [("fee", "act", 5_00, 100_00), ("last", "send", None, 105_00)]

    approved = Happening(utc("2026-01-22 10:00"), HappeningType.APPROVAL, "R-1")
    asked = replace(FEE, approval=ApprovalRule("manager", 5))
    found = entries(asked, a_step("last", 20), happenings=[approved])
    assert told(found) == [
        ("fee", "wait", None, 100_00),
        ("fee", "act", 5_00, 100_00),
        ("last", "send", None, 105_00),
    ]


def test_a_payment_in_between_lowers_the_interest():
    paid = Happening(utc("2026-01-20 10:00"), HappeningType.PAYMENT, "R-1", 50_00)
    found = entries(INTEREST, happenings=[paid])
    assert told(found)[-1][1:3] == ("act", 75)


@pytest.mark.parametrize(
    ("parameters", "terms", "expected"),
    [
        ({"compensation": True}, GERMAN, ("act", "due", 40_00)),
        ({"compensation": True}, Terms("US", LatePayment()), ("act", "rate_unknown", None)),
        (
            {"compensation": True},
            Terms("DE", LatePayment(), is_consumer=True),
            ("skip", "not_for_consumers", None),
        ),
        ({"percent": "0.0001"}, GERMAN, ("skip", "nothing_to_charge", None)),
        ({}, GERMAN, ("act", "for_a_person", None)),
        ({"percent": "1"}, None, ("act", "due", None)),
    ],
)
def test_where_nothing_is_charged_it_says_why(parameters: Any, terms: Any, expected: Any):
    [entry] = entries(a_step("fee", 5, "fee", parameters=parameters), terms=terms)
    assert (entry.outcome, entry.reason, entry.charged and entry.charged.amount) == expected
