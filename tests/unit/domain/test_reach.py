"""Where an address can't be used, the explanation of a case says what became of it."""

from __future__ import annotations

import pytest

from chalicelib.domain.case import Outcome, StepResult
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.decisions import Reason
from chalicelib.domain.explain import explain
from chalicelib.domain.explanation import ExplainedStep
from chalicelib.domain.privacy import Consent
from chalicelib.domain.sentences import SENTENCES
from tests.builders import a_case, a_customer, a_file, a_result, a_sequence, a_step, rules, utc

NOW = utc("2026-01-19 10:00")
ONE_STEP = a_sequence(a_step("first", 4))
OBJECTED = Consent(given=False, source="phone", at=NOW)
REACHED = {
    "The customer objected to e-mail. There is no phone number.": {
        "phone": None, "consents": {"email": OBJECTED},
    },
    "E-mails to the address came back. The customer objected to text messages.": {
        "suppressed": {"one@customer.example": Suppression.BOUNCED},
        "consents": {"sms": OBJECTED},
    },
    "There is no e-mail address. Text messages to the number were opted out of.": {
        "email": None, "suppressed": {"+4915112345678": Suppression.OPTED_OUT},
    },
    "E-mails to the address were complained about. There is no phone number.": {
        "phone": None, "suppressed": {"one@customer.example": Suppression.COMPLAINED},
    },
}  # fmt: skip


def explained(customer: Customer, ended: StepResult | None = None) -> ExplainedStep:
    case = a_case(results={"first": ended} if ended else {})
    [told] = explain(a_file(case, customer=customer), case, rules(ONE_STEP), NOW).steps
    return told


@pytest.mark.parametrize("why", REACHED)
def test_where_no_address_is_left_it_is_said_what_became_of_each(why: str):
    acted = a_result(Outcome.ACTED, reason=Reason.NO_USABLE_ADDRESS, at="2026-01-19 09:00")
    told = explained(a_customer(**REACHED[why]), acted)
    assert told.why.endswith(f" on 2026-01-19. {SENTENCES[Reason.NO_USABLE_ADDRESS]} {why}")


def test_where_the_other_channel_is_taken_it_is_said_why():
    told = explained(a_customer(consents={"email": OBJECTED}))
    assert (told.state, told.reason) == ("ready", "other_channel")
    assert told.why == f"{SENTENCES[Reason.OTHER_CHANNEL]} The customer objected to e-mail."


def test_an_address_that_can_be_used_again_is_not_spoken_of():
    sent = a_result(reason=Reason.OTHER_CHANNEL, at="2026-01-19 09:00", channel="sms")
    told = explained(a_customer(), sent)
    assert told.why == f"Sent by sms on 2026-01-19. {SENTENCES[Reason.OTHER_CHANNEL]}"
