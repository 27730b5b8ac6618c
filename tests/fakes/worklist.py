"""The worklist in memory."""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain import ids
from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.worklist import Place, View
from chalicelib.ports.storage import Cursor, Ledger, Page
from chalicelib.ports.worklist import RankedTask


class InMemoryWorklist:
    """Places by tenant, view and task; the tasks are the ledger's."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._places: dict[tuple[str, View, str], Place] = {}

    def places(self, tenant: Tenant, customer_id: str) -> tuple[Place, ...]:
        mine = [
            each
            for each in self._places.values()
            if (each.tenant, each.customer_id) == (tenant, customer_id)
        ]
        return tuple(sorted(mine, key=lambda each: (each.view, each.task_id)))

    def exchange(self, gone: Iterable[Place], new: Iterable[Place]) -> None:
        for place in new:
            self._places[place.tenant.key, place.view, place.task_id] = place
        for place in gone:
            self._places.pop((place.tenant.key, place.view, place.task_id), None)

    def page(
        self, tenant: Tenant, view: View, currency: str | None, cursor: Cursor
    ) -> Page[RankedTask] | None:
        listed = [
            each
            for each in self._places.values()
            if (each.tenant, each.view, each.currency) == (tenant, view, currency)
        ]
        listed.sort(key=_standing, reverse=True)
        names = [each.task_id for each in listed]
        if (beyond := cursor.before or cursor.after) and beyond not in names:
            return None
        if cursor.before:
            ahead = listed[: names.index(cursor.before)]
            chosen, has_more = ahead[-cursor.limit :], len(ahead) > cursor.limit
        else:
            behind = listed[names.index(cursor.after) + 1 :] if cursor.after else listed
            chosen, has_more = behind[: cursor.limit], len(behind) > cursor.limit
        found = [(self._ledger.task(tenant, each.task_id), each.risk) for each in chosen]
        still = [(task, risk) for task, risk in found if task and task.status is TaskStatus.OPEN]
        return Page(tuple(RankedTask(task, risk) for task, risk in still), has_more)


def _standing(place: Place) -> tuple[int, str, str]:
    address = ids.parse(ids.TASK, place.task_id)
    return place.rank, address.own, address.customer
