"""A world that writes down what happens, in the customer's local time, as a table to read.

    Mon 12 Jan 09:00  email  notice_upcoming  R-1, R-2  150.00 EUR
    Tue 20 Jan 11:00  paid   R-1              60.00 EUR, 40.00 EUR left

`expect(table)` compares all that was told with a table, `expect_messages(table)` what reached
out to the customer or to a person, and what a person did. Columns are separated by two spaces or
more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from chalicelib.domain import ids
from chalicelib.domain.case import Case, CaseStatus, Outcome
from chalicelib.domain.charge import Charge
from chalicelib.domain.communication import Communication, CommunicationStatus, Task, TaskStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.decisions import Reason
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money, currency
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.service import Service
from chalicelib.ports.storage import Record
from chalicelib.services.sweep import sweep, sweep_shard
from tests.fakes.messages import amount
from tests.world import World

MESSAGES = frozenset({"email", "sms", "letter", "task", "done"})
UNTOLD = frozenset({Outcome.SENT, Outcome.ACTED, Outcome.CAPTURED, Outcome.FAILED})
Cells = tuple[str, ...]


class Story(World):
    """A world in which everything that is committed is told."""

    def __init__(self, *args: Any, **facts: Any) -> None:
        super().__init__(*args, **facts)
        self.lines: list[Cells] = []
        self.ledger.on_change.append(self._tell)

    def expect(self, table: str) -> None:
        """Compare everything told with a table."""
        assert self.lines == _cells(table), "\n" + self.table()

    def expect_messages(self, table: str) -> None:
        """Compare messages and tasks with a table."""
        told = [line for line in self.lines if line[1] in MESSAGES]
        assert told == _cells(table), "\n" + self.table()

    def sweep_and_lose(self) -> None:
        """Sweep, and let what was handed over get lost in the queues."""
        sweep(self.ports)
        for message in self.queues.drain("sweep"):
            sweep_shard(self.ports, message["partition"])
        for queue in ("email", "sms", "letter", "action"):
            self.queues.drain(queue)

    def table(self) -> str:
        """Write down all that was told."""
        return "\n".join("  ".join(line) for line in self.lines)

    def _tell(self, before: Record | None, after: Record) -> None:
        at = self._local(after)
        self.lines.extend((at, *cells) for cells in self._told(before, after))

    def _local(self, record: Record) -> str:
        if record.id.startswith("clock_"):
            return ""
        owner = record.id if isinstance(record, Customer) else ids.owner_of(record.id)
        customer = self.ledger.customer(record.tenant, owner)
        assert customer is not None
        now: datetime = self.now()
        return f"{now.astimezone(ZoneInfo(customer.timezone)):%a %d %b %H:%M}"

    def _told(self, before: Record | None, after: Record) -> Iterator[Cells]:
        match after:
            case Communication():
                yield from self._communication(before, after)
            case Task() if after.status is TaskStatus.OPEN:
                if before is None:
                    named = f"{after.do}: {after.step}"
                    yield "task", named, self._number(after.case_id), _why(after)
            case Task():
                yield "done", after.step, self._number(after.case_id), after.outcome or ""
            case Promise() | PaymentPlan() | Dispute() | Service():
                yield from self._pausing(before, after)
            case Invoice():
                yield from _invoice(before if isinstance(before, Invoice) else None, after)
            case Charge():
                of = self.ledger.invoice(after.tenant, after.invoice_id)
                assert of is not None
                total = f"{_of(of, of.charges)} in all"
                yield after.kind.value, of.number, _of(of, after.amount), total
            case Case():
                yield from _case(before if isinstance(before, Case) else None, after)
            case Customer():
                yield from _customer(before if isinstance(before, Customer) else None, after)

    def _pausing(
        self, before: Record | None, after: Promise | PaymentPlan | Dispute | Service
    ) -> Iterator[Cells]:
        if isinstance(after, Service):
            return _service(before if isinstance(before, Service) else None, after)
        if isinstance(after, Promise):
            return self._promise(before if isinstance(before, Promise) else None, after)
        if isinstance(after, PaymentPlan):
            return self._plan(before if isinstance(before, PaymentPlan) else None, after)
        known = before if isinstance(before, Dispute) else None
        return _dispute(known, after, self._number(_case_of(after)))

    def _communication(self, before: Record | None, after: Communication) -> Iterator[Cells]:
        if after.about:  # it is logged just before it leaves
            if after.status is not CommunicationStatus.UNCONFIRMED:
                yield after.channel, after.template, after.status.value
            return
        numbers = ", ".join(sorted(self._number(case_id) for case_id in after.cases))
        status = after.status.value + (f": {after.reason}" if after.reason else "")
        if not after.parts:  # a customer's own message, or the answer to it
            yield after.channel if before is None else "log", after.template, status
        elif before is None:
            owed = " + ".join(_money(each, code) for code, each in after.amounts.items()) or "?"
            cells = (after.channel, after.template, numbers, owed)
            yield cells if after.status in {"sent", "captured"} else (*cells, status)
        else:
            yield "log", after.template, numbers, status

    def _promise(self, before: Promise | None, after: Promise) -> Iterator[Cells]:
        numbers = ", ".join(
            sorted(self._number(ids.sibling(each, ids.CASE)) for each in after.invoices)
        )
        if before is None or before.status is not after.status or before.kept != after.kept:
            code = after.currency.code
            told = after.status.value if after.ended_at or not before else f"{after.kept} kept"
            of = f"{_money(after.received, code)} of {_money(after.amount, code)}"
            yield "promise", numbers, told, of

    def _plan(self, before: PaymentPlan | None, after: PaymentPlan) -> Iterator[Cells]:
        cases = (self._number(ids.sibling(each, ids.CASE)) for each in after.invoices)
        counts = f"{after.paid} paid, {after.missed} missed"
        if before is None or (before.status, before.paid, before.missed) != (
            after.status,
            after.paid,
            after.missed,
        ):
            told = after.status.value if after.ended_at or not before else counts
            code = after.currency.code
            of = f"{_money(after.received, code)} of {_money(after.planned, code)}"
            yield "plan", ", ".join(sorted(cases)), told, of

    def _number(self, case_id: str) -> str:
        case = self.ledger.case(self.tenant, case_id)
        assert case is not None
        return case.number


def _invoice(before: Invoice | None, after: Invoice) -> Iterator[Cells]:
    if before is None:
        due = f"due {after.due_date:%a %d %b}"
        yield "posted", after.number, _of(after, after.amount), due
        return
    left = f"{_of(after, after.remaining)} left"
    for name in ("paid", "credited", "written_off"):
        if (moved := getattr(after, name) - getattr(before, name)) != 0:
            yield name, after.number, _of(after, moved), left


def _case(before: Case | None, after: Case) -> Iterator[Cells]:
    old_status = before.status if before else CaseStatus.OPEN
    if old_status is not after.status:
        closed = after.status is CaseStatus.CLOSED
        yield "case", after.number, f"closed: {after.closed_reason}" if closed else "reopened"
    old_pauses = before.pauses if before else ()
    for pause in after.pauses:
        if pause.kind not in {each.kind for each in old_pauses}:
            yield "paused", after.number, pause.kind.value
    for pause in old_pauses:
        if pause.kind not in {each.kind for each in after.pauses}:
            yield "resumed", after.number, pause.kind.value
    for step, result in after.results.items():
        if result.outcome not in UNTOLD and (before is None or before.results.get(step) != result):
            yield result.outcome.value, step, after.number, str(result.reason)


def _customer(before: Customer | None, after: Customer) -> Iterator[Cells]:
    old_credit = before.credit if before else {}
    for code in sorted({*old_credit, *after.credit}):
        if after.credit.get(code, 0) != old_credit.get(code, 0):
            yield "credit", _money(after.credit.get(code, 0), code)
    for address in after.suppressed.keys() - (before.suppressed.keys() if before else set()):
        yield "stopped", address, after.suppressed[address].value


def _case_of(dispute: Dispute) -> str:
    return ids.sibling(dispute.invoice_id, ids.CASE)


def _dispute(before: Dispute | None, after: Dispute, number: str) -> Iterator[Cells]:
    if before is None:
        amount = "all" if after.amount is None else _money(after.amount, after.currency.code)
        yield "dispute", number, amount, f"until {after.deadline:%a %d %b}"
        return
    if before.deadline != after.deadline:
        yield "dispute", number, f"until {after.deadline:%a %d %b}"
    if before.status is not after.status:
        yield "dispute", number, after.outcome or after.status


def _service(before: Service | None, after: Service) -> Iterator[Cells]:
    named = f"{after.number}. {after.action}"
    if before is None or before.asked_at != after.asked_at:
        yield "service", named, "asked" if after.asked == 1 else "asked again"
    elif before.status is not after.status:
        yield "service", named, after.status


def _why(task: Task) -> str:
    return task.reason if task.reason in set(Reason) else "…"


def _of(invoice: Invoice, minor: int) -> str:
    return amount(Money(minor, invoice.currency))


def _money(minor: int, code: str) -> str:
    return amount(Money(minor, currency(code)))


def _cells(table: str) -> list[Cells]:
    lines = [line.strip() for line in table.strip().splitlines()]
    return [tuple(re.split(r" {2,}", line)) for line in lines if line]
