"""What a life is given: creditors, customers, invoices and what is done about them, as plain data.

A seed draws a scene (draw.py). A kept story has one of its own, so that it stays the same scene
whatever seeds draw later (stories.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from chalicelib.domain.approval import ApprovalRule
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.kinds import is_message
from chalicelib.domain.sequence import CallRules, CatchUp, Do, Scope, Sequence, Step
from chalicelib.domain.tenant import Mode, Tenant

CHARGING: dict[str, dict[str, Any]] = {
    "late_fee": {"offset_days": 4, "do": Do.FEE, "parameters": {"amount": 5_00, "currency": "eur"}},
    "lump_sum": {"offset_days": 11, "do": Do.FEE, "parameters": {"compensation": True}},
    "interest": {"offset_days": 12, "do": Do.INTEREST, "parameters": {"percent": "36.5"}},
    "more_interest": {"offset_days": 34, "do": Do.INTEREST, "parameters": {"policy": True}},
    "by_hand": {"offset_days": 20, "do": Do.FEE},
}
"""What a sequence may charge by itself, as facts of steps."""
_FIRST, _SECOND = ({"announced_by": f"reminder_{each}"} for each in ("first", "second"))
SERVING: dict[str, dict[str, Any]] = {
    "limited": {"offset_days": 18, "parameters": {"action": "limit", **_FIRST}},
    "cut_off": {"offset_days": 25, "parameters": {"action": "suspend", **_SECOND}},
    "downgraded": {"offset_days": 33, "parameters": {"action": "downgrade", **_FIRST}},
    "given_back": {"offset_days": 48, "parameters": {"action": "restore"}},
}
"""What it may do to the customer's service."""

AGENCY = {"to": "Inkasso Nord"}
MANAGER = ApprovalRule("manager", 3, deputy="director", deputy_after_days=1)
Choice = str | int | float | None
OTHER_STEPS = (
    Step("notice_due", 1, Do.EMAIL, template="notice_due"),
    Step("reminder_first", 2, Do.EMAIL, template="reminder_first"),
    Step("firm", 7, Do.SMS, template="reminder_second"),
    Step("call", 9, Do.CALL),
    Step("last", 15, Do.EMAIL, template="notice_final"),
)


@dataclass(frozen=True, slots=True)
class Deed:
    """What is done about an invoice at a moment: the name of a method of `People`, and how."""

    at: datetime
    what: str
    how: Mapping[str, Choice] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Order:
    """An invoice that is posted at a moment. `amount` is in minor units of the currency."""

    at: datetime
    number: str
    currency: str
    amount: int
    due: date
    deeds: tuple[Deed, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A customer. Mail to them may bounce, or make them complain. `hours` are the days and hours
    in which they want to be contacted: names of days, from, and to."""

    external_id: str
    name: str
    country: str
    timezone: str
    email: str | None = None
    phone: str | None = None
    bounces: bool = False
    complains: bool = False
    street: str | None = None
    hours: tuple[tuple[str, ...], str, str] | None = None
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class Advance:
    """At a moment of the wall clock, the test clock is sent to another one of its own."""

    at: datetime
    to: datetime


@dataclass(frozen=True, slots=True)
class Party:
    """A creditor in one mode. `rules` are what its sequence changes of the default one, among it
    `of_steps`, `of_messages` from the due date on, `approvals`, the steps that need one,
    `hand_over`, the day of that, and `calls`, the days of further steps.

    With `advances` all customers live on one test clock, which starts as the life does. Whoever
    `waives` asks for no fees and interest any more once the invoice itself is paid.
    """

    letter: str
    mode: Mode
    rules: Mapping[str, Any] = field(default_factory=dict)
    persons: tuple[Person, ...] = ()
    advances: tuple[Advance, ...] = ()
    waives: bool = False

    @property
    def tenant(self) -> Tenant:
        """Whose records they are."""
        return Tenant(f"cr_{self.letter * 16}", self.mode)

    @property
    def sequence(self) -> Sequence:
        """The sequence that the customers are followed up by."""
        rules = dict(self.rules)
        charging, serving = rules.pop("charging", ()), rules.pop("serving", ())
        added = [Step(key, **rest) for key, rest in CHARGING.items() if key in charging]
        added += [Step(key, do=Do.SERVICE, **SERVING[key]) for key in serving]
        if added:
            steps = sorted((*DEFAULT.steps, *added), key=lambda step: step.offset_days)
            rules["steps"] = tuple(steps)
        if "catch_up" in rules:
            rules["catch_up"] = CatchUp(rules["catch_up"])
        by_letter = rules.pop("letters", ())
        if "scope" in rules:
            rules["scope"] = Scope(rules["scope"])
        to_approve = rules.pop("approvals", ())
        every, due = rules.pop("of_steps", {}), rules.pop("of_messages", {})
        if rules.get("call_rules"):
            rules["call_rules"] = CallRules(rules["call_rules"])
        if day := rules.pop("hand_over", None):
            rules["steps"] = _with(rules, Step("agency", day, Do.ESCALATE, parameters=AGENCY))
        calls = [Step(f"call_{day}", day, Do.CALL) for day in rules.pop("calls", ())]
        steps = [
            replace(
                step,
                **every,
                **(due if step.offset_days >= 0 and is_message(step.do) else {}),
                **_way(step, by_letter),
                **_approved(step, to_approve),
            )
            for step in rules.get("steps", DEFAULT.steps)
        ]
        calls = [replace(each, **_approved(each, to_approve)) for each in calls]
        rules["steps"] = tuple(sorted([*steps, *calls], key=lambda step: step.offset_days))
        return replace(DEFAULT, **rules)

    @property
    def other_sequence(self) -> Sequence:
        """One that shares some of its steps, on other days, and has others of its own."""
        return replace(self.sequence, id="seq_other", name="Short and firm", steps=OTHER_STEPS)


@dataclass(frozen=True, slots=True)
class Scene:
    """All parties, and what the stage says of messages in test mode and of requests a minute."""

    parties: tuple[Party, ...]
    delivers_test_mode: bool = True
    requests_per_minute: int = 6000


def _way(step: Step, by_letter: Collection[str]) -> dict[str, Do]:
    return {"do": Do.LETTER} if step.key in by_letter else {}


def _with(rules: Mapping[str, Any], step: Step) -> tuple[Step, ...]:
    steps = (*rules.get("steps", DEFAULT.steps), step)
    return tuple(sorted(steps, key=lambda each: each.offset_days))


def _approved(step: Step, keys: Collection[str]) -> dict[str, ApprovalRule]:
    return {"approval": MANAGER} if step.key in keys else {}
