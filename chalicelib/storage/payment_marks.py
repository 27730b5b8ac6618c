"""Up to when each tenant's payments are known: an item per tenant, all in one partition.

So one query lists whom to ask about. Reminders read a tenant's mark, which is kept for a minute.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition

from chalicelib.domain.tenant import Tenant, tenant_of
from chalicelib.ports.kept import Kept
from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.ports.world import Clock
from chalicelib.storage import configuration_keys
from chalicelib.storage.conditions import ConditionFailedError
from chalicelib.storage.items import Item, PaymentMarkItem
from chalicelib.storage.table import Table

MARK_KEPT_FOR = timedelta(minutes=1)


class TablePaymentMarks:
    """The PaymentMarks port on DynamoDB. `clock` is the wall clock, by which marks age."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._kept: Kept[Tenant, datetime | None] = Kept(clock, MARK_KEPT_FOR)

    def begin(self, tenant: Tenant, since: datetime | None = None) -> None:
        is_new = PaymentMarkItem.pk.does_not_exist()
        try:
            self._table.put(_item(PaymentMark(tenant, since=since)), is_new)
        except ConditionFailedError:
            return  # it is listed already

    def all(self) -> tuple[PaymentMark, ...]:
        found = (
            Item.from_raw_data(raw)
            for raw in self._table.query(configuration_keys.PAYMENT_MARKS, None)
        )
        return tuple(_mark(item) for item in found if isinstance(item, PaymentMarkItem))

    def get(self, tenant: Tenant) -> PaymentMark | None:
        item = self._table.get(configuration_keys.payment_mark(tenant))
        return _mark(item) if isinstance(item, PaymentMarkItem) else None

    def certain_until(self, tenant: Tenant) -> datetime | None:
        return self._kept.get(tenant, lambda: self._certain_until(tenant))

    def move(self, mark: PaymentMark, to: PaymentMark) -> bool:
        known_as_read = _still(PaymentMarkItem.known_until, mark.known_until)
        again_as_read = _still(PaymentMarkItem.read_again_until, mark.read_again_until)
        passed_as_read = _still(PaymentMarkItem.passed, mark.passed)
        since_as_read = _still(PaymentMarkItem.since, mark.since)
        as_read = known_as_read & again_as_read & passed_as_read & since_as_read
        try:
            self._table.put(_item(to), as_read)
        except ConditionFailedError:
            return False
        return True

    def _certain_until(self, tenant: Tenant) -> datetime | None:
        mark = self.get(tenant)
        return mark.certain_until if mark else None


def _mark(item: PaymentMarkItem) -> PaymentMark:
    return PaymentMark(
        tenant=tenant_of(item.sk),
        known_until=item.known_until,
        read_again_until=item.read_again_until,
        passed=item.passed or (),
        since=item.since,
    )


def _still(attribute: Attribute[Any], value: object) -> Condition:
    """Return that an attribute is as it was read; what is empty isn't stored."""
    return attribute == value if value else attribute.does_not_exist()


def _item(mark: PaymentMark) -> PaymentMarkItem:
    key = configuration_keys.payment_mark(mark.tenant)
    return PaymentMarkItem(
        pk=key.pk,
        sk=key.sk,
        known_until=mark.known_until,
        read_again_until=mark.read_again_until,
        passed=mark.passed or None,
        since=mark.since,
    )
