"""Give open tasks their places in the worklist: as records change, and every night as time passes.

A place is made from the facts as they are by then, whoever asks for it and however often. It
orders what people look at and decides nothing, so two who place the same task at the same moment
need no condition: what the slower one left wrong lasts until the next change, or the night.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, TypeAlias

from chalicelib.domain.case import Case
from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.customer import Customer
from chalicelib.domain.worklist import Place, places_of
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.services.common import now_of

if TYPE_CHECKING:
    from chalicelib.domain.tenant import Tenant
    from chalicelib.domain.whole_file import WholeFile
    from chalicelib.ports.all import Ports
    from chalicelib.ports.storage import Record

    Changed: TypeAlias = tuple[Record | None, Record | None]
    Of: TypeAlias = tuple[Tenant, str]


def rank_changed(ports: Ports, changes: Iterable[Changed]) -> None:
    """Place anew what committed changes (before, after) may have moved, customer by customer.

    Only the records that it takes are read, and a customer of whom one can't be made out is passed
    by: events are told all the same, and the night says what is wrong.
    """
    for (tenant, customer_id), named in _concerned(changes).items():
        try:
            _rank(ports, tenant, customer_id, named)
        except UnreadableRecordError:
            continue


def rank_file(ports: Ports, file: WholeFile) -> None:
    """Place a customer's open tasks as they stand by now; one that never had any costs nothing.

    The file may be a while old, so where it says something else than the places, all is read anew.
    """
    if not file.tasks:
        return
    customer = file.customer
    placed = ports.worklist.places(customer.tenant, customer.id)
    cases = {case.id: case for case in file.cases}
    if set(placed) != set(_places(ports, customer, cases, file.tasks)):
        tasks = {each.id for each in file.tasks if each.status is TaskStatus.OPEN}
        _rank(ports, customer.tenant, customer.id, tasks)


def _concerned(changes: Iterable[Changed]) -> dict[Of, set[str]]:
    """Return whose tasks may move, with those tasks that the changes themselves name."""
    concerned: defaultdict[Of, set[str]] = defaultdict(set)
    for before, after in changes:
        match before, after:
            case Task() | None, Task() if before is None or before.status is not after.status:
                concerned[after.tenant, after.customer_id].add(after.id)
            case Case(), Case() if _facts(before) != _facts(after):
                concerned[after.tenant, after.customer_id]
            case None, Case() if after.version > 1:  # it moved to the archive, or back
                concerned[after.tenant, after.customer_id]
            case Customer(), Customer() if before.broken_promises != after.broken_promises:
                concerned[after.tenant, after.id]
            case _:
                pass
    return concerned


def _facts(case: Case) -> tuple[object, ...]:
    return case.remaining, case.due_date, case.disputes


def _rank(ports: Ports, tenant: Tenant, customer_id: str, named: set[str]) -> None:
    placed = ports.worklist.places(tenant, customer_id)
    wanted = sorted(named | {each.task_id for each in placed})
    customer = ports.ledger.customer(tenant, customer_id) if wanted else None
    if customer is None:
        return
    tasks = [task for each in wanted if (task := ports.ledger.task(tenant, each))]
    cases = ports.ledger.cases(tenant, sorted({task.case_id for task in tasks}))
    _exchange(ports, placed, _places(ports, customer, cases, tasks))


def _places(
    ports: Ports, customer: Customer, cases: Mapping[str, Case], tasks: Iterable[Task]
) -> list[Place]:
    now = now_of(ports, customer)
    about = ((task, cases.get(task.case_id)) for task in tasks)
    return [place for task, case in about if case for place in places_of(task, case, customer, now)]


def _exchange(ports: Ports, placed: Iterable[Place], wanted: Iterable[Place]) -> None:
    stands = {(each.view, each.task_id): each for each in placed}
    shall = {(each.view, each.task_id): each for each in wanted}
    gone = [each for key, each in stands.items() if key not in shall]
    new = [each for key, each in shall.items() if stands.get(key) != each]
    if gone or new:
        ports.worklist.exchange(gone, new)
