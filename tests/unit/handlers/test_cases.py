"""A case over HTTP: paused, resumed and explained; its messages, and its tasks for people."""

from __future__ import annotations

from tests.api import Api, an_invoice_body


def test_a_case_is_paused_resumed_and_explained(api: Api):
    case = api.done("POST", "/v1/invoices", an_invoice_body())["case"]
    path = f"/v1/cases/{case}"
    held = api.done(
        "POST", f"{path}/pause", {"reason": "Goods are checked", "until": "2026-02-01T00:00:00Z"}
    )

    assert held["pauses"] == [
        {
            "kind": "hold",
            "reason": "Goods are checked",
            "since": "2026-01-02T08:00:00Z",
            "until": "2026-02-01T00:00:00Z",
            "reference": None,
            "amount": None,
        }
    ]
    assert api.done("GET", f"{path}/explain")["next"]["reason"] == "hold"
    assert api.done("POST", f"{path}/resume")["pauses"] == []
    assert api.done("POST", f"{path}/resume", {})["pauses"] == []
    explained = api.done("GET", f"{path}/explain")
    assert (explained["object"], explained["case"]) == ("explanation", case)
    assert [step["step"] for step in explained["steps"]][:2] == ["notice_upcoming", "notice_due"]
    past = api.post(f"{path}/pause", {"reason": "x", "until": "2025-01-01T00:00:00Z"})
    assert (past.status, past.pointers) == (422, ["/until"])


def test_what_was_sent_stands_in_the_log(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    api.world.until("2026-01-17 09:00")
    messages = api.done("GET", f"/v1/communications?customer={invoice['customer']}")["data"]

    assert [(each["channel"], each["step"], each["status"]) for each in messages] == [
        ("email", "notice_due", "sent"),
        ("email", "notice_upcoming", "sent"),
    ]
    message = messages[0]
    assert (message["object"], message["direction"]) == ("communication", "out")
    assert message["cases"] == [invoice["case"]]
    assert message["invoices"] == [invoice["id"]]
    assert message["to"] == "rechnung@sonnenschein.example"
    assert message["sent_at"] == "2026-01-16T08:00:00Z"
    assert message["provider_id"]
    case = api.done("GET", f"/v1/cases?customer={invoice['customer']}&status=open")["data"][0]
    assert case["results"][-1]["communication"] == message["id"]
    assert api.done("GET", f"/v1/communications/{message['id']}") == message


def test_a_task_is_completed_once(api: Api):
    steps = [{"key": "call", "offset_days": 0, "do": "call"}]
    sequence = api.done("POST", "/v1/sequences", {"name": "Calls", "steps": steps})["id"]
    invoice = api.done(
        "POST", "/v1/invoices", an_invoice_body(due_date="2026-01-02", sequence=sequence)
    )
    api.world.days(1)
    [task] = api.done("GET", "/v1/tasks?status=open")["data"]

    assert (task["do"], task["step"], task["invoice"]) == ("call", "call", invoice["id"])
    assert api.done("GET", f"/v1/tasks/{task['id']}") | {"risk": None, "call": None} == task
    path = f"/v1/tasks/{task['id']}/complete"
    done = api.done("POST", path, {"outcome": "reached", "note": "Pays on\nFriday."})
    assert (done["status"], done["note"]) == ("done", "Pays on\nFriday.")
    assert api.post(path, {"outcome": "not reached"}).status == 409
    assert api.done("GET", "/v1/tasks?status=open")["data"] == []


def test_a_case_that_an_agency_has_is_shown_and_handed_back(api: Api):
    step = {"key": "agency", "offset_days": 1, "do": "escalate", "parameters": {"to": "Nord"}}
    sequence = api.done("POST", "/v1/sequences", {"name": "Firm", "steps": [step]})["id"]
    case = api.done(
        "POST", "/v1/invoices", an_invoice_body(due_date="2026-01-02", sequence=sequence)
    )["case"]
    assert api.get(f"/v1/cases/{case}/hand_over").status == 404
    api.world.days(2)
    found = api.done("GET", f"/v1/cases/{case}/hand_over")
    assert (found["object"], found["case"], found["to"]) == ("hand_over", case, "Nord")
    assert found["file_url"].endswith(f"{found['id']}.csv")
    back = api.done("POST", f"/v1/cases/{case}/hand_back")
    assert back["pauses"] == []
    assert api.get(f"/v1/cases/{case}/hand_over").status == 404
