"""Whom a message may reach: refusals of all or of reminders, and consent that comes first."""

from __future__ import annotations

import pytest

from chalicelib.domain.consent import CHANNELS, as_agreed
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.decide import Rules, decide
from chalicelib.domain.decisions import Act, Decision, Reason, Send
from chalicelib.domain.explain import explain
from chalicelib.domain.privacy import Consent, Covers
from chalicelib.domain.sentences import SENTENCES
from chalicelib.domain.sequence import FINAL_NOTICE, Do, Sequence, Step
from tests.builders import a_case, a_customer, a_file, a_sequence, a_step, utc

NOW = utc("2026-01-19 10:00")
LATER = utc("2026-02-19 10:00")
REMINDER = a_step("first", 4)
FINAL = a_step("last", 4, template=FINAL_NOTICE)
OBJECTED = Consent(given=False, source="phone", at=NOW)
UNSUBSCRIBED = Consent(given=False, source="one_click", at=NOW, covers=Covers.REMINDERS)
AGREED = Consent(given=True, source="web_form", at=NOW)


def decided(customer: Customer, step: Step, *, opt_in: frozenset[Do] = frozenset()) -> Decision:
    sequence = a_sequence(step)
    file = a_file(a_case(), customer=customer)
    [decision] = decide(file, given(sequence, opt_in), NOW)
    return decision


def given(sequence: Sequence, opt_in: frozenset[Do] = frozenset()) -> Rules:
    return Rules({(sequence.id, sequence.version): sequence}, opt_in=opt_in)


def way(decision: Decision) -> str:
    match decision:
        case Send(channel=channel):
            return channel.value
        case Act(reason=reason):
            return reason.value
    raise AssertionError(decision)


@pytest.mark.parametrize(
    ("consent", "step", "expected"),
    [
        (UNSUBSCRIBED, REMINDER, "sms"),
        (UNSUBSCRIBED, FINAL, "email"),
        (UNSUBSCRIBED, a_step("any", 4, legal=True), "email"),
        (UNSUBSCRIBED, a_step("last", 4, template=FINAL_NOTICE, legal=False), "sms"),
        (OBJECTED, REMINDER, "sms"),
        (OBJECTED, FINAL, "sms"),
        (AGREED, REMINDER, "email"),
    ],
)
def test_a_legal_notice_still_goes_where_only_reminders_were_refused(
    consent: Consent, step: Step, expected: str
):
    assert way(decided(a_customer(consents={"email": consent}), step)) == expected


def test_no_consent_helps_an_address_that_came_back():
    facts = {"suppressed": {"one@customer.example": Suppression.BOUNCED}, "phone": None}
    customer = a_customer(consents={"email": UNSUBSCRIBED}, **facts)
    assert way(decided(customer, FINAL)) == "no_usable_address"


def test_a_legal_notice_doesnt_take_reminders_along():
    """Two invoices of who unsubscribed: the final notice goes by mail, the reminder by SMS."""
    sequence = a_sequence(a_step("first", 4), a_step("last", 30, template=FINAL_NOTICE))
    old = a_case("old", due="2025-12-15")
    file = a_file(old, a_case("new"), customer=a_customer(consents={"email": UNSUBSCRIBED}))
    sends = [each for each in decide(file, given(sequence), NOW) if isinstance(each, Send)]
    assert [(each.channel, each.legal, len(each.parts)) for each in sends] == [
        (Do.EMAIL, True, 1),
        (Do.SMS, False, 1),
    ]


@pytest.mark.parametrize("step", [REMINDER, FINAL])
def test_where_consent_to_sms_comes_first_silence_is_no_consent(step: Step):
    opt_in = frozenset({Do.SMS})
    silent, agreed = a_customer(email=None), a_customer(email=None, consents={"sms": AGREED})
    assert way(decided(silent, step)) == "sms"
    assert way(decided(silent, step, opt_in=opt_in)) == "no_usable_address"
    assert way(decided(agreed, step, opt_in=opt_in)) == "sms"
    assert way(decided(a_customer(), step, opt_in=opt_in)) == "email"


def test_silence_is_never_stored_as_a_refusal_of_what_was_said():
    said = dict.fromkeys(CHANNELS, AGREED)
    customer = a_customer(consents=said)
    assert as_agreed(customer, {Do.SMS}) is customer


@pytest.mark.parametrize("do", [Do.CALL, Do.LETTER])
def test_who_refused_calls_or_letters_is_left_to_a_persons_judgement(do: Do):
    step = a_step("reach", 4, do)
    customer = a_customer(consents={do.value: OBJECTED})
    assert way(decided(a_customer(), step)) == Reason.FOR_A_PERSON
    assert way(decided(customer, step)) == Reason.OBJECTED


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"consents": {"email": UNSUBSCRIBED}}, "The customer doesn't want reminders by e-mail."),
        ({"consents": {"email": OBJECTED}}, "The customer objected to e-mail."),
    ],
)
def test_the_explanation_says_which_of_both_it_was(facts: dict[str, object], why: str):
    case = a_case()
    rules = given(a_sequence(REMINDER))
    [told] = explain(a_file(case, customer=a_customer(**facts)), case, rules, NOW).steps
    assert told.why == f"{SENTENCES[Reason.OTHER_CHANNEL]} {why}"


def test_the_explanation_says_that_nobody_asked():
    case = a_case()
    rules = given(a_sequence(a_step("text", 4, Do.SMS)), frozenset({Do.SMS}))
    [told] = explain(a_file(case, customer=a_customer()), case, rules, NOW).steps
    missing = "The customer hasn't agreed to text messages, which has to come first."
    assert told.why == f"{SENTENCES[Reason.OTHER_CHANNEL]} {missing}"
