"""What a caller has at hand: a number that may be called, and the next time that is allowed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from chalicelib.domain.calendar import WEEK, SendWindow
from chalicelib.domain.call_sheet import NO_NUMBER, BestTime, CallSheet, call_sheet
from chalicelib.domain.case import Outcome, Pause, PauseKind, StepResult
from chalicelib.domain.contacts import Contact, own_part
from chalicelib.domain.customer import Suppression
from chalicelib.domain.decisions import Reason
from chalicelib.domain.privacy import Consent
from chalicelib.domain.sequence import CallRules
from tests.builders import (
    a_case,
    a_creditor,
    a_customer,
    a_dispute,
    a_file,
    a_sequence,
    a_step,
    a_task,
    a_window,
    eur,
    utc,
)

MONDAY = utc("2026-03-02 06:00")
PHONE = "+4915112345678"
CALL = a_step("call", 3, "call")
BERLIN = {"timezone": "Europe/Berlin", "country": "DE", "phone": PHONE}


def sheet(
    *,
    case: dict[str, Any] | None = None,
    customer: dict[str, Any] | None = None,
    task: dict[str, Any] | None = None,
    **rules: Any,
) -> CallSheet:
    """Return the sheet of a call on Monday at seven in Berlin, before anybody works."""
    about = a_case(due=date(2026, 2, 20), **case or {})
    owner = a_customer(**{**BERLIN, **(customer or {})})
    work = a_task(about, **task or {})
    file = a_file(about, customer=owner)
    return call_sheet(work, about, file, a_sequence(CALL, **rules), a_creditor(), MONDAY)


def best(**facts: Any) -> BestTime:
    found = sheet(**facts).best
    assert found is not None
    return found


def between(day: str, begins: str, ends: str) -> BestTime:
    return BestTime(utc(f"{day} {begins}"), utc(f"{day} {ends}"))


def test_office_hours_at_the_customers_place_where_nobody_said_otherwise():
    assert best() == between("2026-03-02", "08:00", "16:00")
    assert best(customer={"timezone": "America/New_York", "country": "US"}) == between(
        "2026-03-02", "14:00", "22:00"
    )
    assert "usual office hours" in sheet().reasons[0]


def test_the_hours_of_the_sequence_and_of_the_customer():
    ten_to_noon = SendWindow(frozenset(WEEK), time(10), time(12), skip_holidays=False)
    assert best(window=a_window(opens="08:00", closes="18:00")).begins == utc("2026-03-02 07:00")
    wished = {"customer": {"contact_hours": ten_to_noon}}
    assert best(window=a_window(), **wished) == between("2026-03-02", "09:00", "11:00")
    assert "the customer wishes" in sheet(window=a_window(), **wished).reasons[0]
    rules = sheet(call_rules=CallRules.US_REGULATION_F)
    assert rules.best == between("2026-03-02", "07:00", "20:00")
    assert "8:00 to 21:00" in rules.reasons[0]


def test_it_waits_until_the_task_is_back_and_the_pause_is_over():
    off = sheet(task={"snoozed_until": utc("2026-03-04 10:00")})
    assert off.best == between("2026-03-04", "10:00", "16:00")
    assert off.reasons[1:] == ("The task was put off until then.",)
    promise = Pause(PauseKind.PROMISE, "", MONDAY, utc("2026-03-05 23:00"))
    promised = sheet(case={"pauses": (promise,)})
    assert promised.best == between("2026-03-06", "08:00", "16:00")
    assert promised.reasons[1:] == ("The customer has promised to pay.",)
    endless = sheet(case={"pauses": (replace(promise, kind=PauseKind.HOLD, until=None),)})
    assert endless.best is None
    assert endless.reasons == ("The case is paused until somebody lets it go on.",)


def test_earlier_contacts_hold_it_back_but_not_the_call_itself():
    acted = StepResult(Outcome.ACTED, Reason.FOR_A_PERSON, MONDAY, "call")
    own = {"results": {"call": acted}}
    assert best(case=own, quiet_days=3).begins == utc("2026-03-02 08:00")
    told = Contact("+1", MONDAY, "call", case=own_part(a_case().id), conversation=True)
    spoken = sheet(case=own, customer={"contacts": (told,)}, call_rules=CallRules.US_REGULATION_F)
    assert spoken.best is not None
    assert spoken.best.begins == utc("2026-03-09 07:00")
    assert spoken.reasons[1:] == (
        "The rules for calls allow no further call about this invoice yet.",
    )


@pytest.mark.parametrize(
    "facts",
    [
        {"phone": None},
        {"suppressed": {PHONE: Suppression.INVALID}},
        {"consents": {"call": Consent(given=False, source="letter", at=MONDAY)}},
    ],
)
def test_no_number_that_is_wrong_or_refused(facts: dict[str, Any]):
    found = sheet(customer=facts)
    assert found.phone is None
    assert found.reasons[0] == NO_NUMBER


def test_stop_is_about_text_messages():
    assert sheet(customer={"suppressed": {PHONE: Suppression.OPTED_OUT}}).phone == PHONE


def test_what_is_disputed_is_not_asked_for():
    pause = Pause(
        PauseKind.DISPUTE, "damaged", MONDAY, MONDAY + timedelta(days=9), a_dispute().id, 30_00
    )
    found = sheet(case={"remaining": 100_00, "pauses": (pause,)})
    assert (found.asked, found.disputed) == (eur(70_00), eur(30_00))
    assert sheet().disputed is None
    assert (found.today, found.offered) == (date(2026, 3, 2), date(2026, 3, 16))
