"""A promise to pay: when a customer means to pay how much, of which invoices, and what came of it.

While it stands, its invoices' cases are paused until it is judged: at the moment when the money
that was promised is there, or when the promised day and its days of grace are over. It is judged by
the invoices alone, so whoever judges it, and however often, comes to the same end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Case, Pause, PauseKind
from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.money import Currency
from chalicelib.domain.tenant import Tenant

USUAL_GRACE_DAYS = 7
MOST_GRACE_DAYS = 30
MOST_DAYS_AHEAD = 90
"""A promise waits for a payment of the next weeks. Who needs more than a quarter wants other terms
(Directive 2011/7/EU, article 3(5), sees anything beyond 60 days as an agreement of its own)."""
MOST_DATES = 12
MOST_INVOICES = 50
"""What one transaction pauses or releases beside the promise itself."""

AGREED = (PauseKind.PROMISE, PauseKind.PLAN)
"""The pauses that what was agreed puts on cases, and that end as it is judged."""

_DAY = timedelta(days=1)


class PromiseStatus(StrEnum):
    """Where a promise stands. `partly_kept`: some of its dates were kept, a later one wasn't."""

    OPEN = "open"
    KEPT = "kept"
    PARTLY_KEPT = "partly_kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


class EndedBy(StrEnum):
    """What ended a promise."""

    PAID = "paid"
    DAY_PASSED = "day_passed"
    CANCELLED = "cancelled"
    CREDITED = "credited"
    VOID = "void"
    WRITTEN_OFF = "written_off"
    DISPUTED = "disputed"


class Source(StrEnum):
    """How a promise reached the creditor."""

    PHONE = "phone"
    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    MEETING = "meeting"
    PORTAL = "portal"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PromisedDate:
    """How much is to come by which local day of the customer's. Minor units."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class Covered:
    """An invoice that a promise is about, and how it stood then: what comes later is what counts.

    Minor units. Fees and interest that are added afterwards weren't promised.
    """

    invoice_id: str
    paid: int
    charges: int


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise of a customer. Amounts are minor units of `currency`; `dates` in order of the days.

    `until` is when the next date is judged (UTC). `kept` is how many dates were kept, and
    `received` what came in on the invoices since, both as judged last. `taken_by` and `note` are
    people's words; `request` stands for the request that made it.
    """

    id: str
    tenant: Tenant
    customer_id: str
    currency: Currency
    dates: tuple[PromisedDate, ...]
    covered: tuple[Covered, ...]
    source: Source
    until: datetime
    created_at: datetime
    grace_days: int = USUAL_GRACE_DAYS
    status: PromiseStatus = PromiseStatus.OPEN
    kept: int = 0
    received: int = 0
    ended_by: EndedBy | None = None
    ended_at: datetime | None = None
    taken_by: str | None = None
    note: str | None = None
    request: str | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def amount(self) -> int:
        """What is promised in all."""
        return sum(each.amount for each in self.dates)

    @property
    def is_open(self) -> bool:
        """Whether it still stands."""
        return self.status is PromiseStatus.OPEN

    @property
    def invoices(self) -> tuple[str, ...]:
        """The invoices that it is about."""
        return tuple(each.invoice_id for each in self.covered)

    @property
    def pause(self) -> Pause:
        """What holds its invoices' cases back while it stands."""
        words = "The customer has promised to pay."
        return Pause(PauseKind.PROMISE, words, self.created_at, self.until, self.id)


def judged_after(day: date, grace_days: int, calendar: LocalCalendar) -> datetime:
    """Return the moment (UTC) at which the promised local day and its days of grace are over."""
    return calendar.instant(day + timedelta(days=grace_days) + _DAY)


def to_be_judged(cases: Iterable[Case], kind: PauseKind = PauseKind.PROMISE) -> dict[str, datetime]:
    """Return when the promises, or plans, that pause these cases are to be judged, by their ids.

    That is when the day is over; but money that was on its way in time is waited for: nobody has
    broken a promise before the bank has said whether it comes.
    """
    cases = tuple(cases)
    days = dict(each for case in cases for each in _moments_on(case, kind))
    moments = dict(days)
    for case in cases if days else ():
        for each in promised_on([case], kind):  # one of a plan's cases alone says until when
            if each in days:
                moments[each] = max((moments[each], *_on_its_way(case, days[each])))
    return moments


def promised_on(cases: Iterable[Case], kind: PauseKind = PauseKind.PROMISE) -> tuple[str, ...]:
    """Return the ids of the promises, or plans, that pause cases, open or not."""
    return tuple(
        dict.fromkeys(
            pause.reference
            for case in cases
            for pause in case.pauses
            if pause.kind is kind and pause.reference
        )
    )


def _moments_on(case: Case, kind: PauseKind) -> Iterator[tuple[str, datetime]]:
    for pause in case.pauses if case.is_open else ():
        if pause.kind is kind and pause.until and pause.reference:
            yield pause.reference, pause.until


def _on_its_way(case: Case, until: datetime) -> Iterator[datetime]:
    for pause in case.pauses if case.is_open else ():
        if pause.kind is PauseKind.PAYMENT_PROCESSING and pause.since < until and pause.until:
            yield pause.until
