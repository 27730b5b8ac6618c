"""What is charged on an invoice that is late, how much that comes to, and why.

Only what was owed of the invoice itself counts: fees and interest bear neither. No day bears
interest twice: a charge keeps its days, and the next begins after them, also where it was waived.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from chalicelib.domain.charge import Basis, Charge, ChargeKind
from chalicelib.domain.errors import (
    FieldError,
    InvalidError,
    NothingToChargeError,
    NotOverdueError,
)
from chalicelib.domain.fee import FeeRule
from chalicelib.domain.interest import DAY, Interest, Owed, Rate, interest
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.late_payment import (
    USUAL_POLICY,
    LatePayment,
    Law,
    compensation,
    law_of,
    statutory_rate,
)

CONTRACT = "contract"
"""The source of what was agreed on."""


@dataclass(frozen=True, slots=True)
class FeeDemand:
    """A fee by a rule; its currency is the invoice's."""

    rule: FeeRule


@dataclass(frozen=True, slots=True)
class InterestDemand:
    """Interest from the day after the last that bore it, or from `since` if that is later, up to
    `until` (None: today). `rate` (millionths a year) and `law` go before the creditor's policy."""

    since: date | None = None
    until: date | None = None
    rate: int | None = None
    law: str | None = None


@dataclass(frozen=True, slots=True)
class CompensationDemand:
    """The law's lump sum for the costs of recovery; `law` goes before the creditor's policy."""

    law: str | None = None


Demand = FeeDemand | InterestDemand | CompensationDemand


@dataclass(frozen=True, slots=True)
class Debt:
    """An invoice as it stands when something is charged on it.

    `paid` are its payments by the customer's local date of arrival, `charges` those that are on it
    already, earliest first. `seller` is the creditor's country. Nothing is charged on the part
    that is `disputed`.
    """

    invoice: Invoice
    paid: tuple[tuple[date, int], ...]
    charges: tuple[Charge, ...]
    today: date
    seller: str
    is_consumer: bool = False
    policy: LatePayment = USUAL_POLICY
    disputed: int = 0

    @property
    def owed(self) -> Owed:
        """What the invoice itself asked for, day by day."""
        undisputed = self.invoice.amount - self.invoice.credited - self.disputed
        return Owed(max(0, undisputed), self.paid)

    @property
    def principal(self) -> int:
        """What is owed now of the invoice itself."""
        return max(0, self.invoice.principal - self.disputed)

    @property
    def first_late_day(self) -> date:
        """The day after the due date."""
        return self.invoice.due_date + DAY


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a demand comes to, in minor units, and why."""

    kind: ChargeKind
    amount: int
    basis: Basis


def draw_up(demand: Demand, debt: Debt) -> Drawn:
    """Return what is charged. Raises NothingToChargeError, NotOverdueError, InvalidError,
    RateUnknownError, CompensationUnknownError, NotForConsumersError."""
    match demand:
        case FeeDemand():
            drawn = _fee(demand, debt)
        case InterestDemand():
            drawn = _interest(demand, debt)
        case CompensationDemand():
            drawn = _compensation(demand, debt)
    if drawn.amount <= 0:
        raise NothingToChargeError("It comes to nothing.")
    return drawn


def _fee(demand: FeeDemand, debt: Debt) -> Drawn:
    principal = debt.principal
    if principal <= 0:
        raise NothingToChargeError("The invoice itself is paid.")
    amount, tier = demand.rule.of(principal)
    share = tier.share if tier else None
    bounded = tier is not None and amount != tier.of(principal)
    return Drawn(ChargeKind.FEE, amount, Basis(principal, share=share, bounded=bounded))


def _interest(demand: InterestDemand, debt: Debt) -> Drawn:
    until = demand.until or debt.today
    if until > debt.today:
        fault = FieldError("/until", "must not be after the customer's present day")
        raise InvalidError("Interest is charged for days that have come.", fields=(fault,))
    _overdue(debt)
    since, carried = _where_to_go_on(debt)
    since = max(since, demand.since or since)
    if since > until:
        raise NothingToChargeError(f"Interest is charged up to {since - DAY}.")
    found, law = _accrued(demand, debt, since, until, carried)
    basis = Basis(
        principal=debt.owed.on(until),
        law=law[0] if law else None,
        source=law[1].source if law else CONTRACT,
        day_count=debt.policy.day_count,
        rounding=debt.policy.rounding,
        parts=found.parts,
        carried_over=_written(carried),
        carried=_written(found.carried),
    )
    return Drawn(ChargeKind.INTEREST, found.amount, basis)


def _accrued(
    demand: InterestDemand, debt: Debt, since: date, until: date, carried: Fraction
) -> tuple[Interest, tuple[str, Law] | None]:
    agreed = demand.rate
    if agreed is None and demand.law is None:
        agreed = debt.policy.contract_rate
    country = _country(demand.law, debt)
    law = None if agreed is not None else (country, law_of(country))

    def rate_on(day: date) -> Rate:
        if law is None:
            return Rate(agreed or 0)
        return statutory_rate(
            law[1],
            day,
            first_day=debt.first_late_day,
            is_consumer=debt.is_consumer,
            own=debt.policy.rates,
        )

    found = interest(
        debt.owed,
        since,
        until,
        rate_on=rate_on,
        day_count=debt.policy.day_count,
        rounding=debt.policy.rounding,
        carried=carried,
    )
    return found, law


def _compensation(demand: CompensationDemand, debt: Debt) -> Drawn:
    _overdue(debt)
    if any(each.kind is ChargeKind.COMPENSATION for each in debt.charges):
        raise NothingToChargeError("The invoice bears the compensation already.")
    country = _country(demand.law, debt)
    law = law_of(country)
    principal = debt.owed.on(debt.first_late_day)
    if principal <= 0:
        raise NothingToChargeError("The invoice was paid in time.")
    of = debt.invoice.currency.code
    amount = compensation(law, principal, of, is_consumer=debt.is_consumer)
    basis = Basis(principal, law=country, source=law.source)
    return Drawn(ChargeKind.COMPENSATION, amount, basis)


def _where_to_go_on(debt: Debt) -> tuple[date, Fraction]:
    """Return the first day that bears no interest yet, and what is carried over to it."""
    known = [(each.charged_until, each.carried) for each in debt.charges if each.charged_until]
    if not known:
        return debt.first_late_day, Fraction(0)
    until, carried = max(known, key=lambda each: each[0] or date.min)
    return (until or debt.invoice.due_date) + DAY, carried


def _country(named: str | None, debt: Debt) -> str:
    return named or debt.policy.law or debt.seller


def _overdue(debt: Debt) -> None:
    if debt.today <= debt.invoice.due_date:
        raise NotOverdueError("The invoice isn't overdue yet.")


def _written(carried: Fraction) -> str | None:
    return str(carried) if carried else None
