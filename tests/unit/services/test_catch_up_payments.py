"""The catch-up takes in what no webhook brought, moves the mark, and lets nobody hold up others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.payment import Payment
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.payments import ProviderPayment, Told
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.catch_up_payments import OVERLAP, RUNS_FOR, catch_up_payments
from tests.builders import LIVE, TEST, customer_id, utc
from tests.fakes.payments import FakePaymentProvider
from tests.invariants.meddling import MeddledLedger, Writes
from tests.world import World

OTHER = Tenant("cr_0000000000000009", Mode.LIVE)
NOON = utc("2026-01-20 12:00")


class Shop(World):
    """A world with three open invoices of one customer, who pays at the provider."""

    def __init__(self, **ports: Any) -> None:
        super().__init__("2026-01-02 08:00", **ports)
        self.invoices = [self.post(f"R-{number}", due="2026-03-01") for number in range(3)]
        self.clock.set(NOON)
        self.marks.begin(LIVE)

    @property
    def remaining(self) -> list[int]:
        return [self.invoice(each).remaining for each in self.invoices]

    def paid(self, number: int = 0, **facts: Any) -> ProviderPayment:
        """Let an invoice be paid; only the provider's list tells of it."""
        fact = self.card(self.invoices[number], reference=f"pi_{number}")
        self.payments.told.append(replace(fact, **facts))
        return self.payments.told[-1]


def a_world(**ports: Any) -> Shop:
    """Return a shop whose payments are known up to noon."""
    world = Shop(**ports)
    catch_up_payments(world.ports)
    return world


def test_the_first_run_begins_the_mark_and_reads_a_little_back():
    world = Shop()
    world.paid(at=NOON - OVERLAP)
    catch_up_payments(world.ports)
    assert world.marks.known_until(LIVE) == NOON
    assert world.remaining == [0, 100_00, 100_00]


def test_a_payment_that_no_webhook_brought_is_taken_in_once():
    world = a_world()
    world.clock.advance(hours=30)
    fact = world.paid()
    world.clock.advance(minutes=3)
    for _ in range(3):
        done = catch_up_payments(world.ports)
        assert (done.facts, done.held_up) == ({LIVE: 1}, {})
    world.hear(fact)
    assert world.remaining == [0, 100_00, 100_00]
    [payment] = world.ledger.payments_of(LIVE, fact.customer_id)
    assert payment.provider_events == (fact.event_id,)
    assert world.marks.known_until(LIVE) == NOON + timedelta(hours=30, minutes=3)


def test_what_shows_late_in_the_list_is_still_read():
    world = a_world()
    world.clock.advance(minutes=5)
    catch_up_payments(world.ports)
    world.paid(at=world.clock.now() - timedelta(minutes=7))
    world.clock.advance(minutes=3)
    catch_up_payments(world.ports)
    assert world.remaining == [0, 100_00, 100_00]


def test_a_run_that_is_out_of_time_is_gone_on_with_by_the_next():
    world = a_world()
    world.payments.told_at_once = 1
    for number in range(3):
        world.clock.advance(hours=1)
        world.paid(number)
    world.clock.advance(hours=1)
    slow = _Slow(world)
    ports = replace(world.ports, payments=slow)
    catch_up_payments(ports)
    assert world.remaining == [0, 100_00, 100_00]
    assert world.marks.known_until(LIVE) == NOON + timedelta(hours=2)
    slow.takes = timedelta(0)
    catch_up_payments(ports)
    assert world.remaining == [0, 0, 0]
    assert world.marks.known_until(LIVE) == world.clock.now()


def test_whoever_has_no_account_has_no_mark_and_loses_it_with_the_account():
    world = a_world()
    world.marks.begin(TEST)
    world.payments.without_account = {TEST}
    catch_up_payments(world.ports)
    assert world.marks.known_until(TEST) is None
    world.payments.without_account = {LIVE, TEST}
    catch_up_payments(world.ports)
    assert world.marks.known_until(LIVE) is None


def test_an_account_that_never_answered_has_a_mark_all_the_same():
    """Otherwise nobody would ever notice that its key may not read events."""
    world = Shop()
    world.payments.closed_to = {LIVE}
    done = catch_up_payments(world.ports)
    assert done.held_up == {LIVE: "payment_unavailable"}
    began = world.marks.known_until(LIVE)
    assert began == world.clock.now()
    world.clock.advance(hours=1)
    catch_up_payments(world.ports)
    assert world.marks.known_until(LIVE) == began


