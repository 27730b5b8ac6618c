"""A delivery: one event that one endpoint is to get, until it has it or three days are over.

It is stored before anything is sent, and deleted once the endpoint took the event; so what is
there is what is still owed. The waits between attempts grow about threefold and are spread by
chance, so that what failed together doesn't come back together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.tenant import Tenant
from chalicelib.domain.webhook_endpoint import FAILS_FOR, LONGEST_PAUSE, Failure

WAITS = tuple(timedelta(minutes=each) for each in (1, 4, 15, 60, 180, 360, 720, 960, 960, 960))
"""After each failed attempt; together 70 hours."""
ATTEMPTS = len(WAITS) + 1
SPREAD = 0.2
"""A wait is up to so much shorter or longer, as a share of it."""
PATIENCE = 0.2
"""What a pause puts off waits for such a share of its age at least, so it isn't put off without end
where a receiver asks for one short pause after the other."""
PICKED_UP_AFTER = timedelta(minutes=15)
"""When the sweep sees to a delivery whose message got lost."""
KEPT_FOR = timedelta(days=30)
"""How long one that was given up can still be seen, and asked for again."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What is owed. `due_at` is when the sweep sees to it; None: given up, at `ended_at`.

    `is_presumed`: nobody could read whether the endpoint wants it, or whether it was asked for, so
    what the endpoint's list has decides once it can be read.
    """

    tenant: Tenant
    endpoint_id: str
    event_id: str
    created_at: datetime
    due_at: datetime | None
    attempts: int = 0
    last_failure: Failure | None = None
    ended_at: datetime | None = None
    is_presumed: bool = False

    @property
    def id(self) -> str:
        """The event's: an endpoint gets each once."""
        return self.event_id

    @property
    def is_at_its_last(self) -> bool:
        """Whether it is given up after the next failure."""
        return self.attempts + 1 >= ATTEMPTS

    def is_patient(self, now: datetime) -> bool:
        """Say whether a receiver's pause costs it no attempt: for as long as one may fail."""
        return now - self.created_at < FAILS_FOR

    def put_off(self, now: datetime, pause: timedelta, chance: float) -> Delivery:
        """Return it as it waits for the end of a receiver's pause; nothing failed."""
        wait = max(pause, PATIENCE * (now - self.created_at))
        return replace(self, due_at=now + wait * (1 + SPREAD * chance))

    def failed(
        self, failure: Failure, chance: float, *, pause: timedelta = timedelta()
    ) -> Delivery:
        """Return it after another failed attempt; `chance` from 0 to 1 spreads the wait.

        `pause` is what the receiver asked for: the next attempt doesn't come before.
        """
        tried = replace(self, attempts=self.attempts + 1, last_failure=failure)
        if tried.attempts >= ATTEMPTS:
            return replace(tried, due_at=None, ended_at=failure.at)
        wait = WAITS[tried.attempts - 1] * (1 - SPREAD + 2 * SPREAD * chance)
        asked = min(pause, LONGEST_PAUSE) * (1 + SPREAD * chance)
        return replace(tried, due_at=failure.at + max(wait, asked))

    def given_up(self, failure: Failure) -> Delivery:
        """Return it as it is where there is nobody to deliver it to."""
        return replace(self, due_at=None, ended_at=failure.at, last_failure=failure)


def owed(
    tenant: Tenant, endpoint_id: str, event_id: str, now: datetime, *, is_presumed: bool = False
) -> Delivery:
    """Return a delivery of which nothing was tried yet."""
    due_at = now + PICKED_UP_AFTER
    return Delivery(tenant, endpoint_id, event_id, now, due_at, is_presumed=is_presumed)
