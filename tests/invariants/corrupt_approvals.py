"""What can't be right of approvals, with the rule that is there to find it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.invariants import Rule
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corrupt_files import FILE, call, case, changed

ASKED = case("asked")
[APPROVAL] = ASKED.approvals


def asking() -> Task:
    return next(each for each in FILE.tasks if each.id == APPROVAL.task)


def known(**facts: object) -> WholeFile:
    return changed(ASKED, approvals=(replace(APPROVAL, **facts),))  # type: ignore[arg-type] # any field


FOUND_BY: list[tuple[Rule, str, Callable[[], WholeFile]]] = [
    (Rule.TASK_IS_KNOWN, "asked in vain", lambda: changed(ASKED, approvals=())),
    (Rule.TASK_IS_KNOWN, "asks for nothing", lambda: changed(asking(), question=None)),
    (Rule.TASK_IS_KNOWN, "another amount", lambda: known(amount=APPROVAL.amount + 1)),
    (Rule.TASK_IS_KNOWN, "another step", lambda: known(step="notice_due")),
    (Rule.TASK_IS_KNOWN, "another task", lambda: known(task=call(TaskStatus.OPEN).id)),
]
