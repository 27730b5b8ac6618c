"""Steps of a sequence that a case followed before stay done, whatever address comes."""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import Outcome
from chalicelib.domain.route import given_back, usable_for
from tests.builders import a_case, a_customer, a_result, a_sequence, a_step

NEW = a_sequence(a_step("known", 1), id="seq_2")


def test_a_step_that_the_sequence_doesnt_know_reaches_nobody():
    assert usable_for("known", a_customer(), NEW) == {"email", "sms"}
    assert usable_for("gone", a_customer(), NEW) == frozenset()


def test_a_new_address_brings_back_only_what_the_sequence_knows():
    failed = a_result(Outcome.FAILED, reroute=True, reason="bounced")
    case = replace(a_case(), results={"known": failed, "gone": failed})
    assert given_back(case, a_customer(), NEW, {"gone"}).results == {"gone": failed}
