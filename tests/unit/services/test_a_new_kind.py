"""A new kind of step is one file and one registration: decided, done once, explained."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.domain import kinds
from chalicelib.domain.case import Outcome
from chalicelib.domain.kinds import Kind
from chalicelib.domain.sequence import Do, Step
from chalicelib.services import effects
from chalicelib.services.explain_case import explain_case
from chalicelib.services.follow_up import follow_up
from chalicelib.storage.items import SequenceItem
from tests.builders import LIVE, a_sequence, a_step, a_window, utc
from tests.invariants.meddling import MeddledLedger
from tests.visit import REFUSES, VISIT, visit
from tests.world import World


@pytest.fixture(autouse=True)
def registered() -> Iterator[None]:
    effects.register(VISIT, visit)
    yield
    effects.remove(VISIT)


def a_visit(key: str = "visit", offset_days: int = 1, visitors: int = 5):
    return a_step(key, offset_days, "visit", parameters={"visitors": visitors})


def a_world(*steps: Step, **facts: Any) -> World:
    return World("2026-01-02 08:00", sequence=a_sequence(*(steps or (a_visit(),))), **facts)


def visits(world: World, invoice) -> str | None:
    return world.ledger.customer(LIVE, invoice.customer_id).metadata.get("visits")


def test_it_is_done_on_its_day_in_one_transaction_with_its_result():
    world = a_world(ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.work()
    commits: list[set[str]] = []
    world.ledger.before_commit = lambda writes: commits.append(
        {type(write.after).__name__ for write in writes}
    )
    world.until("2026-02-20 00:00")

    assert visits(world, invoice) == "1"
    assert commits == [{"Case", "Customer"}]
    result = world.case(invoice).results["visit"]
    assert (result.outcome, result.reason, result.at) == (
        Outcome.ACTED,
        "due",
        utc("2026-01-15 23:00"),
    )
    assert not world.open_tasks(invoice)


@pytest.mark.parametrize("die_after", [False, True])
@pytest.mark.parametrize("call", range(6))
def test_a_killed_worker_is_repeated_and_does_it_once(call, die_after):
    world = a_world(ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")
    world.work()
    world.ledger.die_at, world.ledger.die_after = world.ledger.calls + call, die_after
    world.until("2026-02-20 00:00")

    assert visits(world, invoice) == "1"


def test_what_is_changed_in_between_is_decided_anew():
    world = a_world(ledger=MeddledLedger())
    invoice = world.post("R-1", due="2026-01-15")

    def pay(_) -> None:
        world.ledger.before_commit = None
        world.pay(invoice)

    world.clock.set(utc("2026-01-16 08:00"))
    world.ledger.before_commit = pay
    follow_up(world.ports, LIVE, invoice.customer_id)

    assert visits(world, invoice) is None
    assert world.case(invoice).results == {}


def test_the_worker_of_another_queue_hands_it_on():
    world = a_world(a_visit(), a_step("mail", 1))
    invoice = world.post("R-1", due="2026-01-15")
    world.clock.set(utc("2026-01-16 08:00"))
    follow_up(world.ports, LIVE, invoice.customer_id, "email")

    assert world.queues.waiting("action") == [{"tenant": LIVE.key, "customer": invoice.customer_id}]
    assert (visits(world, invoice), len(world.email.sent)) == (None, 1)
    follow_up(world.ports, LIVE, invoice.customer_id, "action")
    assert (visits(world, invoice), len(world.email.sent)) == ("1", 1)


def test_invoices_of_one_day_follow_each_other_on_the_customers_record():
    world = a_world(a_visit(visitors=14), a_step("mail", 1))
    invoices = [world.post(f"R-{number}", due="2026-01-15") for number in range(15)]
    world.until("2026-02-20 00:00")

    results = [world.case(invoice).results["visit"] for invoice in invoices]
    assert sorted(str(each.outcome) for each in results) == [*["acted"] * 14, "skipped"]
    assert visits(world, invoices[0]) == "14"
    assert len(world.email.sent) == 1


def test_what_it_leaves_to_people_becomes_a_task():
    world = a_world(a_visit(visitors=REFUSES))
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-02-20 00:00")

    (task,) = world.open_tasks(invoice)
    assert (task.do, task.reason) == ("visit", "for_a_person")


def test_it_is_explained_before_and_after():
    world = World("2026-01-02 08:00", sequence=a_sequence(a_visit(), window=a_window()))
    invoice = world.post("R-1", due="2026-01-15")
    (before,) = explain_case(world.ports, LIVE, invoice.case_id).steps
    world.until("2026-02-20 00:00")
    (after,) = explain_case(world.ports, LIVE, invoice.case_id).steps

    assert (before.state, before.at) == ("planned", utc("2026-01-16 08:00"))
    assert (after.state, after.why) == ("acted", "Done on 2026-01-16. Its day has come.")


def test_its_steps_are_stored_as_they_are():
    sequence = a_sequence(a_visit())
    stored = SequenceItem(pk="p", sk="s", body=sequence).to_dynamodb_dict()

    assert SequenceItem.from_raw_data(stored).body == sequence


def test_a_word_stands_for_one_kind():
    with pytest.raises(ValueError, match="another kind"):
        kinds.register(Kind("visit"))
    with pytest.raises(ValueError, match="isn't carried out"):
        effects.register(Kind("call"), visit)


def test_every_kind_that_dunlin_carries_out_has_an_effect_and_every_other_has_none():
    for kind in kinds.every():
        if kind.by_dunlin:
            assert effects.effect_of(kind.word)
        else:
            with pytest.raises(KeyError):
                effects.effect_of(kind.word)
        assert Do(kind.word).value == kind.word
