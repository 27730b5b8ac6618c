"""What really arrived, held against the log: each message once, in time, and with what is owed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from chalicelib.domain.communication import Communication, CommunicationStatus
from chalicelib.domain.creditor import PAYMENTS_KNOWN_WITHIN
from chalicelib.domain.customer import Customer
from chalicelib.domain.money import Money, currency
from chalicelib.domain.payment import Payment
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.messages import Links
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.locales import reading
from chalicelib.services.deliver import LEAVES_WITHIN
from tests.chaos.office import OWN_WORDS
from tests.endings import require

LEFT = frozenset({CommunicationStatus.SENT, CommunicationStatus.DELIVERED})
BOUNCES = "bounce"
"""How the addresses begin from which every message comes back."""
COMPOSES = timedelta(seconds=8)
"""How long two cores with everything on them may take from deciding on a message to its claim."""
_TOKEN = re.compile(r"/pay/([A-Za-z0-9_.~#-]+)")


@dataclass(frozen=True, slots=True)
class PaidAt:
    """When a customer paid at the provider, by the provider's own books."""

    customer_id: str
    reference: str
    at: datetime


class Arrivals:
    """The messages of one tenant as they came in.

    `count` is how many, `in_own_words` how many of them have a text of the creditor's own.
    """

    def __init__(self, log: Iterable[Communication], links: Links, tenant: Tenant) -> None:
        self._log = {entry.id: entry for entry in log}
        self._links, self._tenant = links, tenant
        self._left: dict[tuple[str, str, str], str] = {}
        self._arrived: dict[str, Communication] = {}
        self.count = self.in_own_words = 0

    def look(self, message: dict[str, Any], now: datetime) -> None:
        """Look at a message as the inbox has it. Raises Violation."""
        self.count += 1
        self.in_own_words += OWN_WORDS in message["text"]
        entry = self._entry(message["text"], now)
        self._arrived[entry.id] = entry
        require(entry.to in message["to"][0], f"I8: {entry.id} went to {message['to']}")
        late = datetime.fromtimestamp(message["at"], UTC) - entry.created_at
        require(late <= LEAVES_WITHIN + COMPOSES, f"I1: {entry.id} left {late} after its decision")
        for code, amount in entry.amounts.items():
            formats = Formats(reading(entry.locale).formats, narrow=entry.channel == "sms")
            shown = formats.money(Money(amount, currency(code)))
            require(shown in message["text"], f"I9: {shown} isn't in {message['text']!r}")
        for part in entry.parts:
            step = (part.case_id, part.step, entry.to)
            known = self._left.setdefault(step, message["id"])
            require(known == message["id"], f"I2: {step} left twice, last as {entry.id}")

    def all_that_was_sent(self) -> None:
        """Require that what the log calls sent arrived: a step counts as done by it (I3)."""
        for entry in self._log.values():
            arrived = entry.status not in LEFT or entry.id in self._arrived
            require(arrived, f"I3: {entry.id} is {entry.status} and never arrived")

    def keep_their_distance(self, customer: Customer, days: int) -> None:
        """Require so many local days between the messages that reached a customer."""
        dates = sorted(
            customer.calendar.date_of(entry.created_at)
            for entry in self._arrived.values()
            if entry.customer_id == customer.id and not entry.to.startswith(BOUNCES)
        )
        for before, after in pairwise(dates):
            gap = (after - before).days
            require(gap >= days, f"gap: {customer.external_id} on {before} and {after}")

    def know_payments(self, booked: Iterable[Payment], paid: Iterable[PaidAt]) -> None:
        """Require that nobody was written to who had long paid what wasn't in the books yet."""
        known = {(each.customer_id, each.provider_reference): each.created_at for each in booked}
        for each in paid:
            heard = known.get((each.customer_id, each.reference))
            late = each.at + PAYMENTS_KNOWN_WITHIN + COMPOSES
            for entry in self._arrived.values():
                if entry.customer_id == each.customer_id and late < entry.created_at:
                    in_time = heard and heard <= entry.created_at
                    require(in_time, f"stale: {entry.id} asks, {each} was heard of {heard}")

    def _entry(self, text: str, now: datetime) -> Communication:
        """Return the log's entry that a message's link names."""
        token = _TOKEN.search(text)
        require(token, f"I9: no link in {text!r}")
        assert token is not None
        link = self._links.read(token[1], now)
        require(link.tenant == self._tenant, "I6: a message of another tenant")
        entry = self._log.get(link.communication_id or "")
        require(entry, f"I8: {text!r} isn't in the log")
        assert entry is not None
        return entry
