"""The hand-over of a case to an agency or a lawyer: a file and a dossier, and then nobody reminds.

Both are kept under an id made of case, step and day before anything is committed, so whoever dies
on the way keeps the same again, with what was handed over until then. The case is paused until it
is handed back. Nobody is asked any more to call a customer who is with others by now.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain import kinds
from chalicelib.domain.case import Case, Pause, PauseKind
from chalicelib.domain.communication import TaskStatus
from chalicelib.domain.dossier import dossier_id, dossier_of
from chalicelib.ports.letters import DocumentsUnavailableError
from chalicelib.ports.storage import Record, Write, WriteConflictError
from chalicelib.services.common import changing, load_creditor
from chalicelib.services.effects.effect import Done, Job
from chalicelib.services.try_later import TryLaterError

HANDED_OVER = "handed_over"
"""How a task to reach the customer ends."""


def hand_over(job: Job) -> Done:
    """Hand the case over, and those of its account with it, to whom the step says.

    Raises TryLaterError where documents can't be kept now, WriteConflictError where the customer is
    gone.
    """
    to = str(job.step.parameters["to"])
    name = _keep(job, to)
    pause = Pause(PauseKind.HANDED_OVER, to, job.now, reference=name)
    cases: list[Case] = []
    writes: list[Write[Record]] = []
    for case in (job.case, *job.others):
        left, ended = _without_calls(job, case)
        cases.append(replace(left, pauses=(*left.pauses, pause)))
        writes += ended
    return Done(cases[0], tuple(writes), tuple(cases[1:]))


def _keep(job: Job, to: str) -> str:
    """Keep the dossier and the file, and return their id."""
    case, ports, calendar = job.case, job.ports, job.file.customer.calendar
    whole = ports.ledger.whole_file(case.tenant, case.customer_id)
    if whole is None:
        raise WriteConflictError(f"{case.customer_id} is gone")
    name = dossier_id(case, job.step.key, calendar.instant(calendar.date_of(job.now)))
    creditor = load_creditor(ports, case.tenant.creditor_id)
    before = (each for each in whole.cases if _was_handed_over(each, name))
    cases = {each.id: each for each in (*before, case, *job.others)}.values()
    files = ports.renderer.dossier(dossier_of(whole, cases, creditor, to, name, job.now))
    try:
        ports.documents.put(case.tenant, name, files.pdf)
        ports.documents.put(case.tenant, name, files.table, ending="csv")
    except DocumentsUnavailableError as error:
        raise TryLaterError(str(error)) from error
    return name


def _was_handed_over(case: Case, name: str) -> bool:
    """Say whether an attempt before this one, which didn't get through all cases of a large
    account, handed this case over under the same id."""
    return any(
        pause.kind is PauseKind.HANDED_OVER and pause.reference == name for pause in case.pauses
    )


def _without_calls(job: Job, case: Case) -> tuple[Case, list[Write[Record]]]:
    """Return the case without tasks to reach the customer, and the writes that end them."""
    found = [job.ports.ledger.task(case.tenant, each) for each in case.open_tasks]
    calls = [
        task for task in found if task and task.status is TaskStatus.OPEN and kinds.reaches(task.do)
    ]
    ended: list[Write[Record]] = [
        changing(
            task,
            replace(task, status=TaskStatus.DONE, outcome=HANDED_OVER, done_at=job.now),
            job.change,
        )
        for task in calls
    ]
    gone = {task.id for task in calls}
    left = tuple(each for each in case.open_tasks if each not in gone)
    return replace(case, open_tasks=left), ended
