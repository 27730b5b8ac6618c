"""Customers who object, and the office that decides on it, late, or never."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.invoice import Invoice
from tests.simulation.client import Client
from tests.simulation.payers import How
from tests.simulation.scene import Choice

if TYPE_CHECKING:
    from tests.simulation.life import Life


class Objectors:
    """The part of `People` that disputes invoices."""

    _life: Life
    _random: Random
    client: Client
    clock: str | None

    def left(self, invoice: Invoice) -> int:
        raise NotImplementedError

    def dispute(self, invoice: Invoice, how: How) -> None:
        """Dispute all of an invoice or a part, or deduct from what was paid."""
        customer = self._life.ledger.customer(invoice.tenant, invoice.customer_id)
        words = f"{customer.name if customer else 'Somebody'} says that two boxes were broken."
        document: dict[str, Any] = {
            "invoice": invoice.id,
            "reason": "damaged",
            "words": words,
            "source": "email",
            "at_deadline": how["at_deadline"],
            "confirm": bool(how["confirmed"]),
        }
        if how["deduction"]:
            document["kind"] = "deduction"
        elif how["of"]:
            part = max(1, self.left(invoice) // int(how["of"]))
            document |= {"amount": part, "currency": invoice.currency.code}
        if self.clock is None:  # a test clock's days are others
            document["deadline"] = self._day(float(how["days"] or 0))
        told = self.client.post(f"dispute {invoice.number}", "/v1/disputes", document)
        if told:
            self._see_to(told["id"], how)

    def _see_to(self, dispute: str, how: How) -> None:
        scheduler, path = self._life.scheduler, f"/v1/disputes/{dispute}"
        if (wait := how["extended_after"]) is not None and self.clock is None:
            body = {"deadline": self._day(float(how["days"] or 0) + 12)}
            scheduler.after(float(wait), partial(self._post_to, f"{path}/extend", body))
        if (wait := how["assigned_after"]) is not None:
            body = {"assignee": "ana@creditor.example"}
            scheduler.after(float(wait), partial(self._post_to, f"{path}/assign", body))
        if (wait := how["decided_after"]) is not None:
            scheduler.after(float(wait), partial(self._decide, path, str(how["outcome"])))

    def _decide(self, path: str, outcome: str) -> None:
        """Decide by what the dispute says; a part is some of what is disputed."""
        shown = self.client.get(path)
        if shown is None:
            return
        body: dict[str, Any] = {"outcome": outcome, "note": "looked into", "confirm": True}
        if outcome == "partly_accepted":
            body |= {"credit": max(1, (shown["amount"] or 200) // 2), "currency": shown["currency"]}
        self._post_to(f"{path}/resolve", body)

    def _post_to(self, path: str, body: dict[str, Any]) -> None:
        self.client.post(f"{path.rpartition('/')[2]} {path.split('/')[3]}", path, body)

    def _day(self, days: float) -> str:
        return (self._life.scheduler.now() + timedelta(days=days)).date().isoformat()


def objection(random: Random) -> dict[str, Choice]:
    """Draw what a customer disputes, for how long, and when somebody decides on it, if ever."""
    outcomes = ("accepted", "partly_accepted", "rejected", "withdrawn")

    def later(share: float) -> float | None:
        wait = random.choice((random.uniform(1, 90), random.uniform(3600, 25 * 86400)))
        return wait if random.random() < share else None

    return {
        "of": random.choice((None, 1, 2, 3, 5)),
        "deduction": int(random.random() < 0.2),
        "days": random.uniform(1, 20),
        "at_deadline": random.choice(("resume", "hold_for_person")),
        "assigned_after": later(0.3),
        "extended_after": later(0.3),
        "decided_after": later(0.6),
        "outcome": random.choice(outcomes),
        "confirmed": int(random.random() < 0.5),
    }
