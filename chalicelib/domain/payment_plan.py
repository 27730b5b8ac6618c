"""A payment plan: an amount owed that is paid in instalments, and what came of them.

An agreed plan is never edited: another schedule is another plan, which takes over what is left. It
is judged by its invoices and the time alone: payments go to the instalments in their order, so a
part of the sum that is there early counts, and how many are missing is counted anew each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import accumulate

from chalicelib.domain import ids
from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.case import Pause, PauseKind
from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.instalment import series_of
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.judging import left_on, received_on
from chalicelib.domain.money import Currency
from chalicelib.domain.promise import Covered, judged_after
from chalicelib.domain.tenant import Tenant

USUAL_GRACE_DAYS = 7
MOST_GRACE_DAYS = 30
USUALLY_BROKEN_AFTER = 2
"""Missing at the same time; consumer credit may be called in after two (BGB section 498(1))."""
MOST_INSTALMENTS = 60
MOST_DAYS_AHEAD = 5 * 366
MOST_INVOICES = 50
"""What one transaction pauses or releases beside the plan itself."""


class PlanStatus(StrEnum):
    """Where a plan stands."""

    ACTIVE = "active"
    COMPLETED = "completed"
    BROKEN = "broken"
    CANCELLED = "cancelled"


class PlanEnd(StrEnum):
    """What ended a plan."""

    PAID = "paid"
    MISSED = "missed"
    CANCELLED = "cancelled"
    REPLANNED = "replanned"
    DISPUTED = "disputed"
    CREDITED = "credited"
    VOID = "void"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class Instalment:
    """How much is to come by which local day of the customer's. Minor units."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class PaymentPlan:
    """A plan. Amounts are minor units of `currency`; `instalments` in order of the days.

    `planned` is what was owed on the invoices as it began, less what was disputed: the sum of the
    instalments. `covered` says how the invoices stood then. `until` is when the next instalment
    counts as missed unless it is there (UTC). As judged last, `paid` is how many instalments are
    there, `over` how many should be, `received` what came in. `sequence` (id and version) is what
    chases each instalment. `replaces` is the plan whose rest it took over.
    """

    id: str
    tenant: Tenant
    customer_id: str
    currency: Currency
    planned: int
    instalments: tuple[Instalment, ...]
    covered: tuple[Covered, ...]
    sequence: tuple[str, int]
    until: datetime
    created_at: datetime
    has_deposit: bool = False
    fee: int = 0
    grace_days: int = USUAL_GRACE_DAYS
    broken_after: int = USUALLY_BROKEN_AFTER
    status: PlanStatus = PlanStatus.ACTIVE
    paid: int = 0
    over: int = 0
    received: int = 0
    ended_by: PlanEnd | None = None
    ended_at: datetime | None = None
    replaces: str | None = None
    taken_by: str | None = None
    note: str | None = None
    request: str | None = None
    version: int = 0
    change: Change = SYSTEM

    @property
    def amount(self) -> int:
        """What is planned in all."""
        return self.planned

    @property
    def is_open(self) -> bool:
        """Whether it still stands."""
        return self.status is PlanStatus.ACTIVE

    @property
    def invoices(self) -> tuple[str, ...]:
        """The invoices that it is about."""
        return tuple(each.invoice_id for each in self.covered)

    @property
    def missed(self) -> int:
        """How many instalments are missing, their days of grace being over."""
        return max(0, self.over - self.paid)

    @property
    def current(self) -> int:
        """Which instalment is chased: the first that is neither there nor missed, from 0 on."""
        return max(self.paid, self.over)

    @property
    def series(self) -> str:
        """What tells the steps of its current instalment from others."""
        return series_of(ids.parse(ids.PAYMENT_PLAN, self.id).own, self.current + 1)

    def owed_by(self, index: int) -> int:
        """Return what is to have come by an instalment's day and hasn't, as judged last."""
        due = sum(each.amount for each in self.instalments[: index + 1])
        return max(0, due - self.received)

    def pause(self, *, chases: bool) -> Pause:
        """Return what holds a case back while it stands; on the case that chases, with its end."""
        words = "The customer pays by a plan."
        until = self.until if chases else None
        return Pause(PauseKind.PLAN, words, self.created_at, until, self.id)


def judged(
    plan: PaymentPlan,
    invoices: Mapping[str, Invoice],
    calendar: LocalCalendar,
    now: datetime,
    *,
    is_over: bool,
    disputed: Mapping[str, int],
) -> PaymentPlan:
    """Return an active plan as its invoices, by id, and the time now say that it stands.

    An instalment is paid when as much has come in as was to come up to it, or nothing is left to
    ask for; that stays so, but money that goes back has to come again with the next one. `is_over`
    says that the time of the instalments is looked at, too: those whose days of grace are over. For
    what is `disputed` then (minor units, by invoice) nobody waits.
    """
    received = received_on(plan.covered, invoices)
    left = left_on(plan.covered, invoices, disputed if is_over else {})
    sums = accumulate(each.amount for each in plan.instalments)
    paid = max(plan.paid, sum(left == 0 or total <= received for total in sums))
    over = max(plan.over, _over(plan, calendar, now)) if is_over else plan.over
    after = replace(plan, received=received, paid=paid, over=over)
    if paid == len(plan.instalments):
        by = PlanEnd.PAID if received >= plan.planned else _settled_by(plan, invoices)
        is_completed = by is PlanEnd.PAID
        return ended(after, PlanStatus.COMPLETED if is_completed else _GIVEN_UP, by, now)
    if is_over and (after.missed >= plan.broken_after or over == len(plan.instalments)):
        return ended(after, PlanStatus.BROKEN, PlanEnd.MISSED, now)
    return replace(after, until=missed_after(after, after.current, calendar))


def missed_after(plan: PaymentPlan, index: int, calendar: LocalCalendar) -> datetime:
    """Return the moment (UTC) at which an instalment's day and days of grace are over."""
    return judged_after(plan.instalments[index].day, plan.grace_days, calendar)


def ended(plan: PaymentPlan, status: PlanStatus, by: PlanEnd, now: datetime) -> PaymentPlan:
    """Return a plan as ended; an end is final."""
    return replace(plan, status=status, ended_by=by, ended_at=now)


_GIVEN_UP = PlanStatus.CANCELLED
"""Nothing is left that could be paid, so it was neither completed nor broken."""


def _over(plan: PaymentPlan, calendar: LocalCalendar, now: datetime) -> int:
    moments = (missed_after(plan, index, calendar) for index in range(len(plan.instalments)))
    return sum(moment <= now for moment in moments)


def _settled_by(plan: PaymentPlan, invoices: Mapping[str, Invoice]) -> PlanEnd:
    """Say what settled invoices of which less was paid than planned."""
    statuses = {invoices[each].status for each in plan.invoices}
    if InvoiceStatus.WRITTEN_OFF in statuses:
        return PlanEnd.WRITTEN_OFF
    if received_on(plan.covered, invoices):
        return PlanEnd.PAID
    if InvoiceStatus.OPEN in statuses and left_on(plan.covered, invoices, {}):
        return PlanEnd.DISPUTED
    return PlanEnd.VOID if statuses == {InvoiceStatus.VOID} else PlanEnd.CREDITED
