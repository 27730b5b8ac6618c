"""Credit managers: they change segments, assign open cases anew, and overrule the rules."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.invoice import Invoice
from tests.simulation.client import Client
from tests.simulation.payers import How
from tests.simulation.scene import Choice, Party

if TYPE_CHECKING:
    from tests.simulation.life import Life

CONDITIONS: tuple[Any, ...] = (
    {"fact": "amount", "currency": "eur", "gte": 300_00},
    {"fact": "balance", "currency": "jpy", "gt": 1},
    {"fact": "days_overdue", "gte": 6},
    {"fact": "country", "in": ["DE", "NZ"]},
    {"not": {"fact": "currency", "in": ["jpy"]}},
    {"any": [{"fact": "share_paid_late", "gt": 50}, {"fact": "tags", "in": ["late"]}]},
    {"all": [{"fact": "paid_invoices", "gte": 1}, {"fact": "average_days_late", "lt": 9}]},
)
SEQUENCES = ("seq_default", "seq_other")
SEGMENTS = "/v1/segments"


def a_segment(random: Random) -> dict[str, Choice]:
    """Draw a rule, and whether open cases follow it at once."""
    return {
        "what": random.choice(("create", "create", "change", "delete")),
        "rank": random.randint(1, 3),
        "condition": random.randrange(len(CONDITIONS)),
        "to": random.choice(SEQUENCES),
        "assign": int(random.random() < 0.7),
    }


class Strategists:
    """The part of `People` that decides which sequence is followed."""

    _life: Life
    client: Client
    party: Party

    def segment(self, _invoice: Invoice, how: How) -> None:
        """Make a segment, or change or delete one that is there."""
        known = self._life.ledger.segments(self.party.tenant)
        document = {
            "name": "Drawn",
            "rank": how["rank"],
            "condition": CONDITIONS[int(how["condition"] or 0)],
            "sequence": how["to"],
        }
        path = f"{SEGMENTS}/{known[0].id}" if known else SEGMENTS
        if known and how["what"] == "delete":
            self.client.delete("delete a segment", path, admin=True)
        elif known and how["what"] == "change":
            self.client.put("change a segment", path, document, admin=True)
        else:
            self.client.post("a segment", SEGMENTS, document, admin=True)
        if how["assign"]:
            self.client.post("assign", f"{SEGMENTS}/assign", admin=True)

    def overrule_customer(self, invoice: Invoice, how: How) -> None:
        """Give a customer a sequence, or take it back."""
        path = f"/v1/customers/{invoice.customer_id}/sequence"
        self._overrule(f"the customer of {invoice.number}", path, how)

    def overrule_invoice(self, invoice: Invoice, how: How) -> None:
        """Give an invoice a sequence, or take it back."""
        self._overrule(invoice.number, f"/v1/invoices/{invoice.id}/sequence", how)

    def tag(self, invoice: Invoice, _how: How) -> None:
        """Say of a customer what segments ask for."""
        facts = {"tags": ["late"], "risk_grade": "D", "credit_limit": {"eur": 100_00}}
        self.client.patch("a tag", f"/v1/customers/{invoice.customer_id}", facts)

    def _overrule(self, whom: str, path: str, how: How) -> None:
        if how["back"]:
            self.client.delete(f"{whom} is under the segments again", path)
        else:
            document = {"sequence": how["to"], "reason": "a credit manager decided so"}
            self.client.put(f"{whom} follows {how['to']}", path, document)
