"""Holds one seed's life against I1 to I9: what is stored, what arrived, what the provider says.

The files and the endings are checked as the nightly job and the simulation check theirs. What only
shows outside is checked here: every message that really left, and every answer that was given.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from chalicelib.domain.communication import Communication
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.storage import Record
from chalicelib.services.nightly import check_customer
from tests.chaos.answers import answered
from tests.chaos.arrivals import Arrivals, PaidAt
from tests.endings import Ending, Paid, require
from tests.waiting import until

if TYPE_CHECKING:
    from tests.chaos.life import Life

HELD = frozenset(
    {"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"}
)
"""States of a dispute in which the money isn't the creditor's."""


class Checker:
    """Looks at everything that a life left behind."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.files: list[WholeFile] = life.files()
        self.records: list[Record] = [each for file in self.files for each in file.records]
        self.messages = self.in_own_words = 0

    def check(self) -> None:
        """Raise Violation for the first thing that doesn't hold."""
        for file in self.files:
            found = check_customer(self.life.ports, self.life.tenant, file.customer.id)
            require(not found, f"found at night: {found}")
        self._ending().check()
        self._nothing_waits()
        answered(self.life.people, self.life.plan, self.records)
        self._once()
        self._arrivals()
        self.life.endpoint.check(self.life.ports)

    def _ending(self) -> Ending:
        life = self.life
        sequences = {
            (case.tenant.key, *case.sequence): life.ports.configuration.sequence(
                life.tenant, *case.sequence
            )
            for file in self.files
            for case in file.cases
        }
        return Ending(tuple(self.records), sequences, life.stage.now(), self._paid())

    def _paid(self) -> list[Paid]:
        """Return what the provider's own books say that the creditor has."""
        people = self.life.people
        net: Counter[tuple[str, str]] = Counter()
        held = {
            each["charge"]: each["amount"]
            for each in people.listed("disputes")
            if each["status"] in HELD
        }
        for charge in people.listed("charges"):
            if charge["status"] == "succeeded":
                kept = charge["amount"] - charge["amount_refunded"] - held.get(charge["id"], 0)
                payer = charge["metadata"]["dunlin_customer"]
                net[payer, charge["payment_intent"]] += max(0, kept)
        return [Paid(payer, reference, kept) for (payer, reference), kept in net.items()]

    def _nothing_waits(self) -> None:
        """I3: the queues become empty between two sweeps, and nothing has failed for good."""
        stage = self.life.stage
        require(not self.life.put_off, f"I3: never answered: {self.life.put_off}")
        until(lambda: not stage.messages(), "I3: empty queues", between=0.5)
        require(not stage.messages(dead=True), "I3: dead letters are left after the redrive")

    def _arrivals(self) -> None:
        """I1, I2, I9: every message that really arrived, whatever the log says of it."""
        life = self.life
        arrivals = Arrivals(self._of(Communication), life.ports.links, life.tenant)
        phones = [file.customer.phone for file in self.files if file.customer.phone]
        for to in (f"chaos{life.seed}c", *(phone.removeprefix("+") for phone in phones)):
            for message in life.stage.mail(to):
                arrivals.look(message, life.stage.now())
        arrivals.all_that_was_sent()
        arrivals.know_payments(self._of(Payment), self._paid_at())
        for file in self.files:
            arrivals.keep_their_distance(file.customer, life.plan.sequence["min_gap_days"])
        self.messages, self.in_own_words = arrivals.count, arrivals.in_own_words

    def _paid_at(self) -> list[PaidAt]:
        """Return when customers paid, as far as it wasn't taken back before it was heard of."""
        return [
            PaidAt(
                charge["metadata"]["dunlin_customer"],
                charge["payment_intent"],
                datetime.fromtimestamp(charge["created"], UTC),
            )
            for charge in self.life.people.listed("charges")
            if charge["status"] == "succeeded"
        ]

    def _once(self) -> None:
        """I5, I7: whatever was asked for again and again was done once."""
        numbers = Counter(each.number for each in self._of(Invoice))
        payers = Counter(file.customer.external_id for file in self.files)
        payments = Counter(each.reference for each in self._of(Payment) if each.reference)
        credited = Counter(f"the note on {each.invoice_id}" for each in self._of(CreditNote))
        for name, count in (numbers | payers | payments | credited).items():
            require(count == 1, f"I7: {name} is there {count} times")

    def _of(self, kind: Any) -> list[Any]:
        return [record for record in self.records if isinstance(record, kind)]
