"""Holds one seed's life against I1 to I9: what is stored, what arrived, what the provider says.

The files and the endings are checked as the nightly job and the simulation check theirs. What only
shows outside is checked here: every message that really left, and every answer that was given.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.communication import Communication
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money, currency
from chalicelib.domain.payment import Payment
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.storage import Record
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.locales import reading
from chalicelib.services.deliver import LEAVES_WITHIN
from chalicelib.services.nightly import check_customer
from tests.endings import Ending, Paid, require
from tests.waiting import until

if TYPE_CHECKING:
    from tests.chaos.life import Life

COMPOSES = timedelta(seconds=8)
"""How long two cores with everything on them may take from deciding on a message to its claim."""
HELD = frozenset(
    {"needs_response", "under_review", "lost", "appeal_needs_response", "appeal_under_review"}
)
"""States of a dispute in which the money isn't the creditor's."""
_TOKEN = re.compile(r"/pay/([A-Za-z0-9_.~-]+)")


class Checker:
    """Looks at everything that a life left behind."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self.files: list[WholeFile] = life.files()
        self.records: list[Record] = [each for file in self.files for each in file.records]
        self.messages = 0
        self._log: dict[str, Communication] = {each.id: each for each in self._of(Communication)}
        self._left: dict[tuple[str, str, str], list[str]] = defaultdict(list)

    def check(self) -> None:
        """Raise Violation for the first thing that doesn't hold."""
        for file in self.files:
            found = check_customer(self.life.ports, self.life.tenant, file.customer.id)
            require(not found, f"found at night: {found}")
        self._ending().check()
        self._nothing_waits()
        self._acknowledged()
        self._once()
        for message in self.life.stage.mail(f"chaos{self.life.seed}c"):
            self._message(message)
        for file in self.files:
            if file.customer.phone:
                for message in self.life.stage.mail(file.customer.phone.removeprefix("+")):
                    self._message(message)
        self._left_once()

    def _ending(self) -> Ending:
        life = self.life
        sequences = {
            case.sequence: life.ports.configuration.sequence(life.tenant, *case.sequence)
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

    def _acknowledged(self) -> None:
        """I7: whatever was acknowledged is there."""
        there = {record.id for record in self.records}
        for name, answer in self.life.people.taken:
            require(answer["id"] in there, f"I7: {name} got lost: {answer['id']}")

    def _once(self) -> None:
        """I5, I7: whatever was asked for again and again was done once."""
        numbers = Counter(each.number for each in self._of(Invoice))
        payers = Counter(file.customer.external_id for file in self.files)
        payments = Counter(each.reference for each in self._of(Payment) if each.reference)
        for name, count in (numbers | payers | payments).items():
            require(count == 1, f"I7: {name} is there {count} times")

    def _message(self, message: dict[str, Any]) -> None:
        """Look at one message that really arrived."""
        self.messages += 1
        life, at = self.life, datetime.fromtimestamp(message["at"], UTC)
        token = _TOKEN.search(message["text"])
        require(token, f"I9: no link in {message['text']!r}")
        assert token is not None
        link = life.ports.links.read(token[1], life.stage.now())
        entry = self._log.get(link.communication_id or "")
        require(entry, f"I8: {message['subject'] or message['text']!r} isn't in the log")
        assert entry is not None
        require(link.tenant == life.tenant, "I6: a message of another tenant")
        require(entry.to in message["to"][0], f"I8: {entry.id} went to {message['to']}")
        late = at - entry.created_at
        require(late <= LEAVES_WITHIN + COMPOSES, f"I1: {entry.id} left {late} after its decision")
        for code, amount in entry.amounts.items():
            formats = Formats(reading(entry.locale).formats, narrow=entry.channel == "sms")
            shown = formats.money(Money(amount, currency(code)))
            require(shown in message["text"], f"I9: {shown} isn't in {message['text']!r}")
        for part in entry.parts:
            self._left[part.case_id, part.step, entry.to].append(entry.id)

    def _left_once(self) -> None:
        """I2: no step went twice to one address."""
        for (case, step, to), entries in self._left.items():
            require(len(entries) == 1, f"I2: {step} of {case} left to {to}: {entries}")

    def _of(self, kind: Any) -> list[Any]:
        return [record for record in self.records if isinstance(record, kind)]
