"""What items have in common."""

from __future__ import annotations

from pynamodb.attributes import DiscriminatorAttribute, UnicodeAttribute
from pynamodb.models import Model

from chalicelib.storage import keys
from chalicelib.storage.attributes import Instant, Whole


class Item(Model):
    """What every item has."""

    pk = UnicodeAttribute(hash_key=True, attr_name=keys.PARTITION)
    sk = UnicodeAttribute(range_key=True, attr_name=keys.SORT)
    kind = DiscriminatorAttribute(attr_name="kind")

    @property
    def key(self) -> keys.Key:
        """The item's primary key."""
        return keys.Key(self.pk, self.sk)


class RecordItem(Item):
    """What every record has. `nonce` tells one's own write from another's equal one."""

    version = Whole(attr_name="ver")
    by = UnicodeAttribute()
    why = UnicodeAttribute()
    at = Instant(null=True)
    nonce = UnicodeAttribute(null=True)


class ListedItem(Item):
    """What the list index needs."""

    list_pk = UnicodeAttribute(attr_name=keys.LIST_PARTITION)
    list_sk = UnicodeAttribute(attr_name=keys.LIST_SORT)
