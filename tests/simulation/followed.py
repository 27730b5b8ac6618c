"""Holds what sequences cases follow against what the rules say, and what was said before.

- A case is given a sequence by an override, by a version of a segment that says so, or by default.
- Once a case has gone over to another sequence, it says nothing of a day that lies before what was
  done under the one before: nobody is told about a step twice.
- In the end, what a preview says would move is what an assignment moves, and nothing else; then
  every open case follows what the rules say, and nothing that was done is forgotten.
- Each customer's history is what the invoices add up to.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from chalicelib.domain.assignment import chosen
from chalicelib.domain.case import REACHED, Case
from chalicelib.domain.choice import ChosenBy
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Cursor, Record
from chalicelib.services.assign_segments import assign_customer
from chalicelib.services.choose_sequence import segmentation_of
from chalicelib.services.common import now_of
from chalicelib.services.preview_segments import preview_segments
from tests.endings import require
from tests.simulation.compared import Unasked

if TYPE_CHECKING:
    from tests.simulation.life import Life

AT_LAST = Change(by="system", why="assign segments")


class Followed:
    """Looks at every commit of a case, at every message, and at the end."""

    def __init__(self, life: Life) -> None:
        self.life = life
        self._furthest: dict[str, dict[str, int]] = defaultdict(dict)
        life.ledger.on_change.append(self._committed)

    def _committed(self, before: Record | None, after: Record) -> None:
        if not isinstance(after, Case):
            return
        known = before if isinstance(before, Case) else None
        if known is None and after.version > 1:
            return  # it only moves between working file and archive
        if known is None or known.sequence != after.sequence:
            require(known is None or known.claim is None, f"I2: {after.number} moves while claimed")
            self._has_a_reason(after)

    def _has_a_reason(self, case: Case) -> None:
        what = f"{case.number} follows {case.sequence} by {case.choice}"
        require(case.choice, what)
        assert case.choice is not None
        if case.choice.segment:
            found = self.life.ledger.segment(case.tenant, *case.choice.segment)
            require(found and found.sequence == case.sequence[0], f"{what}, but it says {found}")
        if case.choice.by is ChosenBy.DEFAULT:
            creditor = self.life.ledger.creditor(case.tenant.creditor_id)
            require(creditor and creditor.default_sequence == case.sequence[0], what)

    def left(self, case: Case) -> None:
        """A message about a claimed case leaves."""
        assert case.claim is not None
        sequence = self.life.ledger.sequence(case.tenant, *case.sequence)
        assert sequence is not None
        day = sequence.step(case.claim.step).offset_days
        said = self._furthest[case.id]
        others = [each for name, each in said.items() if name != sequence.id]
        require(
            day > max(others, default=day - 1),
            f"I2: {case.number} is told {case.claim.step} of day {day} after {said}",
        )
        said[sequence.id] = max(day, said.get(sequence.id, day))

    def at_the_end(self) -> None:
        """Assign everything in calm weather, after all else was looked at."""
        life = self.life
        quiet = {"clock": life.scheduler, "ledger": life.ledger, "queues": Unasked(life.queues)}
        ports = replace(life.ports, **quiet)
        for tenant in dict.fromkeys(party.tenant for party in life.scene.parties):
            self._ends_well(ports, tenant)
        for record in list(life.ledger._records.values()):
            if isinstance(record, Customer):
                self._adds_up(record)

    def _ends_well(self, ports: Ports, tenant: Tenant) -> None:
        foreseen = _foreseen(ports, tenant)
        before = self._open_cases(tenant)
        for customer_id in sorted({case.customer_id for case in before.values()}):
            done = assign_customer(ports, tenant, AT_LAST, customer_id)
            require(done, f"segments: {customer_id} can't be assigned")
        after = self._open_cases(tenant)
        moved = {
            each.id: each.sequence[0]
            for each in after.values()
            if each.sequence != before[each.id].sequence
        }
        require(moved == foreseen, f"segments: {moved} moved, foreseen were {foreseen}")
        require(not _foreseen(ports, tenant), "segments: something moves again")
        segmentation = segmentation_of(ports, tenant)
        for case in after.values():
            customer = ports.ledger.customer(tenant, case.customer_id)
            assert customer is not None
            wanted, _ = chosen(customer, case, segmentation, now_of(ports, customer))
            require(case.sequence[0] == wanted, f"segments: {case.number} doesn't follow {wanted}")
            said = before[case.id].results.items()
            kept = {step for step, result in said if result.outcome in REACHED}
            require(case.results.keys() >= kept, f"I2: {case.number} forgot {kept}")

    def _open_cases(self, tenant: Tenant) -> dict[str, Case]:
        return {
            each.id: each
            for each in self.life.ledger._records.values()
            if isinstance(each, Case) and each.tenant == tenant and each.is_open
        }

    def _adds_up(self, customer: Customer) -> None:
        own = [
            each
            for each in self.life.ledger._records.values()
            if isinstance(each, Invoice) and each.customer_id == customer.id
        ]
        counted = [each.days_late for each in own if each.days_late is not None]
        history = customer.history
        found = (len(counted), sum(each > 0 for each in counted), sum(max(0, d) for d in counted))
        says = (history.paid, history.late, history.days_late)
        require(says == found, f"history: {customer.name} has {says}, its invoices {found}")


def _foreseen(ports: Ports, tenant: Tenant) -> dict[str, str]:
    """Return what a preview says would move, and to which sequence, page by page."""
    found: dict[str, str] = {}
    cursor = Cursor(limit=3)
    while True:
        page = preview_segments(ports, tenant, None, cursor)
        found |= {move.case.id: move.sequence for move in page.moves}
        if page.next is None:
            return found
        cursor = Cursor(limit=3, after=page.next)
