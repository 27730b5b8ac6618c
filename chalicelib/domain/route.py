"""By which way a step reaches the customer, or that a person must do it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from chalicelib.domain.case import Case, Outcome, StepResult
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.decisions import Reason
from chalicelib.domain.sequence import SENDS, Do, Sequence, Step

_OTHER = {Do.EMAIL: Do.SMS, Do.SMS: Do.EMAIL}
_ABOUT_THE_ADDRESS = frozenset({Suppression.BOUNCED, Suppression.INVALID, Suppression.OPTED_OUT})
"""Failures that a new address puts right. After a complaint a person decides."""


@dataclass(frozen=True, slots=True)
class Way:
    """The channel a step takes; `task` says that a person is to do it."""

    channel: Do
    reason: Reason
    task: bool = False


def route(step: Step, result: StepResult | None, customer: Customer) -> Way:
    """Choose the way of a step: its own channel, else the other one, else a task.

    A channel on which this step already failed to reach the customer isn't tried again, and after
    the other channel neither is its own. Where the customer complained about this step, or it was
    refused although the address is fine, a person decides how to go on.
    """
    if step.do not in SENDS:
        allowed = customer.allows(step.do.value, legal=step.is_legal)
        return Way(step.do, Reason.FOR_A_PERSON if allowed else Reason.OBJECTED, task=True)
    failed = result.channel if result else None
    if result and result.reason == "complained":
        return Way(step.do, Reason.COMPLAINED, task=True)
    untried = [step.do, _OTHER[step.do]]
    if failed:
        untried = [_OTHER[step.do]] if failed == step.do else []
    for channel in untried:
        if address_on(channel, customer, legal=step.is_legal):
            return Way(channel, Reason.DUE if channel is step.do else Reason.OTHER_CHANNEL)
    tried_in_vain = any(address_on(each, customer, legal=step.is_legal) for each in _OTHER)
    return Way(step.do, Reason.REFUSED if tried_in_vain else Reason.NO_USABLE_ADDRESS, task=True)


def address_on(channel: Do, customer: Customer, *, legal: bool = False) -> str | None:
    """Return the address to which a message on the channel goes, if there is a usable one.

    A legal notice also goes where only reminders were refused.
    """
    usable = customer.usable_email if channel is Do.EMAIL else customer.usable_phone
    return usable(legal=legal)


def waits_for_address(result: StepResult) -> bool:
    """Say whether a step was handed to a person for want of an address only."""
    return result.outcome is Outcome.ACTED and result.reason == Reason.NO_USABLE_ADDRESS


def given_back(
    case: Case, customer: Customer, sequence: Sequence, left_to_people: Collection[str]
) -> Case:
    """Return the case with those steps to do again that another address now lets through.

    A step that failed for an address comes back once its channel has a usable one, and so does a
    step that was handed to a person for want of any. Of the latter `left_to_people` names those
    that nobody has dealt with yet.
    """
    kept = {
        step: result
        for step, result in case.results.items()
        if not _comes_back(result, usable_for(step, customer, sequence), step in left_to_people)
    }
    return case if kept == case.results else replace(case, results=kept)


def usable_for(step: str, customer: Customer, sequence: Sequence) -> frozenset[Do]:
    """Return the channels by which a step of that key reaches the customer."""
    legal = sequence.step(step).is_legal
    return frozenset(each for each in SENDS if address_on(each, customer, legal=legal))


def _comes_back(result: StepResult, usable: Collection[Do], is_left: bool) -> bool:  # noqa: FBT001
    return _failed_on(result, usable) or (bool(usable) and is_left)


def _failed_on(result: StepResult, channels: Collection[Do]) -> bool:
    return result.reroute and result.channel in channels and result.reason in _ABOUT_THE_ADDRESS
