"""The items of disputes."""

from __future__ import annotations

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.storage.attributes import Day, Instant, Whole
from chalicelib.storage.items.base import ListedItem, RecordItem


class DisputeItem(RecordItem, ListedItem, discriminator="dispute"):
    """A dispute. `form` is its kind; the kind of an item says what it is an item of."""

    invoice = UnicodeAttribute()
    currency = UnicodeAttribute()
    reason = UnicodeAttribute()
    deadline = Day()
    created_at = Instant()
    source = UnicodeAttribute()
    form = UnicodeAttribute()
    amount = Whole(null=True)
    words = UnicodeAttribute(null=True)
    assignee = UnicodeAttribute(null=True)
    at_deadline = UnicodeAttribute()
    status = UnicodeAttribute()
    outcome = UnicodeAttribute(null=True)
    credited = Whole(null=True)
    credit_note = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    task = UnicodeAttribute(null=True)
    warned = BooleanAttribute(null=True)
    held_on = BooleanAttribute(null=True)
    ended_at = Instant(null=True)
    request = UnicodeAttribute(null=True)
