"""A claim outlives whatever happens to its case meanwhile: settling it finds the case again.

The cases of one message are settled in one write, and one by one only where that is lost.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.chasing import followed_by
from chalicelib.domain.customer import Change
from chalicelib.domain.decide import Rules
from chalicelib.domain.errors import StaleRecordError
from chalicelib.domain.schedule import reschedule, unscheduled
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import WriteConflictError
from chalicelib.ports.transactions import in_transactions
from chalicelib.services.common import ATTEMPTS, changing, rules_for

SETTLED = Change(by="system", why="delivery")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is needed to schedule a case anew."""

    file: CustomerFile
    rules: Rules
    now: datetime

    def schedule(self, cases: Sequence[Case]) -> list[Case]:
        """Return the cases with the `due_at` that follows from their results."""
        own = {case.id for case in cases}
        others = [case for case in self.file.cases if case.id not in own]
        file = replace(self.file, cases=(*cases, *others))
        return list(reschedule(file, self.rules, self.now).cases[: len(cases)])

    def knowing(self, ports: Ports, case: Case) -> Plan:
        """Return the plan with what a case follows that somebody changed: its payment plan may
        have been taken meanwhile."""
        if all(key in self.rules.sequences for key in followed_by(case)):
            return self
        known = {**rules_for(ports, case.tenant, [case]).sequences, **self.rules.sequences}
        return replace(self, rules=replace(self.rules, sequences=known))


def settle_all(
    ports: Ports, cases: Sequence[Case], edit: Callable[[Case], Case], plan: Plan | None = None
) -> list[Case]:
    """Write the same kind of edit of all cases of a message, and return them as they now stand.

    Repeating it does no harm: where a case was changed meanwhile, each is settled on its own.
    """
    after = _planned([edit(case) for case in cases], plan)
    writes = {
        before.id: changing(before, each, _settled(plan))
        for before, each in zip(cases, after, strict=True)
    }
    now = {case.id: case for case in cases}
    for portion in in_transactions([write] for write in writes.values()):
        concerned = [write.after.id for write in portion]
        try:
            ports.ledger.commit(portion)
        except WriteConflictError:  # somebody changed one of them
            now |= {each: settle(ports, now[each], edit, plan) for each in concerned}
        else:
            now |= {each: writes[each].after for each in concerned}
    return list(now.values())


def settle(
    ports: Ports, case: Case, edit: Callable[[Case], Case], plan: Plan | None = None
) -> Case:
    """Write an edit of a claimed case, and return the case as it now stands.

    A payment may change or close the case in between: then the edit is made on what it left.
    Where somebody else settled the claim already, nothing is written.
    """
    claim, current = case.claim, case
    for _ in range(ATTEMPTS):
        [after] = _planned([edit(current)], plan)
        write = changing(current, after, _settled(plan))
        try:
            ports.ledger.commit([write])
        except WriteConflictError:
            found = ports.ledger.case(case.tenant, case.id)
            if found is None or found.claim != claim:
                return found or case
            current, plan = found, plan and plan.knowing(ports, found)
        else:
            return write.after
    raise StaleRecordError("The case is being changed by others; try again.")


def _planned(edited: Sequence[Case], plan: Plan | None) -> list[Case]:
    """Schedule the cases; without a plan only what is finished is taken off the schedule."""
    if plan:
        return plan.schedule(edited)
    return [case if case.is_unfinished else unscheduled(case) for case in edited]


def _settled(plan: Plan | None) -> Change:
    return SETTLED.when(plan.now) if plan else SETTLED
