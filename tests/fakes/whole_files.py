"""What is stored of one customer, put together in memory."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, Task
from chalicelib.domain.customer import Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.whole_file import FiledRecord, WholeFile
from chalicelib.ports.filed import Filed, Unreadable, UnreadableRecordError
from chalicelib.ports.storage import Record

R = TypeVar("R", bound=Record)


ORDER = (
    ids.CASE,
    ids.CHARGE,
    ids.COMMUNICATION,
    ids.CREDIT_NOTE,
    ids.DISPUTE,
    ids.EVENT,
    ids.CUSTOMER,
    ids.INVOICE,
)
"""Kinds in the order of the table; those that aren't named come after."""


class InMemoryWholeFiles:
    """The part of the ledger that reads what one customer has, and what was told of it."""

    _partitions: dict[tuple[str, str], dict[str, Record]]
    _files: dict[tuple[str, str], dict[str, Case]]
    _events: dict[str, dict[str, Event]]

    def __init__(self) -> None:
        self.unreadable: set[str] = set()
        self._lost: dict[tuple[str, str], LostStretch] = {}

    def mark_lost(self, tenant: Tenant, customer_id: str, lost: LostStretch) -> None:
        known = self._lost.get((tenant.key, customer_id), lost)
        joined = LostStretch(min(known.since, lost.since), max(known.until, lost.until))
        self._lost[tenant.key, customer_id] = joined

    def unmark_lost(self, tenant: Tenant, customer_id: str) -> None:
        self._lost.pop((tenant.key, customer_id), None)

    def make_out(self, *identifiers: str) -> None:
        """Raise UnreadableRecordError where one of the records can't be made out."""
        if faulty := self.unreadable.intersection(identifiers):
            raise UnreadableRecordError(f"ValueError at {min(faulty)}")

    def tasks_of(self, tenant: Tenant, customer_id: str) -> tuple[Task, ...]:
        stored = self._partitions.get((tenant.key, customer_id), {}).values()
        tasks = [each for each in stored if isinstance(each, Task)]
        self.make_out(*(each.id for each in tasks))
        return tuple(sorted(tasks, key=lambda each: (each.created_at, each.id)))

    def due_cases(self, tenant: Tenant, customer_id: str, until: datetime) -> tuple[str, ...]:
        cases = self._files.get((tenant.key, customer_id), {})
        return tuple(
            key for key in sorted(cases) if (due_at := cases[key].due_at) and due_at <= until
        )

    def whole_file(self, tenant: Tenant, customer_id: str) -> WholeFile | None:
        stored = self._partitions.get((tenant.key, customer_id), {})
        self.make_out(*stored)
        customer = stored.get(customer_id)
        if not isinstance(customer, Customer):
            return None
        events = self._events.get(tenant.key, {}).values()

        def of(kind: type[R]) -> tuple[R, ...]:
            found = [each for each in stored.values() if isinstance(each, kind)]
            return tuple(sorted(found, key=lambda each: each.id))

        return WholeFile(
            customer=customer,
            cases=of(Case),
            invoices=of(Invoice),
            payments=of(Payment),
            credit_notes=of(CreditNote),
            charges=of(Charge),
            promises=of(Promise),
            payment_plans=of(PaymentPlan),
            communications=of(Communication),
            tasks=of(Task),
            disputes=of(Dispute),
            services=of(Service),
            told=frozenset(
                (event.type, event.object_id)
                for event in events
                if ids.owner_of(event.id) == customer_id
            ),
        )

    def told(self, events: Iterable[Event]) -> frozenset[str]:
        return frozenset(
            event.id for event in events if event.id in self._events.get(event.tenant.key, {})
        )

    def filed(
        self, tenant: Tenant, customer_id: str, *, after: str | None, limit: int
    ) -> tuple[Filed, ...]:
        stored = self._partitions.get((tenant.key, customer_id), {}).values()
        events = self._events.get(tenant.key, {}).values()
        own = [each for each in events if ids.owner_of(each.id) == customer_id]
        placed = {_position(each.id): each for each in (*stored, *own)}
        beyond = sorted(each for each in placed if after is None or each > after)
        return tuple(Filed(each, self._content(placed[each])) for each in beyond[:limit])

    def _content(self, record: FiledRecord | Event) -> FiledRecord | Event | Unreadable:
        return Unreadable("ValueError") if record.id in self.unreadable else record


def _position(identifier: str) -> str:
    prefix = identifier.partition("_")[0]
    return f"{ORDER.index(prefix) if prefix in ORDER else len(ORDER)} {identifier}"
