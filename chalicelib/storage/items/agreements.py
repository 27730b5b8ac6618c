"""The items of what was agreed with customers."""

from __future__ import annotations

from pydantic import TypeAdapter
from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from chalicelib.domain.payment_plan import Instalment
from chalicelib.domain.promise import PromisedDate
from chalicelib.storage.attributes import Instant, Structured, TextList, Whole
from chalicelib.storage.items.base import ListedItem, RecordItem


class PromiseItem(RecordItem, ListedItem, discriminator="promise"):
    """A promise. `covered` are compact lines, see mapping/promise.py."""

    currency = UnicodeAttribute()
    dates = Structured(TypeAdapter(tuple[PromisedDate, ...]))
    covered = TextList()
    source = UnicodeAttribute()
    until = Instant()
    created_at = Instant()
    grace_days = Whole()
    status = UnicodeAttribute()
    kept = Whole(null=True)
    received = Whole(null=True)
    ended_by = UnicodeAttribute(null=True)
    ended_at = Instant(null=True)
    taken_by = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    request = UnicodeAttribute(null=True)


class PaymentPlanItem(RecordItem, ListedItem, discriminator="payment_plan"):
    """A payment plan. `covered` are compact lines, see mapping/promise.py."""

    currency = UnicodeAttribute()
    planned = Whole()
    instalments = Structured(TypeAdapter(tuple[Instalment, ...]))
    covered = TextList()
    sequence = UnicodeAttribute()
    until = Instant()
    created_at = Instant()
    has_deposit = BooleanAttribute(null=True)
    fee = Whole(null=True)
    grace_days = Whole()
    broken_after = Whole()
    status = UnicodeAttribute()
    paid = Whole(null=True)
    over = Whole(null=True)
    received = Whole(null=True)
    ended_by = UnicodeAttribute(null=True)
    ended_at = Instant(null=True)
    replaces = UnicodeAttribute(null=True)
    taken_by = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    request = UnicodeAttribute(null=True)
