"""What a step does to the customer's service: asked of the billing system, once.

The case says what it restricts and the service what is asked, in the transaction of the step's
result. The request goes out as an event, like all that was committed.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import Case
from chalicelib.domain.decisions import Reason
from chalicelib.domain.kinds.service import parameters_of
from chalicelib.domain.restriction import Restriction, ServiceAction
from chalicelib.domain.sequence import Step
from chalicelib.services.effects.effect import Done, Job, NotDone
from chalicelib.services.serving import service_of, serving


def serve(job: Job) -> Done | NotDone:
    """Restrict the service for the cases of the step, or give back what they restrict."""
    said = parameters_of(job.step)
    if said is None or said.action is None:
        return NotDone(Reason.FOR_A_PERSON)
    about = [each for each in job.file.cases if each.id in {job.case.id, *job.named}]
    if said.action is ServiceAction.RESTORE:
        if not any(each.restriction for each in about):
            return NotDone(Reason.NOT_RESTRICTED)
        edited = {each.id: _lifted(each) for each in about}
    else:
        edited = {each.id: _restricted(each, job, said.action) for each in about}
    cases = [edited.get(each.id, each) for each in job.file.cases]
    before = service_of(job.ports, job.file.customer, job.now)
    seen = serving(job.ports, before, cases, job.now, job.change, written=edited)
    after = {case_id: seen.cases.get(case_id, each) for case_id, each in edited.items()}
    case = after.pop(job.case.id)
    return Done(case, tuple(seen.writes), named=tuple(after.values()))


def _restricted(case: Case, job: Job, action: ServiceAction) -> Case:
    """Return a case that restricts. Of an account each case counts, whatever is owed of it."""
    at_least = 1 if job.named else least_asked(case, job.step)
    look_at = case.restriction.look_at if case.restriction else None
    return replace(case, restriction=Restriction(action, at_least, look_at))


def least_asked(case: Case, step: Step) -> int:
    """Return for how much a step is done at least: for less than that, nothing stays restricted."""
    share = -(-case.amount * step.min_percent // 100)
    return max(1, step.minimum(case.currency.code), share)


def _lifted(case: Case) -> Case:
    if case.restriction is None:
        return case
    return replace(case, restriction=replace(case.restriction, lifted=True))
