"""Whatever is wrong with a message that really arrived is found, whatever the system says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import LIVE, a_communication, utc
from tests.chaos.arrivals import Arrivals
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
