"""Events: stored for `GET /v1/events` and, where the webhook is on, put up for delivery.

The creditor in the webhook's URL comes from the metadata `dunlin_creditor` of the object, or of
the charge that a refund or dispute is about.
"""

import copy
from typing import Any

from local.stripe_emulator import shapes_after
from local.stripe_emulator.store import Json, Store, new_id

CREDITOR = "dunlin_creditor"


def announce(
    store: Store,
    type_: str,
    value: Json,
    *,
    previous: Json | None = None,
    request: Json | None = None,
) -> Json:
    """Store the event with a copy of the object as it is now, and queue its delivery."""
    account = store.account(value["object"], value["id"])
    event = shapes_after.event(
        type_, copy.deepcopy(value), created=store.now(), previous=previous, request=request
    )
    creditor = creditor_of(store, value)
    store.put(account, event, creditor=creditor)
    if store.settings["webhooks"] != "off" and address(store, creditor) is not None:
        enqueue(store, event)
    return event


def enqueue(store: Store, event: Json) -> Json:
    """Put one (more) delivery of the event up; also how a duplicate is made on purpose."""
    delivery: Json = {
        "id": new_id("whd_"),
        "event": event["id"],
        "type": event["type"],
        "state": "pending",
        "next_at": store.now(),
        "attempts": [],
    }
    store.deliveries[delivery["id"]] = delivery
    event["pending_webhooks"] += 1
    store.changed = True
    return delivery


def address(store: Store, creditor: str | None) -> str | None:
    """Where this creditor's events go, or None if that can't be told."""
    template: str | None = store.settings.get("webhook_url")
    if template is None or ("{creditor_id}" in template and creditor is None):
        return None
    return template.replace("{creditor_id}", creditor or "")


def creditor_of(store: Store, value: Json) -> str | None:
    """The creditor named by the object's metadata or by what the object is about."""
    metadata: dict[str, Any] = value.get("metadata") or {}
    if CREDITOR in metadata:
        return str(metadata[CREDITOR])
    charge = value.get("charge")
    if isinstance(charge, str) and (about := store.get("charge", charge)) is not None:
        return creditor_of(store, about)
    return None
