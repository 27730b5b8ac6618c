"""A shop whose customers pay while no webhook comes, and providers and tables in trouble."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.payment import Payment
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.payments import ProviderPayment, Told
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.catch_up_payments import (
    RUNS_FOR,
    CaughtUp,
    catch_up_payments,
)
from tests.builders import LIVE, TEST, utc
from tests.invariants.meddling import Writes
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


def codes(done: CaughtUp) -> dict[Tenant, str]:
    return {tenant: error.code for tenant, error in done.held_up.items()}


def loses(reference: str) -> Callable[[Writes], None]:
    """Return what lets every commit of one payment lose against somebody else's."""
    return _raises(reference, WriteConflictError(reference))


def fails(reference: str) -> Callable[[Writes], None]:
    """Return what lets every commit of one payment fail as nobody foresaw."""
    return _raises(reference, ZeroDivisionError())


def _raises(reference: str, error: Exception) -> Callable[[Writes], None]:
    def meddle(writes: Writes) -> None:
        payments = [each.after for each in writes if isinstance(each.after, Payment)]
        if any(payment.provider_reference == reference for payment in payments):
            raise error

    return meddle


class Asked:
    """A provider of whom a test sees what is asked; `answer` may take its time, or fail."""

    def __init__(self, world: Shop) -> None:
        self._world = world

    def events_since(
        self, tenant: Tenant, after: datetime, until: datetime, **asked: Any
    ) -> Told | None:
        return self._world.payments.events_since(tenant, after, until, **asked)


class BySeconds(Asked):
    """A provider whose list is asked by whole seconds, as Stripe's is. `times`: how often."""

    times = 0

    def events_since(
        self, tenant: Tenant, after: datetime, until: datetime, **asked: Any
    ) -> Told | None:
        self.times += 1
        assert self.times < 20, "it gets no further"
        until = until.replace(microsecond=0)
        return super().events_since(tenant, after.replace(microsecond=0), until, **asked)


class Slow(Asked):
    """A provider who takes longer to answer than a run may last."""

    takes = RUNS_FOR

    def events_since(
        self, tenant: Tenant, after: datetime, until: datetime, **asked: Any
    ) -> Told | None:
        told = super().events_since(tenant, after, until, **asked)
        if told and told.facts:
            self._world.clock.advance(self.takes)
        return told


class Dense(Asked):
    """A provider of whom a few seconds take a while to read, up to a moment."""

    def __init__(self, world: Shop, *, seconds: int, takes: timedelta, until: datetime) -> None:
        super().__init__(world)
        self._seconds, self._takes, self._until = timedelta(seconds=seconds), takes, until

    def events_since(
        self, tenant: Tenant, after: datetime, until: datetime, **_: Any
    ) -> Told | None:
        if after >= self._until:
            return Told((), until)
        self._world.clock.advance(self._takes)
        return Told((), min(until, after + self._seconds))


class Broken(Asked):
    """A provider whose answer for one tenant nobody foresaw."""

    def events_since(
        self, tenant: Tenant, after: datetime, until: datetime, **asked: Any
    ) -> Told | None:
        if tenant == TEST:
            raise ZeroDivisionError
        return super().events_since(tenant, after, until, **asked)


class Meanwhile(Asked):
    """A provider who answers late: another run is faster."""

    def events_since(
        self, tenant: Tenant, after: datetime, until: datetime, **asked: Any
    ) -> Told | None:
        catch_up_payments(self._world.ports)
        return super().events_since(tenant, after, until, **asked)


class NoLedger:
    """A table that nobody reaches."""

    def __getattr__(self, name: str) -> Any:
        raise ZeroDivisionError(name)
