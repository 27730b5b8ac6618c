"""People of the creditor who tell of contacts that Dunlin didn't make, at once or days later."""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.invoice import Invoice
from tests.simulation.client import Client
from tests.simulation.owners import instant
from tests.simulation.payers import How
from tests.simulation.scene import Choice

if TYPE_CHECKING:
    from tests.simulation.life import Life

CHANNELS = ("email", "sms", "letter", "call", "call", "call")


class Tellers:
    """The part of `People` that tells of contacts."""

    _life: Life
    client: Client

    def contact(self, invoice: Invoice, how: How) -> None:
        """Tell of a contact with an invoice's customer."""
        case = self._life.ledger.case(invoice.tenant, invoice.case_id)
        if case is None:
            return
        inbound = bool(how["inbound"])
        document: dict[str, Any] = {
            "channel": how["channel"],
            "direction": "in" if inbound else "out",
            "conversation": bool(how["conversation"]),
        }
        if how["about"]:
            document["invoice"] = invoice.id
        if (ago := how["ago"]) is not None:
            at = self._life.clocks.now_of(case) - timedelta(days=float(ago))
            document["at"] = instant(at)
        path = f"/v1/customers/{invoice.customer_id}/contacts"
        self.client.post(f"contact about {invoice.number}", path, document)


def a_contact(random: Random) -> dict[str, Choice]:
    """Draw a contact: on which channel, in or out, about what, and how long ago."""
    channel = random.choice(CHANNELS)
    return {
        "channel": channel,
        "inbound": int(random.random() < 0.3),
        "conversation": int(channel == "call" and random.random() < 0.4),
        "about": int(random.random() < 0.6),
        "ago": random.uniform(0, 8) if random.random() < 0.4 else None,
    }
