"""Work on tasks over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, an_invoice_body

NAME = "Bäckerei Sonnenschein GmbH"
STEPS = [{"key": "call", "offset_days": 0, "do": "call"}]


@pytest.fixture
def path(api: Api) -> str:
    """Return the path of a task to call somebody."""
    sequence = api.done("POST", "/v1/sequences", {"name": "Calls", "steps": STEPS})["id"]
    api.done("POST", "/v1/invoices", an_invoice_body(due_date="2026-01-02", sequence=sequence))
    api.world.days(1)
    [task] = api.done("GET", "/v1/tasks")["data"]
    assert (task["assignee"], task["snoozed_until"], task["attempts"]) == (None, None, 0)
    return f"/v1/tasks/{task['id']}"


def test_a_task_from_the_claim_to_the_promise(api: Api, path: str):
    assert api.done("POST", f"{path}/claim", {"assignee": "Krause"})["assignee"] == "Krause"
    taken = api.post(f"{path}/claim", {"assignee": "Meier"})
    assert (taken.status, taken.json["code"]) == (409, "task_taken")
    assert api.done("POST", f"{path}/assign", {"assignee": None})["assignee"] is None
    until = {"until": "2026-01-05T08:00:00Z"}
    assert api.done("POST", f"{path}/snooze", until)["snoozed_until"] == until["until"]
    tried = api.done("POST", f"{path}/call", {"result": "no_answer"})
    assert (tried["status"], tried["attempts"]) == ("open", 1)
    dates = [{"date": "2026-01-20", "amount": 119000}]
    done = api.done("POST", f"{path}/call", {"result": "promised", "dates": dates})
    assert (done["status"], done["outcome"]) == ("done", "promised")
    [promise] = api.done("GET", f"/v1/promises?customer={done['customer']}")["data"]
    assert promise["source"] == "phone"
    again = api.post(f"{path}/call", {"result": "reached"})
    assert (again.status, again.json["code"]) == (409, "task_done")


def test_a_call_has_what_it_needs_at_hand(api: Api, path: str):
    task = api.done("GET", path)
    call = task["call"]
    assert call["name"] == NAME
    assert call["phone"] == api.done("GET", f"/v1/customers/{task['customer']}")["phone"]
    assert call["script"].startswith(f"call {NAME} about R-1: ")
    assert (call["best_from"], call["best_until"]) == (
        "2026-01-05T08:00:00Z",
        "2026-01-05T16:00:00Z",
    )
    assert "usual office hours" in call["reasons"][0]
    [listed] = api.done("GET", "/v1/tasks")["data"]
    assert listed["call"] is None
    done = api.done("POST", f"{path}/call", {"result": "reached"})
    assert done["call"] is api.done("GET", path)["call"] is None


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"result": "asleep"}, "/result"),
        ({"result": "promised"}, "/dates"),
        ({"result": "reached", "dates": [{"date": "2026-01-20", "amount": 1}]}, "/dates"),
        ({"result": "paid", "again_at": "2026-01-20T08:00:00Z"}, "/again_at"),
        ({"result": "paid", "hold_days": 31}, "/hold_days"),
    ],
)
def test_what_doesnt_go_together_is_pointed_at(
    api: Api, path: str, body: dict[str, Any], pointer: str
):
    assert pointer in api.post(f"{path}/call", body).pointers


APPROVAL = {"role": "manager", "deadline_days": 3, "deputy": "director", "deputy_after_days": 1}


@pytest.fixture
def asked(api: Api) -> str:
    """Return the path of a task that asks for approval."""
    steps = [{"key": "firm", "offset_days": 0, "do": "email", "approval": APPROVAL}]
    sequence = api.done("POST", "/v1/sequences", {"name": "Firm", "steps": steps})["id"]
    api.done("POST", "/v1/invoices", an_invoice_body(due_date="2026-01-02", sequence=sequence))
    api.world.days(1)
    [task] = api.done("GET", "/v1/tasks")["data"]
    return f"/v1/tasks/{task['id']}"


def test_what_is_asked_is_approved(api: Api, asked: str):
    task = api.done("GET", asked)
    assert (task["do"], task["approval"]["role"], task["approval"]["amount"]) == (
        "approve",
        "manager",
        119000,
    )
    case = api.done("GET", f"/v1/cases/{task['case']}")
    assert [(each["step"], each["verdict"]) for each in case["approvals"]] == [("firm", "awaited")]
    told = api.done("GET", f"/v1/cases/{task['case']}/explain")["next"]
    assert told["reason"] == "awaits_approval"
    assert "Waits for approval by manager until" in told["why"]

    refused = api.post(f"{asked}/approve", {"approver": "Ana", "role": "intern"})
    assert (refused.status, refused.json["code"]) == (409, "not_the_approver")
    done = api.done("POST", f"{asked}/approve", {"approver": "Ana", "role": "manager"})
    assert (done["outcome"], done["approval"]["approver"]) == ("approved", "Ana")
    again = api.post(f"{asked}/refuse", {"approver": "Ana", "role": "manager", "reason": "no"})
    assert (again.status, again.json["code"]) == (409, "task_done")


def test_a_refusal_says_why_and_an_approval_is_nothing_to_complete(api: Api, asked: str):
    body = {"approver": "Ana", "role": "manager"}
    assert api.post(f"{asked}/refuse", body).pointers == ["/reason"]
    assert api.post(f"{asked}/refuse", {**body, "reason": ""}).pointers == ["/reason"]
    assert api.post(f"{asked}/complete", {"outcome": "approved"}).pointers == ["/outcome"]
    done = api.done("POST", f"{asked}/refuse", {**body, "reason": "I call them first"})
    assert (done["outcome"], done["note"]) == ("refused", "I call them first")
