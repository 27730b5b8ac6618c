"""The worklist over HTTP: tasks by rank, and why each stands where it does."""

from __future__ import annotations

import pytest

from chalicelib.services.nightly import look_after
from tests.api import Api, a_customer_body, an_invoice_body
from tests.builders import TEST

STEPS = [{"key": "call", "offset_days": 0, "do": "call"}]


@pytest.fixture
def numbers(api: Api) -> dict[str, str]:
    """Let three customers be called about debts of different ages, and return tasks by number."""
    sequence = api.done("POST", "/v1/sequences", {"name": "Calls", "steps": STEPS})["id"]
    tasks = {}
    for number, amount, due in (
        ("old", 10_000, "2026-01-01"),
        ("large", 30_000, "2026-01-03"),
        ("small", 100, "2026-01-02"),
    ):
        customer = a_customer_body(name=number, external_id=number)
        body = an_invoice_body(
            number=number,
            customer=customer,
            amount=amount,
            issue_date="2026-01-01",
            due_date=due,
            sequence=sequence,
        )
        tasks[number] = api.done("POST", "/v1/invoices", body)["id"]
    api.world.days(3)
    found = api.done("GET", "/v1/tasks")["data"]
    for each in found:
        look_after(api.world.ports, TEST, each["customer"])
    by_invoice = {each["invoice"]: each["id"] for each in found}
    return {number: by_invoice[invoice] for number, invoice in tasks.items()}


def shown(api: Api, numbers: dict[str, str], query: str) -> list[str]:
    """Return the numbers of the tasks on a page."""
    names = {task: number for number, task in numbers.items()}
    return [names[each["id"]] for each in api.done("GET", f"/v1/tasks?{query}")["data"]]


def test_tasks_by_rank(api: Api, numbers: dict[str, str]):
    by_amount = ["large", "old", "small"]
    assert shown(api, numbers, "view=value_at_risk&currency=eur") == by_amount
    assert shown(api, numbers, "view=largest_owed&currency=EUR&status=open") == by_amount
    assert shown(api, numbers, "view=longest_overdue") == ["old", "small", "large"]
    for empty in ("view=value_at_risk&currency=usd", "view=broken_promises&currency=eur"):
        assert shown(api, numbers, empty) == []
    assert shown(api, numbers, "view=disputes_near_deadline") == []


def test_the_reason_stands_beside_it(api: Api, numbers: dict[str, str]):
    [first, *_] = api.done("GET", "/v1/tasks?view=value_at_risk&currency=eur")["data"]
    assert first["risk"] == {
        "value_at_risk": 480,
        "owed": 30_000,
        "currency": "eur",
        "due_date": "2026-01-03",
        "bucket": "1_to_30",
        "signs": [],
        "loss_rate": "1.6",
        "reasons": [
            "It was due on 2026-01-03 and is 1 to 30 days past due.",
            "1.6 % of such debts count as lost (IFRS 9, Illustrative Example 12).",
        ],
    }
    path = f"/v1/tasks/{first['id']}"
    assert api.done("GET", path)["risk"] == first["risk"]
    done = api.done("POST", f"{path}/complete", {"outcome": "done"})
    assert done["risk"] is api.done("GET", path)["risk"] is None
    plain = api.done("GET", "/v1/tasks")["data"]
    assert [each["risk"] for each in plain] == [None] * 3


def test_pages_go_on_by_rank(api: Api, numbers: dict[str, str]):
    view = "view=value_at_risk&currency=eur&limit=1"
    first = api.done("GET", f"/v1/tasks?{view}")
    assert first["has_more"] is True
    assert shown(api, numbers, f"{view}&starting_after={numbers['large']}") == ["old"]
    assert shown(api, numbers, f"{view}&ending_before={numbers['small']}") == ["old"]
    api.done("POST", f"/v1/tasks/{numbers['large']}/complete", {"outcome": "done"})
    api.world.work()
    gone = api.get(f"/v1/tasks?{view}&starting_after={numbers['large']}")
    assert (gone.status, gone.pointers) == (422, ["/starting_after"])


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("view=value_at_risk", "/currency"),
        ("view=largest_owed", "/currency"),
        ("view=broken_promises", "/currency"),
        ("view=longest_overdue&currency=eur", "/currency"),
        ("currency=eur", "/currency"),
        ("view=value_at_risk&currency=xau", "/currency"),
        ("view=nearest&currency=eur", "/view"),
        ("view=longest_overdue&status=done", "/view"),
        ("view=longest_overdue&customer=cus_0000000000000009", "/view"),
    ],
)
def test_what_does_not_go_together_is_pointed_at(api: Api, query: str, pointer: str):
    assert api.get(f"/v1/tasks?{query}").pointers == [pointer]
