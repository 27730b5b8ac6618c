"""What a credit department has to do first: forty days of three customers who are to be called."""

from __future__ import annotations

from datetime import date, timedelta

from chalicelib.domain import ids
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.worklist import BY_CURRENCY, View
from chalicelib.ports.storage import Cursor
from chalicelib.services.list_worklist import list_worklist
from chalicelib.services.nightly import look_after
from tests.builders import LIVE, a_sequence, a_step
from tests.scenarios.story import Story
from tests.world import somebody

CALLS = a_sequence(a_step("call", 3, "call"))


class Department(Story):
    """A story in which somebody looks at the worklist in the morning, after the night's work."""

    def __init__(self) -> None:
        super().__init__("2026-03-02 08:00", sequence=CALLS)
        self.owners: set[str] = set()

    def bill(self, number: str, amount: int) -> Invoice:
        """Post an invoice of a customer of its own."""
        invoice = self.post(number, due="2026-03-02", amount=amount, customer=somebody(number))
        self.owners.add(invoice.customer_id)
        return invoice

    def on(self, day: str, view: View = View.VALUE_AT_RISK) -> list[str]:
        """Live on to the morning of a day, and return what stands on the list, in its order."""
        while self.clock.now().date() < date.fromisoformat(day):
            self.until(self.clock.now() + timedelta(days=1))
            for owner in sorted(self.owners):
                look_after(self.ports, LIVE, owner)
        currency = "eur" if view in BY_CURRENCY else None
        page = list_worklist(self.ports, LIVE, view, currency, Cursor(10))
        return [
            f"{each.task.step} {self._of(each.task.case_id)} {each.risk.value.amount / 100:.2f}"
            for each in page.data
        ]

    def _of(self, case_id: str) -> str:
        invoice = self.ledger.invoice(LIVE, ids.sibling(case_id, ids.INVOICE))
        assert invoice is not None
        return invoice.number


def test_the_worklist_follows_what_happens():
    office = Department()
    small, large, mid = (
        office.bill("S", 200_00),
        office.bill("L", 5_000_00),
        office.bill("M", 900_00),
    )
    assert office.on("2026-03-04") == []
    assert office.on("2026-03-06") == ["call L 80.00", "call M 14.40", "call S 3.20"]

    office.pay(large, 4_500_00)
    assert office.on("2026-03-07") == ["call M 14.40", "call L 8.00", "call S 3.20"]

    office.promise(small, dates={"2026-03-09": None}, grace_days=0)
    assert office.on("2026-03-09", View.BROKEN_PROMISES) == []
    assert office.on("2026-03-11", View.BROKEN_PROMISES) == ["call S 7.20"]

    office.dispute(large, deadline=date(2026, 3, 25))
    assert office.on("2026-03-12") == ["call L 18.00", "call M 14.40", "call S 7.20"]
    assert office.on("2026-03-12", View.DISPUTES_NEAR_DEADLINE) == ["call L 18.00"]

    both = ["dispute L 18.00", "call L 18.00"]
    assert office.on("2026-03-22", View.DISPUTES_NEAR_DEADLINE) == both
    assert office.on("2026-03-27", View.DISPUTES_NEAR_DEADLINE) == []
    assert office.on("2026-04-02") == ["call M 32.40", *both, "call S 13.20"]

    office.pay(mid)
    assert office.on("2026-04-04", View.LARGEST_OWED) == [*both, "call S 13.20"]
