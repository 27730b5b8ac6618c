"""A test clock: the time of the sandbox customers attached to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.tenant import Tenant


class ClockStatus(StrEnum):
    """Whether the clock stands still."""

    READY = "ready"
    ADVANCING = "advancing"


@dataclass(frozen=True, slots=True)
class TestClock:
    """`now` moves from due moment to due moment until it reaches `target`.

    `change.at` is when it last moved, by the wall clock, as `created_at` is. So is `held_until`: up
    to then a worker may be at it, and no other begins.
    """

    __test__ = False  # the name is the API's; pytest shall not collect it

    id: str
    tenant: Tenant
    now: datetime
    target: datetime
    created_at: datetime
    name: str | None = None
    status: ClockStatus = ClockStatus.READY
    held_until: datetime | None = None
    version: int = 0
    change: Change = SYSTEM
