"""Whatever is wrong with a message that really arrived is found, whatever the system says."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import LIVE, a_communication, a_customer, a_payment, utc
from tests.chaos.arrivals import Arrivals, PaidAt
from tests.endings import Violation
from tests.fakes.messages import FakeLinks

SENT = utc("2026-01-16 09:00")
ENTRY = a_communication(amounts={"eur": 1190_00}, created_at=SENT)


def arrivals() -> tuple[Arrivals, str]:
    """Return a log with one entry, and its message's text."""
    links = FakeLinks()
    url = links.pay_url(LIVE, ENTRY.customer_id, ENTRY.id)
    return Arrivals([ENTRY], links, LIVE), f"You owe €1,190.00: {url} Thank you."


def a_message(text: str, **facts: Any) -> dict[str, Any]:
    message = {"id": "m-1", "at": SENT.timestamp() + 1, "to": [ENTRY.to], "text": text}
    return message | facts


def test_a_message_as_the_log_has_it_is_right():
    looked, text = arrivals()
    looked.look(a_message(text), SENT)
    looked.look(a_message(text), SENT)  # the same one, found by its address and by its number
    assert looked.count == 2


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"to": ["other@customer.example"]}, "I8"),
        ({"at": (SENT + timedelta(minutes=1)).timestamp()}, "I1"),
        ({"text": "You owe €1,190.00."}, "I9: no link"),
    ],
)
def test_what_differs_from_the_log_is_found(facts: dict[str, Any], rule: str):
    looked, text = arrivals()
    with pytest.raises(Violation, match=rule):
        looked.look(a_message(text) | facts, SENT)


def test_another_amount_is_found():
    looked, text = arrivals()
    with pytest.raises(Violation, match="I9"):
        looked.look(a_message(text.replace("1,190", "1,200")), SENT)


def test_a_second_message_about_one_step_is_found():
    looked, text = arrivals()
    looked.look(a_message(text), SENT)
    with pytest.raises(Violation, match="I2"):
        looked.look(a_message(text, id="m-2"), SENT)


def test_a_message_that_nothing_in_the_log_knows_of_is_found():
    links = FakeLinks()
    url = links.pay_url(LIVE, ENTRY.customer_id, ENTRY.id)
    with pytest.raises(Violation, match="I8"):
        Arrivals([], links, LIVE).look(a_message(url), SENT)


def test_what_is_logged_as_sent_and_never_came_is_found():
    looked, text = arrivals()
    with pytest.raises(Violation, match="never arrived"):
        looked.all_that_was_sent()
    looked.look(a_message(text), SENT)
    looked.all_that_was_sent()


def test_messages_too_close_to_each_other_are_found():
    links, customer = FakeLinks(), a_customer()
    later = SENT + timedelta(days=1)
    entries = [ENTRY, a_communication(name="M-2", step="second", created_at=later)]
    looked = Arrivals(entries, links, LIVE)
    for entry in entries:
        url = links.pay_url(LIVE, entry.customer_id, entry.id)
        at = entry.created_at.timestamp()
        amount = "€1,190.00" if entry is ENTRY else "€100.00"
        looked.look(a_message(f"{amount} {url}", id=entry.id, at=at), SENT)
    looked.keep_their_distance(customer, 1)
    with pytest.raises(Violation, match="gap"):
        looked.keep_their_distance(customer, 2)


@pytest.mark.parametrize(
    ("paid", "heard", "is_right"),
    [
        (timedelta(hours=7), None, False),
        (timedelta(hours=7), timedelta(seconds=-1), False),
        (timedelta(hours=7), timedelta(seconds=1), True),
        (timedelta(hours=5), None, True),
    ],
)
def test_asking_whoever_had_long_paid_is_found(
    paid: timedelta, heard: timedelta | None, *, is_right: bool
):
    looked, text = arrivals()
    looked.look(a_message(text), SENT)
    booked = [a_payment(provider_reference="pi_1", created_at=SENT - heard)] if heard else []
    with nullcontext() if is_right else pytest.raises(Violation, match="stale"):
        looked.know_payments(booked, [PaidAt(ENTRY.customer_id, "pi_1", SENT - paid)])
