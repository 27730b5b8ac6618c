"""Steps that charge: once, with their result, whatever is killed; and a reason where they don't."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.case import Outcome
from chalicelib.domain.customer import CustomerKind
from chalicelib.domain.sequence import InvalidSequenceError, Step
from chalicelib.domain.step_charge import charge_id
from chalicelib.services.common import changing
from chalicelib.services.explain_case import explain_case
from tests.builders import LIVE, a_sequence, a_step
from tests.deeds import BILLING
from tests.invariants.meddling import MeddledLedger
from tests.invariants.watch import Watch
from tests.world import World, somebody

FIVE = {"amount": 5_00, "currency": "eur"}


def fee(key: str = "fee", offset_days: int = 5, **parameters: Any):
    return a_step(key, offset_days, "fee", parameters=parameters)


def interest(key: str = "interest", offset_days: int = 10, **parameters: Any):
    return a_step(key, offset_days, "interest", parameters=parameters)


def a_world(*steps: Step, **facts: Any) -> World:
    return World("2024-04-20 08:00", sequence=a_sequence(*steps), **facts)


def charged(world: World, invoice) -> list[tuple[str, int]]:
    charges = world.ledger.charges_of(LIVE, invoice.customer_id)
    return [(each.step, each.amount) for each in charges]


def test_what_is_charged_is_written_with_the_steps_result():
    world = a_world(fee(**FIVE), ledger=MeddledLedger())
    invoice = world.post("R-1", due="2024-05-01")
    world.work()
    commits: list[list[str]] = []
    world.ledger.before_commit = lambda writes: commits.append(
        sorted(type(write.after).__name__ for write in writes)
    )
    world.until("2024-05-10 00:00")

    assert commits == [["Case", "Charge", "Customer", "Invoice"]]
    [charge] = world.ledger.charges_of(LIVE, invoice.customer_id)
    assert charge.id == charge_id(invoice.case_id, "fee")
    assert (charge.step, charge.amount) == ("fee", 5_00)
    assert world.case(invoice).results["fee"].outcome is Outcome.ACTED
    assert world.case(invoice).remaining == 105_00
    Watch(world).check_books()


@pytest.mark.parametrize("die_after", [False, True])
@pytest.mark.parametrize("call", range(12))
def test_a_killed_worker_is_repeated_and_charges_once(call: int, die_after):
    world = a_world(fee(**FIVE), interest(percent="36.5"), ledger=MeddledLedger())
    invoice = world.post("R-1", due="2024-05-01")
    world.work()
    world.ledger.die_at, world.ledger.die_after = world.ledger.calls + call, die_after
    world.until("2024-06-20 00:00")

    assert charged(world, invoice) == [("fee", 5_00), ("interest", 1_00)]
    assert world.invoice(invoice).charges == 6_00


def test_what_was_charged_already_is_not_charged_again():
    world = a_world(fee(**FIVE))
    invoice = world.post("R-1", due="2024-05-01")
    world.until("2024-05-10 00:00")
    case = world.case(invoice)
    lost = replace(case, results={}, due_at=world.now(), channel="action")
    world.ledger.commit([changing(case, lost, BILLING)])
    world.days(1)
    assert charged(world, invoice) == [("fee", 5_00)]
    assert world.case(invoice).results["fee"].outcome is Outcome.ACTED


def test_the_message_of_the_same_day_asks_for_it():
    world = a_world(fee(**FIVE), a_step("mail", 5))
    world.post("R-1", due="2024-05-01")
    world.until("2024-05-20 00:00")
    [mail] = world.email.sent
    assert "105.00" in mail.content.text


def test_interest_goes_on_where_the_last_step_ended():
    world = a_world(interest("first", 10, percent="36.5"), interest("second", 20, percent="36.5"))
    invoice = world.post("R-1", due="2024-05-01", amount=1_000_00)
    world.until("2024-05-15 12:00")
    world.pay(invoice, 500_00)
    world.until("2024-06-20 00:00")
    first, second = world.ledger.charges_of(LIVE, invoice.customer_id)
    assert [part.days for part in first.basis.parts] == [10]
    assert [(part.days, part.principal) for part in second.basis.parts] == [
        (4, 1_000_00),
        (6, 500_00),
    ]
    assert (first.amount, second.amount) == (10_00, 7_00)


@pytest.mark.parametrize(
    ("step", "facts", "outcome", "reason"),
    [
        (fee(), {}, Outcome.ACTED, "for_a_person"),
        (interest(), {}, Outcome.ACTED, "for_a_person"),
        (fee(**FIVE), {"of": "usd"}, Outcome.ACTED, "for_a_person"),
        (fee(compensation=True), {"of": "usd"}, Outcome.ACTED, "rate_unknown"),
        (interest(law="DE"), {"due": "2031-05-01"}, Outcome.ACTED, "rate_unknown"),
        (fee(percent="0.0001"), {"amount": 1}, Outcome.SKIPPED, "nothing_to_charge"),
        (
            fee(compensation=True),
            {"customer": somebody(kind=CustomerKind.CONSUMER)},
            Outcome.SKIPPED,
            "not_for_consumers",
        ),
    ],
)
def test_where_nothing_is_charged_it_says_why(step, facts: Any, outcome: Outcome, reason: str):
    world = a_world(step)
    invoice = world.post("R-1", **{"due": "2024-05-01", **facts})
    year = facts.get("due", "2024")[:4]
    world.until(f"{year}-06-20 00:00")

    result = world.case(invoice).results[step.key]
    assert (result.outcome, result.reason) == (outcome, reason)
    assert charged(world, invoice) == []
    tasks = [(each.step, each.reason) for each in world.open_tasks(invoice)]
    assert tasks == ([(step.key, reason)] if outcome is Outcome.ACTED else [])
    [explained] = explain_case(world.ports, LIVE, invoice.case_id).steps
    assert explained.reason == reason


def test_too_little_is_owed_for_a_fee():
    world = a_world(replace(fee(**FIVE), min_amount=20_00))
    invoice = world.post("R-1", due="2024-05-01", amount=19_99)
    world.until("2024-05-20 00:00")
    assert charged(world, invoice) == []
    assert world.case(invoice).results["fee"].reason == "below_minimum"


@pytest.mark.parametrize(
    "step",
    [
        lambda: fee(amount=5_00),
        lambda: fee(**FIVE, percent="1"),
        lambda: fee(percent="101"),
        lambda: fee(percent=1),
        lambda: fee(at_most=5_00),
        lambda: fee(amount=0, currency="eur"),
        lambda: fee(amount=1, currency="xxx"),
        lambda: fee(compensation=True, law="US"),
        lambda: fee(law="DE", percent="1"),
        lambda: fee(tiers=[{"up_to": 5}], currency="eur"),
        lambda: fee(offset_days=0, compensation=True),
        lambda: interest(offset_days=0, policy=True),
        lambda: interest(policy=True, law="DE"),
        lambda: interest(percent="x"),
    ],
)
def test_a_step_that_contradicts_itself_is_refused(step):
    with pytest.raises(InvalidSequenceError):
        a_sequence(step())
