"""Where open tasks stand in the views of the worklist: a projection, which can be made anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from chalicelib.domain.communication import Task
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.value_at_risk import Risk
from chalicelib.domain.worklist import Place, View
from chalicelib.ports.storage import Cursor, Page


@dataclass(frozen=True, slots=True)
class RankedTask:
    """An open task, and the risk by which it was placed."""

    task: Task
    risk: Risk


class Worklist(Protocol):
    """The places of tasks. Nobody decides by them: they order what people look at."""

    def places(self, tenant: Tenant, customer_id: str) -> tuple[Place, ...]:
        """Return all places of a customer's tasks, by view and task; strong."""

    def exchange(self, gone: Iterable[Place], new: Iterable[Place]) -> None:
        """Put places, each over the one of its task in that view, and take away what is gone. Each
        is a write for itself; the same again changes nothing."""

    def page(
        self, tenant: Tenant, view: View, currency: str | None, cursor: Cursor
    ) -> Page[RankedTask] | None:
        """Return a page of a view, highest rank first; not strongly consistent.

        `currency` is the code of one, for views by currency only. None: the task of the cursor has
        no place in that list any more. Tasks that were done meanwhile are left out.
        """
