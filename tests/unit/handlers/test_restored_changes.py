"""What was only put back from an export is told again by no event; what happens to it next is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import app
from chalicelib.domain.customer import Change
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.ports.storage import Cursor
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from chalicelib.storage.mapping import to_record
from chalicelib.storage.mapping.event import to_record as event_record
from chalicelib.storage.restored import as_restored
from tests.unit.handlers.events import CONTEXT
from tests.world import World


def told(world: World, name: str = "INSERT", **images: Any) -> list[str]:
    """Let the stream show a change, and return the types of all events since."""
    shown = {"ApproximateCreationDateTime": world.clock.now().timestamp(), **images}
    app.project_changes({"Records": [{"eventName": name, "dynamodb": shown}]}, CONTEXT)
    return [each.type for each in world.ledger.events_page(world.tenant, Cursor(limit=10)).data]


def image(invoice: Invoice) -> dict[str, Any]:
    return dict(to_record(invoice, shards=2).serialize())


def test_a_record_that_is_put_back_is_no_news(world: World):
    restored = as_restored(image(world.post("A-1", due="2026-03-20")))

    assert told(world, NewImage=restored) == []
    assert told(world, OldImage=restored, NewImage=restored) == []


def test_what_happens_to_it_next_is_told_once(world: World):
    invoice = world.post("A-1", due="2026-03-20")
    restored = as_restored(image(invoice))
    void = replace(invoice, status=InvoiceStatus.VOID, version=invoice.version + 1)

    assert told(world, OldImage=restored, NewImage=image(void)) == ["invoice.void"]


def test_an_event_of_what_is_set_up_reaches_endpoints_once(world: World):
    draft = EndpointDraft("https://billing.example.com/dunlin", ("*",))
    add_webhook_endpoint(world.ports, world.tenant, Change("api_key:1", "create"), draft)
    event = dict(event_record(world.ledger.configured[-1]).serialize())

    told(world, NewImage=as_restored(event))
    assert world.queues.waiting("webhook") == []

    told(world, NewImage=event)
    assert len(world.queues.waiting("webhook")) == 1


def test_what_the_stream_filters_out_is_not_owed_where_a_dead_letter_shows_it(world: World):
    draft = EndpointDraft("https://billing.example.com/dunlin", ("*",))
    add_webhook_endpoint(world.ports, world.tenant, Change("api_key:1", "create"), draft)
    set_up = dict(event_record(world.ledger.configured[-1]).serialize())
    invoice = world.post("A-1", due="2026-03-20")
    world._project()
    world.queues.drain("webhook")
    [created] = [
        each
        for each in world.ledger.events_page(world.tenant, Cursor(limit=10)).data
        if each.object_id == invoice.id
    ]

    told(world, NewImage=dict(event_record(created).serialize()))
    told(world, name="MODIFY", OldImage=set_up, NewImage=set_up)

    assert world.queues.waiting("webhook") == []


def test_only_what_the_stream_tells_of_is_marked():
    reference = {"pk": {"S": "x#REF#number#A-1"}, "sk": {"S": "REF"}, "kind": {"S": "reference"}}

    assert as_restored(reference) == reference
