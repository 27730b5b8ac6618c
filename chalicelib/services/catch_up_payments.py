"""The catch-up: read the provider's own list of events, and take in what no webhook brought.

Each tenant's mark says up to when that is done. A run begins a little before the mark, since
events may show late in the list; whatever is known already changes nothing. The mark moves behind
each part that was taken in, so a run may end anywhere and the next one goes on there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from chalicelib.domain.errors import DunlinError, NotFoundError, PaymentUnavailableError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.ports.payments import ProviderPayment
from chalicelib.services.payments_known import limit
from chalicelib.services.receive_payment_event import take_in

OVERLAP = timedelta(minutes=10)
"""How late an event may show in the provider's list."""
RUNS_FOR = timedelta(minutes=3)
"""After so long a run begins nothing new: what it is at ends within the function's time."""
ORDER_BITS = 64


@dataclass(slots=True)
class CaughtUp:
    """What a run did: facts read per tenant, ids of events that nobody of ours or nobody at all
    could make sense of, and the tenants that were held up, with the code of the error."""

    facts: Counter[Tenant] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)
    held_up: dict[Tenant, str] = field(default_factory=dict)


def catch_up_payments(ports: Ports) -> CaughtUp:
    """Catch up with the payments of every tenant that takes some online.

    They come in an order left to chance, so that none stands before the others every time. What
    goes wrong with one holds up no other: what the provider refuses is in the answer; faults of
    ours are raised in the end, as an ExceptionGroup.
    """
    stop = ports.clock.now() + RUNS_FOR
    done = CaughtUp()
    faults: list[Exception] = []
    for mark in sorted(ports.payment_marks.all(), key=lambda _: ports.chance.bits(ORDER_BITS)):
        if ports.clock.now() >= stop:
            break
        try:
            _catch_up(ports, mark, stop, done)
        except DunlinError as error:
            done.held_up[mark.tenant] = error.code
        except Exception as error:  # noqa: BLE001 - raised below, when the others had their turn
            faults.append(error)
    if faults:
        raise ExceptionGroup("the catch-up met faults", faults)
    return done


def behind(ports: Ports) -> tuple[Tenant, ...]:
    """Return the tenants whose payments were last known half of their limit ago, or longer."""
    now = ports.clock.now()
    return tuple(
        mark.tenant
        for mark in ports.payment_marks.all()
        if mark.known_until and (now - mark.known_until) * 2 >= _limit(ports, mark.tenant)
    )


def _limit(ports: Ports, tenant: Tenant) -> timedelta:
    try:
        return limit(ports, tenant)
    except NotFoundError:
        return timedelta.max  # nobody is reminded in the name of a creditor that is gone


def _catch_up(ports: Ports, mark: PaymentMark, stop: datetime, done: CaughtUp) -> None:
    """Read on from a mark, and move it. Raises the first DunlinError that stood in its way."""
    now = ports.clock.now().replace(microsecond=0)
    after = (mark.known_until or now).replace(microsecond=0) - OVERLAP
    failed: list[tuple[datetime, DunlinError]] = []
    while after < now and ports.clock.now() < stop:
        try:
            told = ports.payments.events_since(mark.tenant, after, now)
        except PaymentUnavailableError:
            if mark.known_until is None:  # it has an account: from here on the silence counts
                ports.payment_marks.move(mark, now)
            raise
        if told is None:
            if mark.known_until:
                ports.payment_marks.move(mark, None)
            return
        done.unreadable += told.unreadable
        failed += _take_in_all(ports, mark.tenant, told.facts, done)
        after = told.until
        known = min([after, *(at for at, _ in failed)])
        if mark.known_until is None or known > mark.known_until:
            if not ports.payment_marks.move(mark, known):
                return  # another run is at it
            mark = PaymentMark(mark.tenant, known)
    if failed:
        raise failed[0][1]


def _take_in_all(
    ports: Ports, tenant: Tenant, facts: tuple[ProviderPayment, ...], done: CaughtUp
) -> list[tuple[datetime, DunlinError]]:
    """Take facts in, and return which can't be now: the mark may not pass those."""
    failed: list[tuple[datetime, DunlinError]] = []
    for fact in facts:
        done.facts[tenant] += 1
        try:
            if not take_in(ports, fact):
                done.strange.append(fact.event_id)
        except DunlinError as error:
            failed.append((fact.at, error))
    return failed
