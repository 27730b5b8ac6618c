"""The emulator's events: listed, delivered again after a failure, and held or lost in an outage."""

import time

import pytest
import stripe

from tests.integration.stripe.emulator import Emulator, Receiver, paid_charge, pending, soon, tries

pytestmark = pytest.mark.enable_socket


def test_events_are_listed_by_page_type_and_time(emulator: Emulator) -> None:
    client = emulator.client()
    before = int(time.time())
    for _ in range(3):
        paid_charge(emulator)
    everything = client.v1.events.list(params={"limit": 100, "created": {"gte": before}})
    walked = list(client.v1.events.list(params={"limit": 4}).auto_paging_iter())
    assert [event.id for event in walked] == [event.id for event in everything.data]
    of_two = client.v1.events.list(
        params={"types": ["payment_intent.succeeded", "checkout.session.completed"], "limit": 100}
    )
    assert len(of_two.data) == 6
    newer = client.v1.events.list(params={"ending_before": walked[5].id, "limit": 3})
    assert ([event.id for event in newer.data], newer.has_more) == (
        [event.id for event in walked[2:5]],
        True,
    )
    assert client.v1.events.list(params={"created": {"gt": before + 60}}).data == []
    assert client.v1.events.retrieve(walked[0].id).id == walked[0].id
    assert emulator.client("sk_test_two").v1.events.list().data == []


def test_a_failed_delivery_is_tried_again(emulator: Emulator, receiver: Receiver) -> None:
    receiver.status = 500
    paid_charge(emulator)
    soon(lambda: tries(emulator) >= 2, "a second attempt")
    receiver.status = 200
    event = receiver.wait_for("checkout.session.completed")
    soon(lambda: not pending(emulator), "an empty queue")
    assert emulator.client().v1.events.retrieve(event.id).pending_webhooks == 0
    emulator.post(f"/_emulator/events/{event.id}/resend")
    assert receiver.wait_for("checkout.session.completed", times=2).id == event.id


def test_an_outage_loses_or_holds_webhooks_and_closes_the_api(
    emulator: Emulator, receiver: Receiver
) -> None:
    emulator.post("/_emulator/settings", webhooks="off")
    paid_charge(emulator)
    emulator.post("/_emulator/settings", webhooks="hold")
    paid_charge(emulator)
    emulator.post("/_emulator/settings", webhooks="on")
    receiver.wait_for("charge.updated")
    soon(lambda: not pending(emulator), "an empty queue")
    assert receiver.types().count("checkout.session.completed") == 1
    listed = emulator.client().v1.events.list(params={"type": "checkout.session.completed"})
    assert len(listed.data) == 2
    emulator.post("/_emulator/settings", api="down")
    with pytest.raises(stripe.APIError):
        emulator.client().v1.events.list()


def test_a_restart_loses_nothing(emulator: Emulator, receiver: Receiver) -> None:
    emulator.post("/_emulator/settings", webhooks="hold")
    charge = paid_charge(emulator)
    emulator.stop()
    emulator.start()
    again = emulator.client().v1.charges.retrieve(charge.id)
    assert again.to_dict() == charge.to_dict()
    emulator.post("/_emulator/settings", webhooks="on")
    assert receiver.wait_for("charge.succeeded").data.object.id == charge.id
