"""Which channel a step takes, and when a person takes over: addresses, bounces, complaints."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import Outcome
from chalicelib.domain.customer import Suppression
from chalicelib.domain.decisions import Act, Part, Reason, Send, Skip, Wait
from chalicelib.domain.sequence import Do
from tests.builders import a_case, a_customer, a_result
from tests.unit.domain.deciding import MONDAY, THREE, decided


def test_without_an_address_the_step_moves_to_the_other_channel():
    case = a_case(due="2026-01-16")

    sms = Send(Do.SMS, "first", (Part(case.id, "first", Reason.OTHER_CHANNEL),))
    assert decided(case, MONDAY, customer=a_customer(email=None)) == [sms]


def test_a_suppressed_address_is_none():
    case = a_case(due="2026-01-16")
    bounced = a_customer(
        email="One@Customer.example", suppressed={"one@customer.example": Suppression.BOUNCED}
    )

    assert decided(case, MONDAY, customer=bounced)[0].channel is Do.SMS


def test_without_any_address_a_person_takes_over():
    case = a_case(due="2026-01-16")

    assert decided(case, MONDAY, customer=a_customer(email=None, phone=None)) == [
        Act(case.id, "first", Do.EMAIL, Reason.NO_USABLE_ADDRESS)
    ]


def test_a_bounced_step_goes_out_on_the_other_channel_without_a_gap():
    spaced = replace(THREE, min_gap_days=3)
    bounced = a_result(Outcome.FAILED, "2026-01-19 09:00", reason="bounced", reroute=True)
    case = a_case(due="2026-01-16", results={"first": bounced})

    decision = decided(case, MONDAY, sequence=spaced)[0]
    assert (decision.channel, decision.parts[0].reason) == (Do.SMS, Reason.OTHER_CHANNEL)


def test_a_step_that_was_refused_on_both_channels_goes_to_a_person():
    failed = a_result(Outcome.FAILED, channel="sms", reason="refused", reroute=True)
    case = a_case(due="2026-01-16", results={"first": failed})

    assert decided(case, MONDAY) == [Act(case.id, "first", Do.EMAIL, Reason.REFUSED)]


def test_a_complaint_goes_to_a_person():
    complained = a_result(reason="complained", reroute=True)
    case = a_case(due="2026-01-16", results={"first": complained})

    assert decided(case, MONDAY) == [Act(case.id, "first", Do.EMAIL, Reason.COMPLAINED)]


def test_a_bounce_known_late_does_not_send_an_earlier_step_after_a_firmer_one():
    results = {
        "first": a_result(Outcome.FAILED, reason="bounced", reroute=True),
        "second": a_result(at="2026-01-19 09:00"),
    }
    case = a_case(due="2026-01-15", results=results)

    decisions = decided(case, MONDAY)
    assert decisions[0] == Skip(case.id, "first", Reason.SUPERSEDED)
    assert isinstance(decisions[1], Wait)
