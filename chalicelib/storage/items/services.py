"""The items of customers' services."""

from __future__ import annotations

from pynamodb.attributes import UnicodeAttribute

from chalicelib.storage.attributes import Instant, TextList, Whole
from chalicelib.storage.items.base import ListedItem, RecordItem


class ServiceItem(RecordItem, ListedItem, discriminator="service"):
    """The service of a customer."""

    created_at = Instant()
    action = UnicodeAttribute()
    number = Whole()
    status = UnicodeAttribute()
    invoices = TextList(null=True)
    requested_at = Instant(null=True)
    asked = Whole()
    asked_at = Instant(null=True)
    acknowledged_at = Instant(null=True)
    bearer = UnicodeAttribute(null=True)
    task = UnicodeAttribute(null=True)
