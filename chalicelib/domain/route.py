"""By which way a step reaches the customer, or that a person must do it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from chalicelib.domain.case import Case, Outcome, StepResult
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.decisions import Reason
from chalicelib.domain.sequence import SENDS, Do, Step

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
    the other channel neither is its own. Where the customer complained about this step, a person
    decides how to go on.
    """
    if step.do not in SENDS:
        return Way(step.do, Reason.FOR_A_PERSON, task=True)
    failed = result.channel if result else None
    if result and result.reason == "complained":
        return Way(step.do, Reason.FOR_A_PERSON, task=True)
    untried = [step.do, _OTHER[step.do]]
    if failed:
        untried = [_OTHER[step.do]] if failed == step.do else []
    for channel in untried:
        if address_on(channel, customer):
            return Way(channel, Reason.DUE if channel is step.do else Reason.OTHER_CHANNEL)
    return Way(step.do, Reason.NO_USABLE_ADDRESS, task=True)


def address_on(channel: Do, customer: Customer) -> str | None:
    """Return the address to which a message on the channel goes, if there is a usable one."""
    return customer.usable_email() if channel is Do.EMAIL else customer.usable_phone()


def changed_channels(before: Customer, after: Customer) -> frozenset[Do]:
    """Return the channels on which the customer has another usable address than before."""
    return frozenset(
        channel
        for channel in SENDS
        if (address := address_on(channel, after)) and address != address_on(channel, before)
    )


def waits_for_address(result: StepResult) -> bool:
    """Say whether a step was handed to a person for want of an address only."""
    return result.outcome is Outcome.ACTED and result.reason == Reason.NO_USABLE_ADDRESS


def given_back(case: Case, changed: Collection[Do], left_to_people: Collection[str]) -> Case:
    """Return the case with those steps to do again that didn't reach the customer for an address.

    `changed` are the channels with a new address. Steps that failed on one of them come back, and
    with any of them those that were handed to a person for want of an address; of the latter
    `left_to_people` names the ones that nobody has dealt with yet.
    """
    kept = {
        step: result
        for step, result in case.results.items()
        if not (_failed_on(result, changed) or (changed and step in left_to_people))
    }
    return case if kept == case.results else replace(case, results=kept)


def _failed_on(result: StepResult, changed: Collection[Do]) -> bool:
    return result.reroute and result.channel in changed and result.reason in _ABOUT_THE_ADDRESS
