"""Creditors' own texts of messages: one item each, in the tenant's configuration.

For messages they are read all together, once a minute in each process, so what a reminder costs
doesn't depend on them. Whoever changes one reads and writes it alone, by compare-and-set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta

from pynamodb.expressions.operand import Path

from chalicelib.domain.event import Event
from chalicelib.domain.own_template import OwnTemplate, TemplateName, Words
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.kept import Kept
from chalicelib.ports.storage import WriteConflictError
from chalicelib.ports.world import Clock
from chalicelib.storage import keys
from chalicelib.storage.conditions import ConditionFailedError
from chalicelib.storage.items import Item, OwnTemplateItem
from chalicelib.storage.mapping.event import to_record
from chalicelib.storage.table import Delete, Put, Table

KEPT_FOR = timedelta(minutes=1)
MOST_KEPT = 500
"""Tenants whose texts a process keeps at once."""
TEMPLATE = "TEMPLATE#"


def key_of(tenant: Tenant, name: TemplateName) -> keys.Key:
    """Return the key of a text; they sort by channel, message and language."""
    sort = f"{TEMPLATE}{name.channel}#{name.message}#{name.locale}"
    return keys.Key(keys.configuration(tenant), sort)


class TableOwnTemplates:
    """The OwnTemplates port on DynamoDB. `clock` is the wall clock, by which texts age."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._texts: Kept[Tenant, tuple[OwnTemplate, ...]] = Kept(
            clock, KEPT_FOR, at_most=MOST_KEPT
        )

    def own_words(self, tenant: Tenant, channel: str, message: str) -> Mapping[str, Words]:
        kept = self._texts.get(tenant, lambda: tuple(self._read(tenant, consistent=False)))
        return {
            each.name.locale: each.words
            for each in kept
            if (each.name.channel, each.name.message) == (channel, message)
        }

    def own_template(self, tenant: Tenant, name: TemplateName) -> OwnTemplate | None:
        item = self._table.get(key_of(tenant, name))
        return item.body if isinstance(item, OwnTemplateItem) else None

    def own_templates(self, tenant: Tenant) -> tuple[OwnTemplate, ...]:
        return tuple(self._read(tenant, consistent=True))

    def save_own_template(self, tenant: Tenant, template: OwnTemplate, event: Event) -> None:
        key = key_of(tenant, template.name)
        item = OwnTemplateItem(pk=key.pk, sk=key.sk, body=template, version=template.version)
        absent = OwnTemplateItem.pk.does_not_exist()
        as_before = OwnTemplateItem.version == template.version - 1
        condition = absent if template.version == 1 else as_before
        self._change(tenant, template, [Put(item, condition), Put(to_record(event), None)], [])

    def drop_own_template(self, tenant: Tenant, template: OwnTemplate, event: Event) -> None:
        as_read = OwnTemplateItem.version == template.version
        gone = Delete(key_of(tenant, template.name), as_read)
        self._change(tenant, template, [Put(to_record(event), None)], [gone])

    def _change(
        self, tenant: Tenant, template: OwnTemplate, puts: list[Put], deletes: list[Delete]
    ) -> None:
        try:
            self._table.write(puts, deletes)
        except ConditionFailedError as lost:
            raise WriteConflictError(str(template.name)) from lost
        finally:
            self._texts.forget(tenant)

    def _read(self, tenant: Tenant, *, consistent: bool) -> Iterator[OwnTemplate]:
        begins = Path(keys.SORT).startswith(TEMPLATE)
        found = self._table.query(keys.configuration(tenant), begins, consistent=consistent)
        for raw in found:
            item = Item.from_raw_data(raw)
            if isinstance(item, OwnTemplateItem):
                yield item.body
