"""By which way a step reaches the customer, or that it is done otherwise: by a person, or here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from chalicelib.domain import kinds
from chalicelib.domain.case import Case, Outcome, StepResult
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.decisions import Reason
from chalicelib.domain.sequence import Do, Step

_ABOUT_THE_ADDRESS = frozenset({Suppression.BOUNCED, Suppression.INVALID, Suppression.OPTED_OUT})
"""Failures that a new address puts right. After a complaint a person decides."""


@dataclass(frozen=True, slots=True)
class Way:
    """The channel a step takes; `is_act` says that it is done otherwise than by a message."""

    channel: Do
    reason: Reason
    is_act: bool = False


def route(step: Step, result: StepResult | None, customer: Customer) -> Way:
    """Choose the way of a step: its own channel, else those that take its place, else a task.

    A channel on which this step already failed to reach the customer isn't tried again, and neither
    are those before it. Where the customer complained about this step, or it was refused although
    the address is fine, a person decides how to go on.
    """
    kind = kinds.named(step.do)
    if kind.channel is None:
        return Way(step.do, Reason.FOR_A_PERSON if kind.is_task else Reason.DUE, is_act=True)
    if result and result.reason == "complained":
        return Way(step.do, Reason.COMPLAINED, is_act=True)
    channels = (step.do, *map(Do, kind.channel.instead))
    for channel in _untried(channels, result):
        if address_on(channel, customer):
            return Way(channel, Reason.DUE if channel == step.do else Reason.OTHER_CHANNEL)
    tried_in_vain = any(address_on(channel, customer) for channel in channels)
    return Way(step.do, Reason.REFUSED if tried_in_vain else Reason.NO_USABLE_ADDRESS, is_act=True)


def _untried(channels: tuple[Do, ...], result: StepResult | None) -> tuple[Do, ...]:
    if result is None or result.channel is None:
        return channels
    tried = [place for place, channel in enumerate(channels, 1) if channel == result.channel]
    return channels[tried[0] :] if tried else ()


def address_on(channel: str, customer: Customer) -> str | None:
    """Return the address to which a message on the channel goes, if there is a usable one."""
    found = kinds.named(channel).channel
    return found.usable(customer) if found else None


def waits_for_address(result: StepResult) -> bool:
    """Say whether a step was handed to a person for want of an address only."""
    return result.outcome is Outcome.ACTED and result.reason == Reason.NO_USABLE_ADDRESS


def given_back(case: Case, customer: Customer, left_to_people: Collection[str]) -> Case:
    """Return the case with those steps to do again that another address now lets through.

    A step that failed for an address comes back once its channel has a usable one, and so does a
    step that was handed to a person for want of any. Of the latter `left_to_people` names those
    that nobody has dealt with yet.
    """
    usable = {channel for channel in kinds.messages() if address_on(channel, customer)}
    kept = {
        step: result
        for step, result in case.results.items()
        if not (_failed_on(result, usable) or (usable and step in left_to_people))
    }
    return case if kept == case.results else replace(case, results=kept)


def _failed_on(result: StepResult, channels: Collection[str]) -> bool:
    return result.reroute and result.channel in channels and result.reason in _ABOUT_THE_ADDRESS
