"""The writes of a file's cases: each is one of its own, but what is done once for several cases of
an account is written to all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from chalicelib.domain.case import Case
from chalicelib.domain.communication import Task
from chalicelib.domain.decisions import Act
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.ports.transactions import in_transactions
from chalicelib.services.common import changing
from chalicelib.services.step_tasks import FOLLOW_UP


def write_cases(
    ports: Ports,
    befores: Mapping[str, Case],
    cases: Iterable[Case],
    others: Mapping[str, Sequence[Write[Record]]],
    acts: Iterable[Act],
    now: datetime,
) -> list[Case]:
    """Write what changed of the cases, with `others` that belong to each, and return those cases.

    The cases of an act are one transaction. Where it has room for too few, the one that the act is
    for comes last: whoever dies before has left it to be done, and it isn't done twice.
    """
    writes: dict[str, list[Write[Record]]] = {}
    written: list[Case] = []
    for case in cases:
        if case != befores[case.id]:
            write = changing(befores[case.id], case, FOLLOW_UP.when(now))
            writes[case.id] = [*others.get(case.id, ()), write]
            written.append(write.after)
    for group in _groups(writes, acts):
        for portion in in_transactions(writes[case_id] for case_id in group):
            ports.ledger.commit(portion)
    return written


def by_case(act: Act, writes: Iterable[Write[Record]]) -> dict[str, list[Write[Record]]]:
    """Return what an act writes beside its cases, by the case that it belongs to: a task to its
    own, if that is one of the act's, everything else to the one that the act is for."""
    found: dict[str, list[Write[Record]]] = {}
    for write in writes:
        case_id = write.after.case_id if isinstance(write.after, Task) else act.case_id
        if case_id not in act.cases:
            case_id = act.case_id
        found.setdefault(case_id, []).append(write)
    return found


def _groups(writes: Iterable[str], acts: Iterable[Act]) -> list[list[str]]:
    """Return which cases are written in one transaction, the one that leads them last."""
    group_of = {case_id: case_id for case_id in writes}
    for act in acts:
        if act.case_id in group_of:
            group_of |= {each: act.case_id for each in act.named if each in group_of}
    groups: dict[str, list[str]] = {}
    for case_id, lead in group_of.items():
        groups.setdefault(lead, []).append(case_id)
    return [sorted(group, key=lambda each: each == lead) for lead, group in groups.items()]
