"""What seldom happens to a delivery takes no right that its function's policy doesn't grant."""

from __future__ import annotations

import pytest

from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.services.publish_event import publish_event
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from chalicelib.services.work_off import TRIES
from tests.builders import LIVE
from tests.deeds import OFFICE
from tests.simulation.calls import Calls
from tests.simulation.test_rights import granted
from tests.world import World


def test_a_delivery_that_cant_be_read_takes_no_other_right():
    calls = Calls()
    world = World("2026-01-02 08:00")
    draft = EndpointDraft("https://billing.example.com/dunlin", ("*",))
    add_webhook_endpoint(world.ports, LIVE, OFFICE, draft)
    world.ports = calls.recorded(world.ports)
    world._project()
    [message] = world.queues.drain("webhook")
    world.endpoints.damaged.add(message["event"])
    with pytest.raises(UnreadableRecordError):
        publish_event(world.ports, message, body_of, TRIES)

    assert calls.by_function["publish_event"] <= granted("publish_event")
