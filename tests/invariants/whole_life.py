"""One customer to whom everything has happened, so that their whole file has every kind of record
in every state that lasts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.charging import CompensationDemand, InterestDemand
from chalicelib.domain.decide import Rules
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.sequence import Do, Step
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.payments import ProviderState
from chalicelib.services.common import rules_for
from tests.plan_deeds import agree, free
from tests.world import World

SUSPENDS = {"action": "suspend", "announced_by": "reminder_first"}
WITH_CALL = replace(
    DEFAULT,
    steps=(
        *DEFAULT.steps,
        Step("call_them", 36, Do.CALL),
        Step("cut_off", 37, Do.SERVICE, parameters=SUSPENDS),
    ),
)
ASKS = replace(
    DEFAULT,
    id="seq_asks",
    steps=(Step("firm", 3, Do.EMAIL, approval=ApprovalRule("manager", 30)),),
)
WHEN_ALL_HAS_HAPPENED = "2026-03-11 08:30"


def a_life() -> tuple[WholeFile, Rules, datetime]:
    """Return a customer's whole file, the rules of their cases, and the present time."""
    world = World("2026-01-02 08:00", sequence=WITH_CALL)
    names = ("paid", "part", "void", "lost", "noted", "debited", "charged", "objected")
    one = {name: world.post(name, due="2026-01-12", amount=100_00) for name in names}
    world.post("over", due="2026-01-20", amount=50_00, of="usd")
    world.days(20)
    world.pay(one["paid"], 40_00)
    world.hear(world.card(one["paid"], reference="pi_paid"))
    world.pay(one["part"], 25_00)
    world.credit(one["noted"], 30_00)
    world.void(one["void"])
    world.pay(one["lost"], 10_00)
    world.write_off(one["lost"])
    fee = world.fee(one["part"], 5_00)
    world.waive(fee, 2_00)
    world.demand(one["part"], InterestDemand(rate=90_000))
    world.demand(one["part"], CompensationDemand())
    charge = world.hear(world.card(one["charged"], reference="pi_charged"))
    world.days(36)
    [call, *_] = world.open_tasks(one["part"])
    world.complete(call, "will pay")
    world.days(1)
    world.acknowledge(one["part"])
    over = world.post("more", due="2026-01-25", amount=20_00, of="usd")
    world.hear(world.card(over, 90_00, reference="pi_over"))
    world.days(4)
    world.hear(world.later(charge, "charge.refunded", refunded=5_00))
    disputed = {"dispute": "dp_1", "disputed": 95_00}
    world.hear(world.later(charge, "charge.dispute.created", **disputed))
    processing = ProviderState.PROCESSING
    world.hear(world.card(one["debited"], state=processing, reference="pi_debit"))
    world.resolve(world.dispute(one["objected"], 40_00), "partly_accepted", 30_00)
    world.dispute(one["objected"], 20_00, deadline=date(2026, 3, 14), words="two were broken")
    world.post("next", due="2026-03-30", amount=70_00)
    promised = [world.post(name, due="2026-03-01") for name in ("promised", "kept")]
    for each in promised:
        world.promise(each, dates={"2026-03-20": None})
    world.pay(promised[1])
    planned = [world.post(name, due="2026-03-01") for name in ("planned", "beside", "settled")]
    agree(world, *planned[:2], instalments=free(d2026_03_25=120_00, d2026_04_25=80_00))
    agree(world, planned[2], instalments=free(d2026_03_25=100_00))
    world.pay(planned[2])
    world.ledger.add_sequence(world.tenant, ASKS)
    world.post("asked", due="2026-03-06", sequence=ASKS.id)
    world.post("late", due="2026-03-11", amount=80_00)
    world.until("2026-03-11 07:30")
    world.email.script(Handover(Delivery.UNKNOWN))
    world.until(WHEN_ALL_HAS_HAPPENED)
    file = world.ledger.whole_file(world.tenant, one["paid"].customer_id)
    assert file is not None
    return file, rules_for(world.ports, world.tenant, file.cases), world.now()
