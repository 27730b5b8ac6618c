"""A claim outlives whatever happens to its case meanwhile: settling it finds the case again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.case import Case, CaseStatus, CustomerFile
from chalicelib.domain.customer import Change
from chalicelib.domain.decide import Rules
from chalicelib.domain.errors import StaleRecordError
from chalicelib.domain.schedule import reschedule
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import WriteConflictError
from chalicelib.services.common import ATTEMPTS, changing

SETTLED = Change(by="system", why="delivery")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is needed to schedule a case anew."""

    file: CustomerFile
    rules: Rules
    now: datetime

    def schedule(self, case: Case) -> Case:
        """Return the case with the `due_at` that follows from its results."""
        if case.status is CaseStatus.CLOSED:
            return case
        others = [other for other in self.file.cases if other.id != case.id]
        file = replace(self.file, cases=(case, *others))
        return reschedule(file, self.rules, self.now).cases[0]


def settle(
    ports: Ports, case: Case, edit: Callable[[Case], Case], plan: Plan | None = None
) -> Case:
    """Write an edit of a claimed case, and return the case as it now stands.

    A payment may change or close the case in between: then the edit is made on what it left.
    Where somebody else settled the claim already, nothing is written.
    """
    claim, current = case.claim, case
    for _ in range(ATTEMPTS):
        edited = edit(current)
        write = changing(current, plan.schedule(edited) if plan else edited, SETTLED)
        try:
            ports.ledger.commit([write])
        except WriteConflictError:
            found = ports.ledger.case(case.tenant, case.id)
            if found is None or found.claim != claim:
                return found or case
            current = found
        else:
            return write.after
    raise StaleRecordError("The case is being changed by others; try again.")