@pytest.mark.parametrize("seed", range(8))
def test_one_who_can_not_be_read_holds_up_no_other(seed: int):
    world = a_world(seed=seed)
    for tenant in (TEST, OTHER):
        world.marks.begin(tenant)
    world.payments.closed_to = {TEST}
    world.clock.advance(hours=1)
    done = catch_up_payments(world.ports)
    assert done.held_up == {TEST: "payment_unavailable"}
    assert world.marks.known_until(LIVE) == world.clock.now()
    assert world.marks.known_until(OTHER) == world.clock.now()


@pytest.mark.parametrize("seed", range(4))
def test_a_fault_of_ours_is_raised_when_all_others_had_their_turn(seed: int):
    world = a_world(seed=seed)
    for tenant in (TEST, OTHER):
        world.marks.begin(tenant)
    world.clock.advance(hours=1)
    ports = replace(world.ports, payments=_Broken(world.payments, TEST))
    with pytest.raises(ExceptionGroup) as raised:
        catch_up_payments(ports)
    assert [type(each) for each in raised.value.exceptions] == [ZeroDivisionError]
    assert world.marks.known_until(LIVE) == world.marks.known_until(OTHER) == world.clock.now()


def test_a_fact_that_can_not_be_applied_stops_the_mark_and_not_the_facts_after_it():
    ledger = MeddledLedger()
    world = a_world(ledger=ledger)
    first = world.clock.advance(hours=1)
    world.paid(0)
    world.clock.advance(hours=1)
    world.paid(1)
    world.clock.advance(hours=1)
    ledger.before_commit = _loses("pi_0")
    done = catch_up_payments(world.ports)
    assert done.held_up == {LIVE: "concurrent_change"}
    assert world.marks.known_until(LIVE) == first
    assert world.remaining == [100_00, 0, 100_00]
    ledger.before_commit = None
    assert catch_up_payments(world.ports).held_up == {}
    assert world.remaining == [0, 0, 100_00]
    assert world.marks.known_until(LIVE) == world.clock.now()


def test_payments_of_strangers_and_unreadable_events_hold_up_nobody():
    world = a_world()
    world.clock.advance(hours=1)
    stranger = world.paid(customer_id=customer_id("nobody"), named=())
    world.payments.unreadable = ("evt_odd",)
    world.clock.advance(minutes=1)
    done = catch_up_payments(world.ports)
    assert (done.strange, done.unreadable) == ([stranger.event_id], ["evt_odd"])
    assert world.marks.known_until(LIVE) == world.clock.now()


def test_two_runs_at_once_do_no_harm():
    world = a_world()
    world.clock.advance(hours=1)
    world.paid()
    world.clock.advance(minutes=1)
    other = replace(world.ports, payments=_Meanwhile(world))
    done = catch_up_payments(other)
    assert done.held_up == {}
    assert world.remaining == [0, 100_00, 100_00]
    assert world.marks.known_until(LIVE) == world.clock.now()


class _Slow:
    """A provider who takes longer to answer than a run may last."""

    def __init__(self, world: Shop) -> None:
        self._world, self.takes = world, RUNS_FOR

    def events_since(self, tenant: Tenant, after: datetime, until: datetime) -> Told | None:
        told = self._world.payments.events_since(tenant, after, until)
        if told and told.facts:
            self._world.clock.advance(self.takes)
        return told


class _Broken:
    """A provider whose answer for one tenant nobody foresaw."""

    def __init__(self, payments: FakePaymentProvider, tenant: Tenant) -> None:
        self._payments, self._tenant = payments, tenant

    def events_since(self, tenant: Tenant, after: datetime, until: datetime) -> Told | None:
        if tenant == self._tenant:
            raise ZeroDivisionError
        return self._payments.events_since(tenant, after, until)


class _Meanwhile:
    """A provider who answers late: another run is faster."""

    def __init__(self, world: Shop) -> None:
        self._world = world

    def events_since(self, tenant: Tenant, after: datetime, until: datetime) -> Told | None:
        catch_up_payments(self._world.ports)
        return self._world.payments.events_since(tenant, after, until)


def _loses(reference: str) -> Callable[[Writes], None]:
    """Return what lets every commit of one payment lose against somebody else's."""

    def lose(writes: Writes) -> None:
        payments = [each.after for each in writes if isinstance(each.after, Payment)]
        if any(payment.provider_reference == reference for payment in payments):
            raise WriteConflictError(reference)

    return lose
