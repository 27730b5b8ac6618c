"""Each thing that may be wrong with the webhooks of a life is seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import Message

import pytest
from standardwebhooks import Webhook

from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.handlers.functions.publish_event import body_of
from tests.chaos.receiver import TOLERANCE, Came, Receiver, came_in
from tests.endings import Violation
from tests.web import Request

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SINCE = datetime(2026, 3, 2, 9, tzinfo=UTC)
TOLD = Event(
    id="evt_01",
    tenant=Tenant("cr_1", Mode.LIVE),
    customer_id="cus_1",
    type="invoice.paid",
    object_id="in_1",
    at=SINCE + timedelta(hours=1),
    by="system",
    why="payment",
    data={"amount": 500},
)
EARLIER = replace(TOLD, id="evt_00", at=SINCE - timedelta(seconds=1))
FEED = [TOLD, EARLIER]


def webhook(event: Event, *, secret: str = SECRET, late: timedelta = timedelta()) -> Came:
    headers, body = Message(), body_of(event)
    headers["webhook-id"] = event.id
    headers["webhook-timestamp"] = str(int(event.at.timestamp()))
    headers["webhook-signature"] = Webhook(secret).sign(event.id, event.at, body)
    return Came(event.at + late, headers, body.encode())


@pytest.mark.parametrize(
    "came",
    [
        [webhook(TOLD)],
        [webhook(TOLD), webhook(TOLD)],
        [webhook(TOLD), webhook(EARLIER)],
        [webhook(TOLD, late=TOLERANCE)],
    ],
    ids=["once", "twice", "earlier", "in time"],
)
def test_what_was_told_comes_in_at_least_once(came: list[Came]):
    came_in(came, FEED, since=SINCE, secret=SECRET)


@pytest.mark.parametrize(
    ("came", "what"),
    [
        ([], "never came in"),
        ([webhook(EARLIER)], "invoice.paid evt_01 never came in"),
        ([webhook(TOLD), webhook(replace(TOLD, id="evt_02"))], "isn't in the feed"),
        ([webhook(replace(TOLD, data={"amount": 501}))], "501.*came in, not"),
        ([webhook(TOLD, late=TOLERANCE + timedelta(seconds=1))], "is of 2026-03-02 10:00:00"),
        ([webhook(TOLD, secret=SECRET[:-1] + "x")], "isn't signed for its endpoint"),
    ],
    ids=["nothing", "the earlier one only", "a stranger", "another amount", "old", "forged"],
)
def test_what_is_wrong_is_named(came: list[Came], what: str):
    with pytest.raises(Violation, match=what):
        came_in(came, FEED, since=SINCE, secret=SECRET)


def test_a_receiver_that_is_down_has_taken_nothing(tmp_path):
    clock = tmp_path / "ahead"
    clock.write_text("3600")
    receiver = Receiver(clock)
    receiver.is_down = True
    assert receiver.answer(Request("/cr_1", Message(), b"{}"))[0] == 503
    assert receiver.came("/cr_1") == []

    receiver.is_down = False
    assert receiver.answer(Request("/cr_1", Message(), b"{}"))[0] == 204
    [came] = receiver.came("/cr_1")
    assert (came.body, receiver.came("/cr_2")) == (b"{}", [])
    assert came.at > datetime.now(UTC) + timedelta(minutes=59)
