"""Clerks who work off tasks: they take them, put them off, and call."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.invoice import Invoice
from tests.endings import require
from tests.simulation.client import Client
from tests.simulation.owners import instant
from tests.simulation.payers import How
from tests.simulation.ranked import look_at_worklist

if TYPE_CHECKING:
    from tests.simulation.life import Life

RESULTS = ("reached", "no_answer", "wrong_number", "promised", "paid")


class Clerks:
    """The part of `People` that works off tasks."""

    _life: Life
    _random: Random
    client: Client

    def work_off(self, invoice: Invoice, how: How) -> None:
        """Take what is to be done about an invoice's customer, and do it or put it off."""
        if how["later"]:
            look_at_worklist(self.client, self._random, invoice.currency.code)
        records = list(self._life.ledger._records.values())
        mine = [each for each in records if isinstance(each, Task) and _is_open(each, invoice)]
        for task in mine:
            path = f"/v1/tasks/{task.id}"
            self.client.post(f"claim {task.step}", f"{path}/claim", {"assignee": "Krause"})
            if how["later"]:
                case = self._life.ledger.case(task.tenant, task.case_id)
                assert case is not None
                later = self._life.clocks.now_of(case) + timedelta(days=2)
                self.client.post(f"later {task.step}", f"{path}/snooze", {"until": instant(later)})
            elif task.do == "call":
                self._reads(task, path)
                body = self._result(invoice, str(how["result"]))
                self.client.post(f"called: {how['result']}", f"{path}/call", body)

    def _reads(self, task: Task, path: str) -> None:
        """Look at what a call needs: it isn't made without, unless it is over meanwhile."""
        shown = self.client.get(path)
        stored = self._life.ledger.task(task.tenant, task.id)
        if shown and stored and stored.status is TaskStatus.OPEN and shown["risk"]["owed"]:
            require(shown["call"] or self._is_erased(task), f"{task.id} lacks what a call needs")

    def _is_erased(self, task: Task) -> bool:
        customer = self._life.ledger.customer(task.tenant, task.customer_id)
        return customer is not None and customer.erasure is not None

    def _result(self, invoice: Invoice, result: str) -> dict[str, Any]:
        if result != "promised":
            return {"result": result}
        stored = self._life.ledger.invoice(invoice.tenant, invoice.id)
        case = self._life.ledger.case(invoice.tenant, invoice.case_id)
        assert stored is not None
        assert case is not None
        day = (self._life.clocks.now_of(case) + timedelta(days=9)).date()
        dates = [{"date": day.isoformat(), "amount": max(1, stored.remaining)}]
        return {"result": result, "dates": dates, "grace_days": 1}


def _is_open(task: Task, invoice: Invoice) -> bool:
    return task.status is TaskStatus.OPEN and task.case_id == invoice.case_id
