"""A sequence: the ordered steps that follow an invoice up, and the rules that bind them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chalicelib.domain import kinds
from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.calendar import SendWindow

MAX_STEPS = 40
MAX_OFFSET_DAYS = 3650


class Do(StrEnum):
    """What a step does: the words of the contract, and of whatever kind is registered."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    CALL = "call"
    FEE = "fee"
    INTEREST = "interest"
    CHARGE = "charge"
    SERVICE = "service"
    ESCALATE = "escalate"

    @classmethod
    def _missing_(cls, value: object) -> Do | None:
        if not isinstance(value, str) or not kinds.is_known(value):
            return None
        word = str.__new__(cls, value)
        word._name_, word._value_ = value.upper(), value
        return word


FINAL_NOTICE = "notice_final"
"""The template of the last word before somebody else takes over."""


class CatchUp(StrEnum):
    """Which of several missed steps runs."""

    LATEST = "latest"
    NEXT = "next"


class CallRules(StrEnum):
    """Rules for calls that a creditor can switch on, ready as the law has them."""

    US_REGULATION_F = "us_regulation_f"


ANY = "any"
"""Stands in a cap for contacts of every kind together."""


class Scope(StrEnum):
    """What one case follows."""

    INVOICE = "invoice"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `offset_days` counts local days from the due date; `min_amount` is minor units.

    `min_amounts` takes its place in the currencies that it names. `pay_within_days` is the time to
    pay that its message gives, in local days from the day it is sent on, up to a bank working day.
    `legal` says whether it is a legal notice (None: the final notice is one, nothing else).
    `parameters` are what its kind wants to know beyond that, in their JSON form. `approval` says
    who must agree before it is done.
    """

    key: str
    offset_days: int
    do: Do
    template: str | None = None
    min_amount: int = 0
    min_percent: int = 0
    legal: bool | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    min_amounts: dict[str, int] = field(default_factory=dict)
    pay_within_days: int = 0
    approval: ApprovalRule | None = None

    def minimum(self, currency: str) -> int:
        """Return what must at least be owed, in minor units of the currency of that code."""
        return self.min_amounts.get(currency, self.min_amount)

    @property
    def is_legal(self) -> bool:
        """Whether it also goes to who doesn't want to be reminded."""
        return self.template == FINAL_NOTICE if self.legal is None else self.legal


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a sequence, and where (a JSON pointer into its contract form)."""

    pointer: str
    detail: str


class InvalidSequenceError(ValueError):
    """The sequence contradicts itself; `faults` say where."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Sequence:
    """A version of a sequence. Building one validates it and raises InvalidSequenceError.

    `quiet_days` are local days from any contact with the customer to the next. `max_contacts` says
    how many contacts of a kind of step, or of ANY, lie within any seven local days at most.
    """

    id: str
    name: str
    version: int
    steps: tuple[Step, ...]
    scope: Scope = Scope.INVOICE
    catch_up: CatchUp = CatchUp.LATEST
    grace_days: int = 0
    min_gap_days: int = 0
    window: SendWindow | None = None
    bundle: bool = True
    quiet_days: int = 0
    max_contacts: dict[str, int] = field(default_factory=dict)
    call_rules: CallRules | None = None
    metadata: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if faults := list(_faults(self)):
            raise InvalidSequenceError(faults)

    def step(self, key: str) -> Step:
        """Return the step of that key. Raises KeyError."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def effective_offset(self, step: Step) -> int:
        """Return the days after the due date from which the step may run, grace included.

        `grace_days` is the number of days overdue up to which nothing counts as overdue, so a
        step after the due date waits until the day after them.
        """
        return (
            max(step.offset_days, self.grace_days + 1)
            if step.offset_days > 0
            else (step.offset_days)
        )


def _faults(sequence: Sequence) -> Iterator[Fault]:
    if not 1 <= len(sequence.steps) <= MAX_STEPS:
        yield Fault("/steps", f"must have between 1 and {MAX_STEPS} steps")
    for name in ("grace_days", "min_gap_days", "quiet_days"):
        if not 0 <= getattr(sequence, name) <= MAX_OFFSET_DAYS:
            yield Fault(f"/{name}", f"must be between 0 and {MAX_OFFSET_DAYS}")
    for of, most in sequence.max_contacts.items():
        if of != ANY and not kinds.reaches(of):
            yield Fault(f"/max_contacts/{of}", "is no kind of step that contacts a customer")
        elif most < 1:
            yield Fault(f"/max_contacts/{of}", "must be at least 1")
    yield from _window_faults(sequence.window)
    seen: set[str] = set()
    previous: int | None = None
    for index, step in enumerate(sequence.steps):
        at = f"/steps/{index}"
        if step.key in seen:
            yield Fault(f"{at}/key", f"{step.key!r} is used twice")
        seen.add(step.key)
        if previous is not None and step.offset_days < previous:
            yield Fault(
                f"{at}/offset_days",
                "must not be before the previous step: steps must stand in the order of their days",
            )
        previous = step.offset_days
        yield from _step_faults(step, at, sequence.steps)


def _step_faults(step: Step, at: str, steps: tuple[Step, ...]) -> Iterator[Fault]:
    if abs(step.offset_days) > MAX_OFFSET_DAYS:
        yield Fault(f"{at}/offset_days", f"must be within {MAX_OFFSET_DAYS} days")
    if step.min_amount < 0:
        yield Fault(f"{at}/min_amount", "must not be negative")
    if not 0 <= step.min_percent <= 100:  # noqa: PLR2004 - percent
        yield Fault(f"{at}/min_percent", "must be between 0 and 100")
    for code, amount in step.min_amounts.items():
        if amount < 0:
            yield Fault(f"{at}/min_amounts/{code}", "must not be negative")
    yield from _deadline_faults(step, f"{at}/pay_within_days")
    for name, detail in step.approval.faults() if step.approval else ():
        yield Fault(f"{at}/approval/{name}", detail)
    for name, detail in kinds.named(step.do).faults(step, steps):
        yield Fault(f"{at}/{name}", detail)


def _deadline_faults(step: Step, at: str) -> Iterator[Fault]:
    if not 0 <= step.pay_within_days <= MAX_OFFSET_DAYS:
        yield Fault(at, f"must be between 0 and {MAX_OFFSET_DAYS}")
    if step.pay_within_days and not kinds.is_message(step.do):
        yield Fault(at, "must be 0: only a message can give time to pay")
    if step.pay_within_days and step.offset_days < 0:
        yield Fault(at, "must be 0: before the due date that is the day until which to pay")


def _window_faults(window: SendWindow | None) -> Iterator[Fault]:
    if window is None:
        return
    if not window.days:
        yield Fault("/send_window/days", "must name at least one day")
    if window.opens >= window.closes:
        yield Fault("/send_window/to", "must be later than `from`")
