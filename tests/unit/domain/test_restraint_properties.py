"""Whatever the rules and the order of events, nobody is contacted more often than caps allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import kinds
from chalicelib.domain.case import CustomerFile
from chalicelib.domain.contacts import Contact, of_case, remembered
from chalicelib.domain.decisions import Act, Reason, Send
from chalicelib.domain.sequence import CallRules, CatchUp, Do
from tests.builders import a_case, a_customer, a_file, a_sequence, a_step, a_window, rules, utc
from tests.unit.domain.doing import sweep

START = utc("2026-01-05 07:00")
CAPS = st.dictionaries(
    st.sampled_from(["any", "email", "sms", "letter", "call"]), st.integers(1, 3), max_size=3
)
KINDS = st.sampled_from([Do.EMAIL, Do.EMAIL, Do.SMS, Do.CALL, Do.LETTER, Do.FEE])


@st.composite
def restrained(draw: st.DrawFn) -> dict[str, Any]:
    """Return the steps and rules of a sequence that restrains itself somehow."""
    offsets = sorted(draw(st.lists(st.integers(0, 15), min_size=1, max_size=6)))
    steps = [a_step(f"s{place}", at, draw(KINDS)) for place, at in enumerate(offsets)]
    return {
        "steps": tuple(steps),
        "max_contacts": draw(CAPS),
        "quiet_days": draw(st.sampled_from([0, 0, 1, 2])),
        "min_gap_days": draw(st.sampled_from([0, 0, 2])),
        "bundle": draw(st.booleans()),
        "catch_up": draw(st.sampled_from(CatchUp)),
        "call_rules": draw(st.sampled_from([None, CallRules.US_REGULATION_F])),
        "window": draw(st.sampled_from([None, a_window()])),
    }


@settings(max_examples=60)
@given(
    rule=restrained(),
    dues=st.lists(st.integers(0, 12), min_size=1, max_size=4),
    paid=st.dictionaries(st.integers(0, 30), st.integers(0, 3), max_size=3),
    talks=st.dictionaries(st.integers(0, 30), st.booleans(), max_size=4),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Auckland"]),
)
def test_no_cap_no_quiet_day_and_no_rule_for_calls_is_broken(rule, dues, paid, talks, zone):
    sequence = a_sequence(*rule.pop("steps"), **rule)
    first = START.date()
    cases = [a_case(f"R-{n}", due=first + timedelta(days=due)) for n, due in enumerate(dues)]
    file = a_file(*cases, customer=a_customer(timezone=zone))
    made: list[tuple[date, str, bool, str | None, bool]] = []
    for hour in range(0, 24 * 35, 5):
        now = START + timedelta(hours=hour)
        if hour % 24 < 5:
            file = after_events(file, hour // 24, paid, talks, now, made)
        done = sweep(file, rules(sequence), now)
        file = done.file
        today = file.customer.calendar.date_of(now)
        for decision in done.decisions:
            for channel, case_id in contact(decision):
                check(sequence, made, today, channel, case_id)
                made.append((today, channel, False, case_id, False))


def contact(decision) -> list[tuple[str, str | None]]:
    """Return how a decision contacts the customer; a call is about one case."""
    match decision:
        case Send(channel=channel):
            return [(channel.value, None)]
        case Act(do=do, reason=Reason.FOR_A_PERSON, case_id=case_id) if kinds.reaches(do):
            return [(do.value, case_id)]
        case _:
            return []


def after_events(file: CustomerFile, day: int, paid, talks, now, made) -> CustomerFile:
    customer, today = file.customer, file.customer.calendar.date_of(now)
    if day in talks:
        spoken = Contact(f"+{day}", now, "call", inbound=talks[day], conversation=True)
        contacts = remembered(customer.contacts, [spoken], now)
        customer = replace(customer, contacts=contacts)
        made.append((today, "call", talks[day], None, True))
    gone = [case for n, case in enumerate(file.cases) if n == paid.get(day)]
    for case in gone:  # as the books do when a case closes
        contacts = remembered(customer.contacts, of_case(case), now)
        latest = max(filter(None, (case.last_contact_at, customer.last_contact_at)), default=None)
        customer = replace(customer, contacts=contacts, last_contact_at=latest)
    return CustomerFile(customer, tuple(case for case in file.cases if case not in gone))


def check(sequence, made, today: date, channel: str, case_id: str | None) -> None:
    """Look at what was made before, with nothing of the code that decides."""
    week = [each for each in made if (today - each[0]).days < 7]
    for of, most in sequence.max_contacts.items():
        if of in {"any", channel}:
            count = [each for each in week if not each[2] and of in {"any", each[1]}]
            assert len(count) < most, f"{of}: {len(count)} of {most} before"
    if sequence.quiet_days:
        assert all((today - each[0]).days >= sequence.quiet_days for each in made)
    if sequence.call_rules and channel == "call":
        own = [each for each in week if each[1] == "call" and each[3] in {None, case_id}]
        assert len([each for each in own if not each[2]]) < 7
        assert not [each for each in own if each[4]]
