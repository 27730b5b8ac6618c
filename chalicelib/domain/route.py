"""By which way a step reaches the customer, or that a person must do it."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.case import StepResult
from chalicelib.domain.customer import Customer
from chalicelib.domain.decisions import Reason
from chalicelib.domain.sequence import SENDS, Do, Step

_OTHER = {Do.EMAIL: Do.SMS, Do.SMS: Do.EMAIL}


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
