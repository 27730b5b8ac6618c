"""The catch-up: read the provider's own list of events, and take in what no webhook brought.

    read again ──▶ read_again_until ··· ten minutes ··· known_until ◀── read on ──▶ now

Each tenant's mark says how far both have come. What lay within the last ten minutes when it was
read, an event may have joined late; so it is read once more when it is too old for that, and before
anything new: until then nobody may say that payments are known beyond it. What was older when it
was read is read once. Whatever is known already changes nothing. The mark moves behind each part
that was taken in, so a run may end anywhere and the next one goes on there.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from chalicelib.domain.errors import DunlinError, PaymentUnavailableError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.payment_marks import NOTED_EVERY, PaymentMark
from chalicelib.ports.payments import ProviderPayment, Told
from chalicelib.services.receive_payment_event import take_in

OVERLAP = timedelta(minutes=10)
"""How late an event may show in the provider's list."""
RUNS_FOR = timedelta(minutes=3)
"""After so long a run begins nothing new: what it is at ends within the function's time."""
FAILED_AT_MOST = 20
"""So many facts of a tenant that fail in one run aren't to blame themselves: the rest waits."""
ORDER_BITS = 64


@dataclass(frozen=True, slots=True)
class FailedFact:
    """A fact that couldn't be taken in, by the provider's ids, and what stood in its way."""

    tenant: Tenant
    event_id: str
    payment: str
    at: datetime
    error: Exception


@dataclass(slots=True)
class CaughtUp:
    """What a run did: facts read per tenant, ids of events that nobody of ours or nobody at all
    could make sense of, facts that can't be taken in now, and the tenants that were held up, with
    what the first error was."""

    facts: Counter[Tenant] = field(default_factory=Counter)
    strange: list[str] = field(default_factory=list)
    unreadable: set[tuple[Tenant, str]] = field(default_factory=set)
    failed: list[FailedFact] = field(default_factory=list)
    held_up: dict[Tenant, DunlinError] = field(default_factory=dict)


def catch_up_payments(ports: Ports, done: CaughtUp | None = None) -> CaughtUp:
    """Catch up with the payments of every tenant that takes some online, and say what was done.

    They come in an order left to chance, so that none stands before the others every time. What
    goes wrong with one holds up no other: what the provider refuses is in the answer; faults of
    ours are raised in the end, as an ExceptionGroup. `done` is filled also where that happens.
    """
    done = CaughtUp() if done is None else done
    stop = ports.clock.now() + RUNS_FOR
    faults: list[Exception] = []
    for mark in sorted(ports.payment_marks.all(), key=lambda _: ports.chance.bits(ORDER_BITS)):
        if ports.clock.now() >= stop:
            break
        turn = _Turn(ports, mark, stop, done)
        try:
            turn.run()
        except DunlinError as error:
            done.held_up[mark.tenant] = error
        except Exception as error:  # noqa: BLE001 - raised below, when the others had their turn
            faults.append(error)
        for failed in turn.failed:
            if isinstance(failed.error, DunlinError):
                done.held_up.setdefault(mark.tenant, failed.error)
            else:
                faults.append(failed.error)
    if faults:
        raise ExceptionGroup("the catch-up met faults", faults)
    return done


class _Turn:
    """A tenant's turn in a run: its mark as it moves, and the facts that can't be taken in."""

    def __init__(self, ports: Ports, mark: PaymentMark, stop: datetime, done: CaughtUp) -> None:
        self._ports, self._stop, self._done = ports, stop, done
        self._mark, self._is_over = mark, False
        self._passed = frozenset(each.event_id for each in mark.passed)
        self.failed: list[FailedFact] = []

    def run(self) -> None:
        """Read once more what was fresh and isn't any longer, then on. Raises DunlinError."""
        now = self._ports.clock.now().replace(microsecond=0)
        if self._mark.known_until is None and not self._begin(now):
            return
        known = self._mark.known_until or now
        again = self._mark.read_again_until or known - OVERLAP
        self._move(replace(self._mark, read_again_until=again))
        settled = now - OVERLAP
        fresh_before = min(known, settled).replace(microsecond=0)
        while again < fresh_before and (told := self._read(again, fresh_before)):
            again = told.until
            self._move(self._reached(known, again))
        while known < now and (told := self._read(known, now)):
            known = told.until
            self._move(self._reached(known, min(known, settled)))

    def _begin(self, now: datetime) -> bool:
        """Put a mark where a first look begins: a little before payments could be made.

        That was when there was no account last, noted by the hour. False where there is none now.
        """
        since = self._mark.since or now
        start = since - OVERLAP
        try:
            if self._ask(start, now) is None:
                if self._mark.since is None or now - since >= NOTED_EVERY:
                    self._move(replace(self._mark, since=now))
                return False
        except PaymentUnavailableError:
            self._move(replace(self._mark, known_until=since))  # only nobody may read it
            raise
        self._move(replace(self._mark, known_until=start, read_again_until=start))
        return True

    def _ask(self, after: datetime, until: datetime) -> Told | None:
        return self._ports.payments.events_since(
            self._mark.tenant, after, until, deadline=self._stop, leave_out=self._passed
        )

    def _read(self, after: datetime, until: datetime) -> Told | None:
        """Read a part and take it in; None where the turn is over."""
        if self._is_over or not self._has_time():
            return None
        after = after.replace(microsecond=0)
        told = self._ask(after, until)
        if told is None:  # what was paid with that key goes unheard: this isn't over by itself
            raise PaymentUnavailableError("the key is gone")
        self._done.unreadable |= {(self._mark.tenant, each) for each in told.unreadable}
        for number, fact in enumerate(told.facts):
            if len(self.failed) >= FAILED_AT_MOST or (number and not self._has_time()):
                self._is_over = True
                return replace(told, until=max(after, fact.at.replace(microsecond=0)))
            self._take_in(fact)
        return told

    def _take_in(self, fact: ProviderPayment) -> None:
        tenant = self._mark.tenant
        self._done.facts[tenant] += 1
        try:
            if not take_in(self._ports, fact):
                self._done.strange.append(fact.event_id)
        except Exception as error:  # noqa: BLE001 - kept, and raised when the others had their turn
            failed = FailedFact(tenant, fact.event_id, fact.provider_reference, fact.at, error)
            self.failed.append(failed)
            self._done.failed.append(failed)

    def _reached(self, known: datetime, again: datetime) -> PaymentMark:
        """Return the mark as far as all is taken in: before the first fact that failed, and never
        back.
        """

        def moved(before: datetime | None, until: datetime) -> datetime:
            reached = min([until, *(each.at for each in self.failed)])
            return reached if before is None else max(reached, before)

        mark = self._mark
        return replace(
            mark,
            known_until=moved(mark.known_until, known),
            read_again_until=moved(mark.read_again_until, again),
        )

    def _move(self, moved: PaymentMark) -> None:
        if moved != self._mark:
            another_run_is_at_it = not self._ports.payment_marks.move(self._mark, moved)
            self._is_over = self._is_over or another_run_is_at_it
            self._mark = moved

    def _has_time(self) -> bool:
        return self._ports.clock.now() < self._stop
