"""What a step of a sequence charges."""

from __future__ import annotations

from chalicelib.domain import ids, kinds
from chalicelib.domain.charging import CompensationDemand, Demand, FeeDemand, InterestDemand
from chalicelib.domain.decisions import Reason
from chalicelib.domain.errors import (
    CompensationUnknownError,
    DunlinError,
    InvoiceDisputedError,
    NotForConsumersError,
    NothingToChargeError,
    NotOverdueError,
    RateUnknownError,
)
from chalicelib.domain.fee import FeeRule, FeeTier
from chalicelib.domain.interest import millionths
from chalicelib.domain.kinds.fee import FeeParameters
from chalicelib.domain.kinds.interest import InterestParameters
from chalicelib.domain.money import Currency
from chalicelib.domain.sequence import Step

NOT_CHARGED: dict[type[DunlinError], Reason] = {
    RateUnknownError: Reason.RATE_UNKNOWN,
    CompensationUnknownError: Reason.RATE_UNKNOWN,
    InvoiceDisputedError: Reason.FOR_A_PERSON,
    NotForConsumersError: Reason.NOT_FOR_CONSUMERS,
    NothingToChargeError: Reason.NOTHING_TO_CHARGE,
    NotOverdueError: Reason.NOTHING_TO_CHARGE,
}
"""What becomes of a step that charges nothing."""


def demand_of(step: Step, of: Currency) -> Demand | None:
    """Return what a step charges on an invoice of that currency; None where a person has to say."""
    match kinds.named(step.do).read(step.parameters):
        case InterestParameters() as interest:
            rate = millionths(interest.percent) if interest.percent else None
            return InterestDemand(rate=rate, law=interest.law) if step.parameters else None
        case FeeParameters(compensation=True, law=law):
            return CompensationDemand(law)
        case FeeParameters(currency=code) as fee if not fee.is_unsaid and code in {None, of.code}:
            return FeeDemand(_rule(fee))
        case _:
            return None


def charge_id(case_id: str, step: str) -> str:
    """Return the id of what a step charges: made of its meaning, so that it charges once."""
    return ids.child_id(ids.CHARGE, ids.owner_of(case_id), own_part(case_id, step))


def own_part(case_id: str, step: str) -> str:
    """Return the own part of that id."""
    return ids.steady(case_id, step)


def _rule(fee: FeeParameters) -> FeeRule:
    tiers = tuple(_tier(each.up_to, each.amount, each.percent) for each in fee.tiers)
    return FeeRule(
        tiers or (_tier(None, fee.amount, fee.percent),),
        at_least=fee.at_least,
        at_most=fee.at_most,
    )


def _tier(up_to: int | None, amount: int | None, percent: str | None) -> FeeTier:
    return FeeTier(up_to, amount, millionths(percent) if percent else None)
