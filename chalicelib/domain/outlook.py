"""What becomes of a case if nobody pays, pauses or changes anything from now on.

Other cases of the customer matter only through the minimum gap, quiet days and caps (what is
written about them puts this one off), and as they are of the same account, which one leads. Where
its sequence has none of these they are left out. Else they go on beside it, for at most MOST_LOOKS
looks: where cases share messages, enough for all that comes of two hundred, or for a month of a
thousand. Then they fall silent, and what is foreseen says that it was foreseen without them. So the
work grows with the number of cases, not with its square.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.account import with_account
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.contacts import of_case, of_file, remembered
from chalicelib.domain.decide import Rules
from chalicelib.domain.decisions import Act, Ask, Close, Decision, Paused, Reason, Send, Skip, Wait
from chalicelib.domain.foresight import concerned, foresee
from chalicelib.domain.restraint import restrains
from chalicelib.domain.sequence import Scope

MOST_LOOKS = 5_000
"""How often other cases are looked at, after a first look at each: about half a second."""


@dataclass(frozen=True, slots=True)
class Doing:
    """A step that takes place: when, why, and the file of its case alone just before.

    `alone` says that the customer's other cases had fallen silent by then.
    """

    at: datetime
    reason: Reason
    before: CustomerFile
    alone: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """How a case goes on: the steps that take place, in order, and those that are dropped.

    `first` is what now stands before the next step, or is it; `last` is what the case ends in: it
    closes, has nothing left to do, or is paused without end.
    """

    first: Decision
    last: Decision
    doings: dict[str, Doing]
    dropped: dict[str, Reason]


def look_ahead(file: CustomerFile, case: Case, rules: Rules, now: datetime) -> Outlook:
    """Let time pass from `now` (UTC) until nothing is left to happen to an open or claimed case.

    Raises KeyError where the rules lack a sequence of one of the file's cases or of this one.
    """
    world = _Undisturbed(file, case, rules)
    before = world.file([case.id])
    standing: list[Decision] = []
    doings: dict[str, Doing] = {}
    dropped: dict[str, Reason] = {}
    for turn in foresee(world, now):
        for decision in (each for each in turn.decisions if case.id in concerned(each)):
            match decision:
                case Skip(step=step, reason=reason):
                    dropped[step] = reason
                    continue
                case Send(parts=parts):
                    part = next(part for part in parts if part.case_id == case.id)
                    doings[part.step] = Doing(turn.now, part.reason, before, alone=world.alone)
                case Act(step=step):
                    why = decision.result_of(case.id)
                    doings[step] = Doing(turn.now, why, before, alone=world.alone)
                case Ask(step=step):
                    reason = Reason.AWAITS_APPROVAL
                    doings[step] = Doing(turn.now, reason, before, alone=world.alone)
                case _:
                    pass
            standing.append(decision)
        if own := [each for each in turn.file.cases if each.id == case.id]:
            before = CustomerFile(turn.file.customer, tuple(own))
        if standing and _is_end(standing[-1]):
            break
    return Outlook(standing[0], standing[-1], doings, dropped)


def _is_end(decision: Decision) -> bool:
    match decision:
        case Wait(until=until) | Paused(until=until):
            return until is None
        case _:
            return isinstance(decision, Close)


class _Undisturbed:
    """The file of a customer whom nothing happens to."""

    def __init__(self, file: CustomerFile, case: Case, rules: Rules) -> None:
        self.rules = rules
        sequence = rules.of(case)
        is_led = sequence.scope is Scope.ACCOUNT
        others = file.cases if sequence.min_gap_days or restrains(sequence) or is_led else ()
        self._case_id = case.id
        self._cases = {each.id: each for each in (*others, case)}
        scopes = (rules.of(each).scope for each in self._cases.values())
        self._by_account = Scope.ACCOUNT in scopes
        self._customer = replace(
            file.customer, last_contact_at=file.last_contact_at, contacts=of_file(file)
        )
        self._looks_left = MOST_LOOKS + len(self._cases)
        self._begun = False

    @property
    def alone(self) -> bool:
        """Whether the other cases have fallen silent."""
        return self._looks_left <= 0

    def happen(self, _: datetime) -> Collection[str]:
        """Let nothing happen; at first all cases are new."""
        new = () if self._begun else self._cases.keys()
        self._begun = True
        return new

    def next_happening(self) -> datetime | None:
        """Return that nothing will happen."""
        return None

    def file(self, due: Collection[str]) -> CustomerFile:
        """Return those of the cases that still speak, and with the case's account all of it."""
        if self._by_account:
            due = with_account(due, self._cases, self.rules.of)
        if self.alone:
            due = [case_id for case_id in due if case_id == self._case_id]
        self._looks_left -= sum(case_id != self._case_id for case_id in due)
        return CustomerFile(self._customer, tuple(self._cases[case_id] for case_id in due))

    def record(self, ended: Iterable[Case]) -> None:
        """Take over the cases of which steps have ended."""
        for case in ended:
            self._cases[case.id] = case
            contacts = (self._customer.last_contact_at, case.last_contact_at)
            latest = max((each for each in contacts if each), default=None)
            new = tuple(of_case(case))
            newest = max((each.at for each in new), default=None)
            known = self._customer.contacts
            kept = remembered(known, new, newest) if newest else known
            self._customer = replace(self._customer, last_contact_at=latest, contacts=kept)
