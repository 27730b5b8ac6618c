"""The worklist as clerks see it: in order, open and their own; and in the end as the facts are."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any

from chalicelib.domain.communication import Task, TaskStatus
from chalicelib.domain.worklist import BY_CURRENCY, View
from tests.endings import require

if TYPE_CHECKING:
    from tests.simulation.client import Client
    from tests.simulation.life import Life


def look_at_worklist(client: Client, random: Random, currency: str) -> None:
    """Look at two pages of a view."""
    view = random.choice(list(View))
    path = f"/v1/tasks?view={view}&limit=2"
    if view in BY_CURRENCY:
        path += f"&currency={currency}"
    page = client.get(path)
    if not page:
        return
    in_order(page["data"], view)
    if page["has_more"] and page["data"]:
        beyond = f"{path}&starting_after={page['data'][-1]['id']}"
        client.get(beyond)  # the task may be done meanwhile


def in_order(data: list[dict[str, Any]], view: View) -> None:
    """Hold a page against its order."""
    risks = [each["risk"] for each in data]
    ranks = {
        View.LARGEST_OWED: [each["owed"] for each in risks],
        View.LONGEST_OVERDUE: [-date.fromisoformat(each["due_date"]).toordinal() for each in risks],
    }
    found = ranks.get(view, [each["value_at_risk"] for each in risks])
    if view is not View.DISPUTES_NEAR_DEADLINE:
        require(found == sorted(found, reverse=True), f"{view} isn't in order")
    require(all(each["status"] == "open" for each in data), f"{view} shows what is done")


def ranks_agree(life: Life) -> None:
    """Hold the places of all tasks against what their records say, but for the age."""
    for task in [each for each in life.ledger._records.values() if isinstance(each, Task)]:
        customer = life.ledger.customer(task.tenant, task.customer_id)
        case = life.ledger.case(task.tenant, task.case_id)
        assert customer is not None
        assert case is not None
        placed = life.worklist.places(task.tenant, task.customer_id)
        stored = [each for each in placed if each.task_id == task.id]
        require(bool(stored) is (task.status is TaskStatus.OPEN), f"{task.id} stands wrongly")
        require(
            all(each.risk.owed == case.owed for each in stored), f"{task.id} stands by another debt"
        )
