"""In whatever order something is charged, waived, paid and credited, the money adds up."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.charging import CompensationDemand, InterestDemand
from chalicelib.domain.errors import DunlinError
from chalicelib.domain.invariants import Rule, check
from chalicelib.domain.late_payment import LatePayment, WhenPaid
from chalicelib.services.common import rules_for
from tests.builders import a_creditor
from tests.invariants.watch import Watch
from tests.world import World

amounts = st.integers(1, 400_00)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("pay"), amounts),
        st.tuples(st.just("credit"), amounts),
        st.tuples(st.just("fee"), st.integers(1, 50_00)),
        st.tuples(st.just("waive"), st.integers(1, 60_00)),
        st.tuples(st.just("demand"), st.just(InterestDemand(rate=365_000))),
        st.tuples(st.just("demand"), st.just(InterestDemand())),
        st.tuples(st.just("demand"), st.just(CompensationDemand())),
        st.tuples(st.just("days"), st.integers(1, 40)),
    ),
    max_size=12,
)
OF_BOOKS = {Rule.INVOICE_ADDS_UP, Rule.CHARGES_ADD_UP, Rule.BALANCE_ADDS_UP, Rule.CREDIT_ADDS_UP}


@settings(deadline=None, max_examples=60)
@given(deeds=DEEDS, when_paid=st.sampled_from(WhenPaid))
def test_money_adds_up_whatever_happens(deeds: list[tuple[str, Any]], when_paid: WhenPaid):
    world = World("2024-04-01 10:00")
    policy = LatePayment(when_paid=when_paid)
    world.ledger.save_creditor(a_creditor(default_sequence="seq_default", late_payment=policy))
    invoice = world.post("R-1", due="2024-03-01", amount=300_00)
    world.post("R-2", due="2024-03-05", amount=40_00)
    asked = 340_00
    for what, how in deeds:
        before = world.customer(invoice).balance.get("eur", 0)
        charges = world.ledger.charges_of(world.tenant, invoice.customer_id)
        if what == "days":
            world.clock.advance(days=how)
            continue
        try:
            if what == "waive":
                world.waive(charges[0], how) if charges else None
            else:
                getattr(world, what)(invoice, how)
        except DunlinError:
            assert world.customer(invoice).balance.get("eur", 0) == before, "refused, and did"
    file = world.ledger.whole_file(world.tenant, invoice.customer_id)
    assert file is not None
    Watch(world).check_books()
    found = check(file, rules_for(world.ports, world.tenant, file.cases), world.now())
    assert [each for each in found if each.rule in OF_BOOKS] == []
    asked += sum(each.amount for each in file.charges)
    paid = sum(each.amount for each in file.payments)
    credited = sum(each.amount for each in file.credit_notes)
    left = file.customer.balance.get("eur", 0) - file.customer.credit.get("eur", 0)
    assert asked == paid + credited + left
