"""A customer is created once per external id."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.errors import ExternalIdTakenError, InvalidError
from chalicelib.ports.storage import Cursor
from chalicelib.services.create_customer import create_customer
from chalicelib.services.test_clocks import create_test_clock
from tests.builders import LIVE, TEST, utc
from tests.deeds import BILLING
from tests.invariants.meddling import MeddledLedger
from tests.unit.meanwhile import lose_the_next_answer
from tests.world import World, somebody


def test_the_stored_customer_has_everything_that_was_said():
    world = World("2026-01-02 08:00")
    order = somebody("one", metadata={"erp": "4711"})
    customer = create_customer(world.ports, LIVE, BILLING, order)
    assert world.ledger.customer(LIVE, customer.id) == customer
    assert (customer.name, customer.email, customer.external_id) == (
        "Customer one",
        "one@customer.example",
        "one",
    )
    assert (customer.version, customer.metadata) == (1, {"erp": "4711"})
    assert (customer.change.by, customer.change.why) == (BILLING.by, BILLING.why)
    assert customer.created_at == utc("2026-01-02 08:00")


def test_a_taken_external_id_is_refused_with_the_owners_id():
    world = World("2026-01-02 08:00")
    first = create_customer(world.ports, LIVE, BILLING, somebody("one"))
    with pytest.raises(ExternalIdTakenError) as refused:
        create_customer(world.ports, LIVE, BILLING, replace(somebody("one"), name="Another"))
    assert refused.value.code == "external_id_taken"
    assert first.id in refused.value.detail
    assert len(world.ledger.changes) == 1


def test_customers_without_external_id_are_all_new():
    world = World("2026-01-02 08:00")
    nameless = somebody("one", external_id=None)
    made = {create_customer(world.ports, LIVE, BILLING, nameless).id for _ in range(3)}
    assert len(made) == 3


def test_ids_sort_by_the_time_of_creation():
    world = World("2026-01-02 08:00")
    made = []
    for number in range(5):
        made.append(create_customer(world.ports, LIVE, BILLING, somebody(f"c{number}")).id)
        world.clock.advance(seconds=1)
    assert made == sorted(made)


@pytest.mark.parametrize("clock", ["clock_0000000000000000", "nonsense"])
def test_an_unknown_test_clock_is_refused(clock: str):
    world = World("2026-01-02 08:00")
    with pytest.raises(InvalidError) as refused:
        create_customer(world.ports, TEST, BILLING, somebody(test_clock=clock))
    assert [fault.pointer for fault in refused.value.fields] == ["/test_clock"]


def test_a_live_customer_lives_on_no_test_clock():
    world = World("2026-01-02 08:00")
    clock = create_test_clock(world.ports, TEST, BILLING, utc("2026-01-02"))
    with pytest.raises(InvalidError):
        create_customer(world.ports, LIVE, BILLING, somebody(test_clock=clock.id))


def test_on_a_test_clock_the_customer_is_created_in_its_time():
    world = World("2026-01-02 08:00")
    clock = create_test_clock(world.ports, TEST, BILLING, utc("2020-02-29 12:00"))
    customer = create_customer(world.ports, TEST, BILLING, somebody(test_clock=clock.id))
    assert customer.created_at == utc("2020-02-29 12:00")


@pytest.mark.parametrize("external_id", ["C-1", None])
def test_a_customer_whose_commit_was_told_as_lost_is_created_once(external_id: str | None):
    world = World("2026-01-02 08:00", ledger=MeddledLedger())
    lose_the_next_answer(world)
    customer = create_customer(world.ports, LIVE, BILLING, somebody(external_id=external_id))
    assert world.ledger.customers_page(LIVE, Cursor(10)).data == (customer,)
