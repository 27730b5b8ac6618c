"""Runs a plan against a stack: posts, pays and kills workers, all at the same time.

What the driver notes (which ids were answered, when a payment was taken) is what a billing system
and Stripe would know. The examination compares it with what is stored.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any

from tqdm import tqdm

from local.creditor import Credentials
from local.layout import Layout
from local.progress import interval
from tests.soak.killer import Killer
from tests.soak.plan import Notice, Plan, PlannedInvoice, Transfer, invoice_body, transfer_body
from tests.soak.senders import FOR_THE_MOMENT, Billing, GivenUpError, Stripe, Wire

BATCH = 25
POSTERS, PAYERS = 2, 3
POSTS_OF_A_BATCH = 10


@dataclass(slots=True)
class Notes:
    """What was answered. `taken` is when the payment or event of that name was first taken."""

    invoices: dict[str, dict[str, Any]] = field(default_factory=dict)
    taken: dict[str, float] = field(default_factory=dict)
    deliveries: int = 0
    killed: Counter[str] = field(default_factory=Counter)
    answers: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)


class Driver:
    """Carries a plan out. `between` is the least and most time from one kill to the next."""

    def __init__(
        self,
        layout: Layout,
        credentials: Credentials,
        webhook_secret: str,
        plan: Plan,
        *,
        seed: int,
        between: tuple[float, float] = (2.0, 5.0),
    ) -> None:
        self.notes = Notes()
        self._plan = plan
        self._wire = Wire(layout.api_url)
        self._billing = Billing(self._wire, credentials.api_key)
        self._stripe = Stripe(self._wire, webhook_secret, credentials.creditor_id)
        self._sequence = credentials.at_once
        self._killer = Killer(layout, seed=seed, between=between)
        self._pool = _Pool(Random(seed))

    def run(self) -> Notes:
        """Do everything; raises what a billing system or Stripe would ring somebody up for."""
        began = time.monotonic()
        with self._killer, ThreadPoolExecutor(POSTERS + PAYERS) as threads:
            paying = [threads.submit(self._pay, number) for number in range(PAYERS)]
            posting = [threads.submit(self._post, batch) for batch in self._batches()]
            try:
                _each(posting, "posting", BATCH, len(self._plan.invoices))
                self.notes.seconds["posting"] = time.monotonic() - began
            finally:
                self._pool.close()
            for each in paying:
                each.result()
        self.notes.seconds["all requests"] = time.monotonic() - began
        self.notes.killed, self.notes.answers = self._killer.killed, self._wire.answers
        return self.notes

    def _batches(self) -> list[list[PlannedInvoice]]:
        rows = self._plan.invoices
        return [rows[start : start + BATCH] for start in range(0, len(rows), BATCH)]

    def _post(self, rows: list[PlannedInvoice]) -> None:
        """Post a batch, and what of it was refused for the moment again."""
        today = datetime.now(UTC).date()
        left = rows
        for attempt in range(POSTS_OF_A_BATCH):
            bodies = [invoice_body(each, today, self._sequence) for each in left]
            once = f"batch-{rows[0].number}-{attempt}"
            answer = self._billing.post("/v1/invoices/batch", {"invoices": bodies}, once=once)
            again = []
            for row, item in zip(left, answer["data"], strict=True):
                if "invoice" in item:
                    self._accepted(item["invoice"])
                elif item["error"]["code"] in FOR_THE_MOMENT:
                    again.append(row)
                else:
                    raise GivenUpError(f"{row.number}: {item['error']}")
            if not again:
                return
            left = again
        raise GivenUpError(f"{len(left)} invoices were never taken")

    def _accepted(self, invoice: dict[str, Any]) -> None:
        number = invoice["number"]
        self.notes.invoices[number] = invoice
        self._pool.add(self._plan.notices.get(number, ()))
        if transfer := self._plan.transfers.get(number):
            self._pool.add([transfer])

    def _pay(self, number: int) -> None:
        total = sum(map(len, self._plan.notices.values())) + len(self._plan.transfers)
        bar = tqdm(
            desc="paying",
            total=total,
            unit="",
            leave=False,
            mininterval=interval(),
            disable=number > 0,
            position=1,
        )
        with bar:
            while (due := self._pool.take()) is not None:
                self._pay_one(due)
                bar.update(self._pool.taken - bar.n)

    def _pay_one(self, due: Notice | Transfer) -> None:
        invoice = self.notes.invoices[due.number]
        if isinstance(due, Transfer):
            path = f"/v1/invoices/{invoice['id']}/payments"
            body = transfer_body(due, invoice["currency"])
            self._billing.post(path, body, once=due.reference)
            self.notes.taken.setdefault(due.reference, time.time())
            return
        self._stripe.deliver(due, invoice)
        self._pool.count()
        if due.kind == "succeeded":
            self.notes.taken.setdefault(due.reference, time.time())
        self.notes.deliveries = self._pool.delivered


class _Pool:
    """What is still to be paid, taken in random order; closed once no more will come."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._due: list[Notice | Transfer] = []
        self._changed = threading.Condition()
        self._closed = False
        self.taken = 0
        self.delivered = 0

    def add(self, more: Iterable[Notice | Transfer]) -> None:
        with self._changed:
            self._due.extend(more)
            self._changed.notify_all()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def take(self) -> Notice | Transfer | None:
        """Return one of them, waiting for it; None when all are taken."""
        with self._changed:
            while not self._due:
                if self._closed:
                    return None
                self._changed.wait()
            chosen = self._chance.randrange(len(self._due))
            self._due[chosen], self._due[-1] = self._due[-1], self._due[chosen]
            self.taken += 1
            return self._due.pop()

    def count(self) -> None:
        with self._changed:
            self.delivered += 1


def _each(tasks: list[Future[None]], title: str, of: int, total: int) -> None:
    """Wait for all tasks, with a bar; each stands for `of` things."""
    with tqdm(desc=title, total=total, unit="", leave=False, mininterval=interval()) as bar:
        for task in as_completed(tasks):
            task.result()
            bar.update(min(of, total - bar.n))
