"""Lists, newest first, both ways. They are not strongly consistent.

A list is one strand of the list index or of a customer's partition, or several merged by time
(the invoices of all statuses). The list index holds keys only, so that a change that keeps a
record on its list costs nothing there; the records are fetched in one batch.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.case import Case, CaseStatus
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import InvoiceStatus
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Cursor, Page
from chalicelib.storage import keys
from chalicelib.storage.feed import feed_page, timeline_page
from chalicelib.storage.items import Item
from chalicelib.storage.keys import Key
from chalicelib.storage.making_out import item_of
from chalicelib.storage.mapping import from_record
from chalicelib.storage.strands import Strand, page_of, walk
from chalicelib.storage.table import Table

T = TypeVar("T")
PLACES = (True, False)
"""Where a case may be: in the working file, while it is unfinished, or in the archive."""
Kept = TypeVar("Kept", Payment, CreditNote, Charge, Task)


class Lists:
    """The lists of the Ledger port on DynamoDB."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def customers_page(self, tenant: Tenant, cursor: Cursor) -> Page[Customer]:
        strands = [Strand(keys.new_list(tenant, ids.CUSTOMER))]
        found = self._listed(strands, cursor, ids.CUSTOMER)
        at = [Key(key.pk, keys.CUSTOMER) for key in found.data]
        customers = self._records(Customer, at, consistent=False)
        return Page(tuple(customers), found.has_more)

    def cases_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        status: str | None = None,
        customer_id: str | None = None,
    ) -> Page[Case]:
        if customer_id is not None:
            partition = keys.partition(tenant, customer_id)
            places = (keys.UNFINISHED_CASE, keys.FINISHED_CASE)
            strands = [Strand(partition, each) for each in places]
            return self._of_customer(Case, strands, cursor, ids.CASE, status)
        # A case is open as long as its invoice is, so the list of invoices serves for both.
        strands = [
            Strand(keys.invoices_list(tenant, each))
            for each in InvoiceStatus
            if status in {None, _case_status(each)}
        ]
        found = self._listed(strands, cursor, ids.CASE)
        wanted = [keys.identifier(ids.CASE, key) for key in found.data]
        cases = self._cases(tenant, wanted, consistent=False)
        in_order = [cases[each] for each in wanted if each in cases]
        return Page(of_status(in_order, status), found.has_more)

    def payments_of(self, tenant: Tenant, customer_id: str) -> tuple[Payment, ...]:
        return self._all(Payment, keys.partition(tenant, customer_id), keys.PAYMENT)

    def credit_notes_of(self, tenant: Tenant, customer_id: str) -> tuple[CreditNote, ...]:
        return self._all(CreditNote, keys.partition(tenant, customer_id), keys.CREDIT_NOTE)

    def charges_of(self, tenant: Tenant, customer_id: str) -> tuple[Charge, ...]:
        return self._all(Charge, keys.partition(tenant, customer_id), keys.CHARGE, consistent=True)

    def tasks_of(self, tenant: Tenant, customer_id: str) -> tuple[Task, ...]:
        return self._all(Task, keys.partition(tenant, customer_id), keys.TASK)

    def communications_page(
        self, tenant: Tenant, cursor: Cursor, *, customer_id: str | None = None
    ) -> Page[Communication]:
        if customer_id is not None:
            strands = [Strand(keys.partition(tenant, customer_id), keys.COMMUNICATION)]
            return self._of_customer(Communication, strands, cursor, ids.COMMUNICATION, None)
        strands = [Strand(keys.new_list(tenant, ids.COMMUNICATION))]
        found = self._listed(strands, cursor, ids.COMMUNICATION)
        wanted = [keys.identifier(ids.COMMUNICATION, key) for key in found.data]
        at = [keys.child(tenant, ids.COMMUNICATION, each) for each in wanted]
        communications = self._records(Communication, at, consistent=False)
        return Page(tuple(communications), found.has_more)

    def events_page(
        self,
        tenant: Tenant,
        cursor: Cursor,
        *,
        customer_id: str | None = None,
        of_type: str | None = None,
    ) -> Page[Event]:
        if customer_id is not None:
            return timeline_page(self._table, tenant, customer_id, cursor, of_type)
        return feed_page(self._table, tenant, cursor, of_type)

    def _records(self, kind: type[T], wanted: Sequence[Key], *, consistent: bool) -> list[T]:
        """Return the records at the keys, in their order; those that don't exist are left out."""
        items = self._table.get_many(wanted, consistent=consistent)
        records = [from_record(items[key]) for key in wanted if key in items]
        return [each for each in records if isinstance(each, kind)]

    def _cases(self, tenant: Tenant, wanted: Sequence[str], *, consistent: bool) -> dict[str, Case]:
        """Return cases from wherever they are.

        A case that moves between the two reads of a batch may be seen in neither place, or in
        both: then the second look finds it, or its higher version counts.
        """
        found: dict[str, Case] = {}
        for _ in range(2):
            missing = [each for each in wanted if each not in found]
            at = [keys.case(tenant, each, unfinished=place) for each in missing for place in PLACES]
            for case in self._records(Case, at, consistent=consistent):
                if case.id not in found or found[case.id].version < case.version:
                    found[case.id] = case
        return found

    def _listed(self, strands: Sequence[Strand], cursor: Cursor, prefix: str) -> Page[Key]:
        beyond = cursor.before or cursor.after
        bound = keys.position(prefix, beyond) if beyond else None
        walked = walk(self._table, strands, cursor, bound)
        return page_of(
            (Key(raw[keys.PARTITION]["S"], raw[keys.SORT]["S"]) for raw in walked), cursor
        )

    def _of_customer(
        self,
        kind: type[T],
        strands: Sequence[Strand],
        cursor: Cursor,
        prefix: str,
        status: str | None,
    ) -> Page[T]:
        walked = walk(self._table, strands, cursor, _own(prefix, cursor))
        records = (from_record(item_of(raw)) for raw in walked)
        of_kind = (each for each in records if isinstance(each, kind))
        return page_of((each for each in of_kind if has_status(each, status)), cursor)

    def _all(
        self, kind: type[Kept], partition: str, prefix: str, *, consistent: bool = False
    ) -> tuple[Kept, ...]:
        raws = self._table.query(partition, Item.sk.startswith(prefix), consistent=consistent)
        records = [from_record(item_of(raw)) for raw in raws]
        of_kind = [each for each in records if isinstance(each, kind)]
        return tuple(sorted(of_kind, key=lambda each: (each.created_at, each.id)))


def _own(prefix: str, cursor: Cursor) -> str | None:
    beyond = cursor.before or cursor.after
    return ids.parse(prefix, beyond).own if beyond else None


def of_status(records: Iterable[T], status: str | None) -> tuple[T, ...]:
    """Return the records without those that the index doesn't know to have moved on."""
    return tuple(each for each in records if has_status(each, status))


def has_status(record: object, status: str | None) -> bool:
    """Say whether a record has that status (None: any)."""
    return status is None or getattr(record, "status", None) == status


def _case_status(status: InvoiceStatus) -> CaseStatus:
    return CaseStatus.OPEN if status is InvoiceStatus.OPEN else CaseStatus.CLOSED
