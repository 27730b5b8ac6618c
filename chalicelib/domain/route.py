"""By which way a step reaches the customer, or that it is done otherwise: by a person, or here."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from chalicelib.domain import kinds
from chalicelib.domain.case import Case, Outcome, StepResult
from chalicelib.domain.customer import Customer, Suppression
from chalicelib.domain.decisions import Reason
from chalicelib.domain.sequence import Do, Sequence, Step

_ABOUT_THE_ADDRESS = frozenset({Suppression.BOUNCED, Suppression.INVALID, Suppression.OPTED_OUT})
"""Failures that a new address puts right. After a complaint a person decides."""


@dataclass(frozen=True, slots=True)
class Way:
    """The channel a step takes; `is_act` says that it is done otherwise than by a message."""

    channel: Do
    reason: Reason
    is_act: bool = False

    @property
    def is_contact(self) -> bool:
        """Whether the customer hears of it as a message, so that gap, caps and window hold.

        A step that only want of an address makes a person's keeps its time.
        """
        by_choice = self.is_act and self.reason in (Reason.FOR_A_PERSON, Reason.OBJECTED)
        return kinds.is_message(self.channel) and not by_choice


def is_sent(step: Step) -> bool:
    """Say whether Dunlin sends the step as a message, where there is an address."""
    channel = kinds.named(step.do).channel
    return channel is not None and channel.takes(step)


def route(step: Step, result: StepResult | None, customer: Customer) -> Way:
    """Choose the way of a step: its own channel, else those that take its place, else a task.

    A channel on which this step already failed to reach the customer isn't tried again, and neither
    are those before it. Where the customer complained about this step, or it was refused although
    the address is fine, a person decides how to go on.
    """
    kind = kinds.named(step.do)
    if kind.channel is None or not kind.channel.takes(step):
        return Way(step.do, _reason_to_act(step, customer), is_act=True)
    if result and result.reason == "complained":
        return Way(step.do, Reason.COMPLAINED, is_act=True)
    legal = step.is_legal
    channels = (step.do, *map(Do, kind.channel.instead))
    for channel in _untried(channels, result):
        if address_on(channel, customer, legal=legal):
            return Way(channel, Reason.DUE if channel == step.do else Reason.OTHER_CHANNEL)
    tried_in_vain = any(address_on(channel, customer, legal=legal) for channel in channels)
    return Way(step.do, Reason.REFUSED if tried_in_vain else Reason.NO_USABLE_ADDRESS, is_act=True)


def _reason_to_act(step: Step, customer: Customer) -> Reason:
    if not kinds.named(step.do).is_for_a_person(step):
        return Reason.DUE
    allowed = customer.allows(step.do, legal=step.is_legal)
    return Reason.FOR_A_PERSON if allowed else Reason.OBJECTED


def _untried(channels: tuple[Do, ...], result: StepResult | None) -> tuple[Do, ...]:
    if result is None or result.channel is None:
        return channels
    tried = [place for place, channel in enumerate(channels, 1) if channel == result.channel]
    return channels[tried[0] :] if tried else ()


def address_on(channel: str, customer: Customer, *, legal: bool = False) -> str | None:
    """Return the address to which a message on the channel goes, if there is a usable one.

    A legal notice also goes where only reminders were refused.
    """
    found = kinds.named(channel).channel
    return found.usable_for(customer, legal=legal) if found else None


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
        if not _comes_back(
            result, usable_for(step, customer, sequence), is_left=step in left_to_people
        )
    }
    return case if kept == case.results else replace(case, results=kept)


def usable_for(step: str, customer: Customer, sequence: Sequence) -> frozenset[str]:
    """Return the channels by which a step of that key reaches the customer.

    None for a step of a sequence that the case followed before: it isn't done any more.
    """
    found = next((each for each in sequence.steps if each.key == step), None)
    if found is None:
        return frozenset()
    legal = found.is_legal
    return frozenset(each for each in kinds.messages() if address_on(each, customer, legal=legal))


def _comes_back(result: StepResult, usable: Collection[str], *, is_left: bool) -> bool:
    return _failed_on(result, usable) or (bool(usable) and is_left)


def _failed_on(result: StepResult, channels: Collection[str]) -> bool:
    return result.reroute and result.channel in channels and result.reason in _ABOUT_THE_ADDRESS
