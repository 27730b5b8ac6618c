"""The items of what is derived or configured: the stream has nothing to tell of them."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.domain.access import ApiKey
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.own_template import OwnTemplate
from chalicelib.domain.segment import Segment
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.value_at_risk import Risk
from chalicelib.domain.webhook_endpoint import Failure, WebhookEndpoint
from chalicelib.ports.payment_marks import PassedEvent
from chalicelib.storage import keys
from chalicelib.storage.attributes import Instant, Structured, Whole
from chalicelib.storage.items.base import Item, ListedItem


class EventItem(ListedItem, discriminator="event"):
    """An event. It is derived, so the stream has nothing to tell of it."""

    type = UnicodeAttribute()
    object_id = UnicodeAttribute(attr_name="object")
    at = Instant()
    by = UnicodeAttribute()
    why = UnicodeAttribute()
    data: Structured[dict[str, Any]] = Structured(TypeAdapter(dict[str, Any]), null=True)


class ReferenceItem(Item, discriminator="reference"):
    """A unique value and the id of what has it."""

    target = UnicodeAttribute()


class CreditorItem(Item, discriminator="creditor"):
    """A creditor."""

    body = Structured(TypeAdapter(Creditor))


class ListedCreditorItem(Item, discriminator="listed_creditor"):
    """An entry in the list of all creditors. Its sort key says which."""


class SequenceItem(Item, discriminator="sequence"):
    """A version of a sequence."""

    body = Structured(TypeAdapter(Sequence))


class OwnTemplateItem(Item, discriminator="own_template"):
    """A creditor's own text of a message. Its version stands beside the body, for conditions."""

    body = Structured(TypeAdapter(OwnTemplate))
    version = Whole(attr_name="ver")


class SegmentItem(Item, discriminator="segment"):
    """A segment as it applies, or a version of it that is kept. The version stands beside the body,
    for conditions."""

    body = Structured(TypeAdapter(Segment))
    version = Whole(attr_name="ver")


class ApiKeyItem(Item, discriminator="api_key"):
    """An API key, hashed. Its last use stands beside the body: noting it changes nothing else.

    Its end and its successor stand there too, for conditions.
    """

    body = Structured(TypeAdapter(ApiKey))
    last_used_at = Instant(null=True)
    revoked_at = Instant(null=True)
    replaced_by = UnicodeAttribute(null=True)


class WebhookEndpointItem(Item, discriminator="webhook_endpoint"):
    """A webhook endpoint. Its version stands beside the body, for conditions."""

    body = Structured(TypeAdapter(WebhookEndpoint))
    version = Whole(attr_name="ver")


class DeliveryItem(Item, discriminator="delivery"):
    """What an endpoint is owed. One that was given up isn't due, and DynamoDB deletes it later."""

    created_at = Instant()
    attempts = Whole()
    last_failure = Structured(TypeAdapter(Failure), null=True)
    ended_at = Instant(null=True)
    is_presumed = BooleanAttribute(null=True, attr_name="presumed")
    due_pk = UnicodeAttribute(null=True, attr_name=keys.DUE_PARTITION)
    due_at = Instant(null=True, attr_name=keys.DUE_AT)
    channel = UnicodeAttribute(null=True, attr_name=keys.DUE_CHANNEL)
    expires_at = Whole(null=True)


class RequestCountItem(Item, discriminator="request_count"):
    """How many requests of an API key were admitted in a minute. DynamoDB deletes it afterwards."""

    admitted = Whole()
    expires_at = Whole()


class MarkItem(Item, discriminator="mark"):
    """Up to when a partition of the due index was handed over."""

    handed_over = Instant()


class PaymentMarkItem(Item, discriminator="payment_mark"):
    """Up to when a tenant's payments are known, and what an operator lets pass."""

    known_until = Instant(null=True)
    read_again_until = Instant(null=True)
    passed = Structured(TypeAdapter(tuple[PassedEvent, ...]), null=True)
    since = Instant(null=True)


class PlaceItem(ListedItem, discriminator="place"):
    """Where a task stands in a view of the worklist."""

    task = UnicodeAttribute()
    risk = Structured(TypeAdapter(Risk))


class RestorationItem(Item, discriminator="restoration"):
    """How far the table was restored from an export; all is done once it is finished."""

    export = UnicodeAttribute()
    exported_at = Instant()
    lost_until = Instant()
    put_back_at = Instant(null=True)
    finished_at = Instant(null=True)


class LostStretchItem(Item, discriminator="lost_stretch"):
    """That a customer's file couldn't be lived through again when the table was restored."""

    since = Instant()
    until = Instant()


class MigrationItem(Item, discriminator="migration"):
    """How far a migration got in a segment of the table: behind which key to go on, or the end."""

    behind = UnicodeAttribute(null=True)
    done_at = Instant(null=True)
