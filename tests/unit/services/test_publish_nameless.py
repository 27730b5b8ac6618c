"""What is delivered late, of somebody who was erased meanwhile, says nothing in anybody's words."""

from __future__ import annotations

from chalicelib.domain.customer import Change
from chalicelib.domain.privacy import ErasureReason
from chalicelib.handlers.functions.publish_event import body_of
from chalicelib.services.cancel_invoice import void_invoice
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.publish_event import publish_event
from chalicelib.services.save_webhook_endpoint import EndpointDraft, add_webhook_endpoint
from tests.world import World

OFFICE = Change(by="api_key:office", why="by hand")
IN_WORDS = Change(by="api_key:office", why="Erika Mustermann never ordered this")


def test_an_event_of_somebody_who_was_erased_is_posted_without_words():
    world = World("2026-03-02 08:00")
    draft = EndpointDraft("https://billing.example.com/dunlin", ("invoice.void",))
    add_webhook_endpoint(world.ports, world.tenant, OFFICE, draft)
    invoice = world.post("R-1", due="2026-03-20")
    void_invoice(world.ports, world.tenant, IN_WORDS, invoice.id)
    world._project()
    [message] = world.queues.drain("webhook")
    erase_customer(world.ports, world.tenant, OFFICE, invoice.customer_id, ErasureReason.OBJECTION)
    [stored] = [
        each
        for each in world.ledger._events[world.tenant.key].values()
        if each.type == "invoice.void"
    ]
    assert "Mustermann" in stored.why, "the erasure's worker hasn't come by yet"

    publish_event(world.ports, message, body_of)

    [post] = world.webhooks.posts
    assert "Mustermann" not in post.message.body
