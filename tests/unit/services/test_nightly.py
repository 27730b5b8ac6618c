"""Every customer of every tenant is looked at each night, and only what stands still is judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.domain.invariants import Rule, Violation
from chalicelib.domain.tenant import Tenant, tenant_of
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.ports.storage import Write
from chalicelib.services.nightly import (
    LOOKS,
    PAGE,
    QUEUE,
    ask_for_customers,
    check_customer,
    nightly,
)
from chalicelib.services.try_later import TryLaterError
from tests.builders import CREDITOR_ID, LIVE, TEST, a_creditor
from tests.fakes.ledger import InMemoryLedger
from tests.world import World, somebody

OTHER = "cr_" + "D" * 16


class BusyLedger(InMemoryLedger):
    """Lets `meanwhile` happen after each look at a whole file, given the look's number."""

    def __init__(self) -> None:
        super().__init__(shards=2)
        self.looks = 0
        self.meanwhile: Callable[[int], object] = lambda _: None

    def whole_file(self, tenant: Tenant, customer_id: str) -> WholeFile | None:
        file = super().whole_file(tenant, customer_id)
        self.looks += 1
        self.meanwhile(self.looks)
        return file


def drained(world: World) -> list[dict[str, str]]:
    return world.queues.drain(QUEUE)


def corrupt(world: World, number: str = "A-1") -> str:
    """Leave a customer with a balance that nothing explains, and return their id."""
    owner = world.post(number, due="2026-03-20").customer_id
    before = world.ledger.customer(world.tenant, owner)
    after = replace(before, balance={"eur": 1}, version=before.version + 1)
    world.ledger.commit([Write(before, after)])
    return owner


def test_every_tenant_is_asked_for():
    world = World()
    world.ledger.save_creditor(a_creditor(id=OTHER))

    nightly(world.ports)

    looks = [message for message in drained(world) if "since" not in message]
    assert looks == [
        {"tenant": key} for key in (CREDITOR_ID, f"{CREDITOR_ID}.test", OTHER, f"{OTHER}.test")
    ]


def test_creditors_older_than_the_catch_up_are_listed_for_it():
    world = World()
    world.ledger.save_creditor(a_creditor(id=OTHER))
    known = PaymentMark(LIVE, world.clock.now())
    world.marks.begin(LIVE)
    world.marks.move(PaymentMark(LIVE), known)

    nightly(world.ports)

    others = {PaymentMark(tenant_of(key)) for key in (TEST.key, OTHER, f"{OTHER}.test")}
    assert set(world.marks.all()) == {known, *others}


def test_every_customer_is_asked_for_once_page_by_page():
    world = World()
    owners = set()
    for number in range(PAGE + 30):
        world.clock.advance(seconds=1)
        owners.add(
            world.post(str(number), due="2026-03-20", customer=somebody(str(number))).customer_id
        )

    ask_for_customers(world.ports, LIVE)
    *first, onward = drained(world)
    assert len(first) == PAGE
    assert onward.keys() == {"tenant", "after"}
    ask_for_customers(world.ports, tenant_of(onward["tenant"]), onward["after"])
    second = drained(world)

    asked = [message["customer"] for message in [*first, *second]]
    assert len(asked) == len(owners)
    assert set(asked) == owners


def test_nobody_is_asked_for_where_nobody_is():
    world = World()
    ask_for_customers(world.ports, TEST)
    assert drained(world) == []


def test_what_breaks_a_rule_is_found():
    world = World()
    owner = corrupt(world)

    assert check_customer(world.ports, LIVE, owner) == [Violation(Rule.BALANCE_ADDS_UP, owner)]


def test_a_valid_file_is_read_once_and_nobody_is_no_violation():
    world = World(ledger=BusyLedger())
    owner = world.post("A-1", due="2026-03-20").customer_id

    assert check_customer(world.ports, LIVE, owner) == []
    assert world.ledger.looks == 1
    assert check_customer(world.ports, TEST, owner) == []


def test_what_was_only_seen_in_between_is_no_violation():
    """The customer was read before a payment and the invoices after it: so it never stood."""
    world = World(ledger=BusyLedger())
    invoice = world.post("A-1", due="2026-03-20")
    torn = world.ledger.customer(LIVE, invoice.customer_id)
    world.pay(invoice, 40_00)
    read = world.ledger.whole_file

    def first_look_is_torn(tenant: Tenant, customer_id: str) -> WholeFile | None:
        file = read(tenant, customer_id)
        return replace(file, customer=torn) if world.ledger.looks == 2 else file

    world.ledger.looks = 1
    world.ledger.whole_file = first_look_is_torn

    assert check_customer(world.ports, LIVE, invoice.customer_id) == []


def test_a_file_that_never_stands_still_is_looked_at_later():
    world = World(ledger=BusyLedger())
    owner = corrupt(world)
    world.ledger.meanwhile = lambda look: world.post(f"B-{look}", due="2026-03-20")

    with pytest.raises(TryLaterError):
        check_customer(world.ports, LIVE, owner)

    assert world.ledger.looks == LOOKS + 1
    world.ledger.meanwhile = lambda _: None
    assert [each.rule for each in check_customer(world.ports, LIVE, owner)] == [
        Rule.BALANCE_ADDS_UP
    ]


def test_a_case_whose_rules_are_gone_is_found():
    world = World()
    invoice = world.post("A-1", due="2026-03-20")
    world.ledger._sequences.clear()

    found = check_customer(world.ports, LIVE, invoice.customer_id)

    assert found == [Violation(Rule.STEP_IS_SCHEDULED, invoice.case_id)]
