"""A world with segments: what their tests share."""

from __future__ import annotations

from chalicelib.domain.invoice import Invoice
from chalicelib.domain.segment import (
    Between,
    Measure,
    OneOf,
    Trait,
)
from chalicelib.services.assign_segments import request_assignment
from chalicelib.services.save_segment import add_segment
from chalicelib.services.save_sequence import SequenceDraft, add_sequence
from tests.builders import LIVE, a_draft, a_step
from tests.deeds import OFFICE
from tests.world import World

FIRM = SequenceDraft("Firm", (a_step("firm", 2), a_step("firmer", 9), a_step("last", 30)))
BIG = Between(Measure.AMOUNT, gte=500_00, currency="eur")
FRENCH = OneOf(Trait.COUNTRY, ("FR",))


class Town(World):
    """A world with a second sequence, `firm`."""

    def __init__(self) -> None:
        super().__init__()
        self.firm = add_sequence(self.ports, LIVE, OFFICE, FIRM).id

    def segment(self, **facts: object):
        """Store a segment that leads to the firm sequence unless said otherwise."""
        return add_segment(self.ports, LIVE, OFFICE, a_draft(**{"sequence": self.firm, **facts}))

    def follows(self, invoice: Invoice) -> str:
        """Return the sequence that an invoice follows; its case says the same."""
        case = self.case(invoice)
        assert self.invoice(invoice).sequence == case.sequence
        return case.sequence[0]

    def assign(self) -> None:
        """Assign everything that is open."""
        request_assignment(self.ports, LIVE, OFFICE)
        self.work()
