"""Cases, tasks, messages, sequences and test clocks over HTTP."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.domain.tenant import Mode
from tests.api import Api, a_customer_body, an_invoice_body

SEQUENCE = {
    "name": "Short",
    "catch_up": "next",
    "grace_days": 2,
    "min_gap_days": 3,
    "send_window": {
        "days": ["fri", "mon"],
        "from": "09:00",
        "to": "17:30",
        "skip_holidays": False,
    },
    "bundle": False,
    "steps": [
        {"key": "notice_due", "offset_days": 0, "do": "email", "template": "notice_due"},
        {
            "key": "call",
            "offset_days": 10,
            "do": "call",
            "min_amount": 5000,
            "min_percent": 50,
        },
    ],
}


def test_a_sequence_comes_back_in_the_contracts_form(api: Api):
    reply = api.post("/v1/sequences", SEQUENCE)

    assert reply.status == 201
    steps: list[dict[str, Any]] = SEQUENCE["steps"]
    defaults = {"template": None, "min_amount": 0, "min_percent": 0}
    assert reply.json == {
        **SEQUENCE,
        "id": reply.json["id"],
        "object": "sequence",
        "version": 1,
        "scope": "invoice",
        "metadata": {},
        "send_window": {**SEQUENCE["send_window"], "days": ["mon", "fri"]},
        "steps": [{**defaults, **step} for step in steps],
    }
    path = f"/v1/sequences/{reply.json['id']}"
    assert api.done("GET", path) == reply.json


def test_what_comes_back_can_be_put_again_and_a_change_makes_a_version(api: Api):
    sequence = api.done("POST", "/v1/sequences", SEQUENCE)
    path = f"/v1/sequences/{sequence['id']}"
    sent = {name: sequence[name] for name in sequence if name not in {"id", "object", "version"}}

    assert api.done("PUT", path, sent) == sequence
    at_once = api.done("PUT", path, {**sent, "send_window": None})
    assert (at_once["version"], at_once["send_window"]) == (2, None)
    listed = api.done("GET", "/v1/sequences")["data"]
    assert {(each["id"], each["version"]) for each in listed} == {
        ("seq_default", 1),
        (sequence["id"], 2),
    }


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"scope": "account"}, "/scope", "isn't available in this version"),
        ({"scope": "galaxy"}, "/scope", "must be"),
        ({"steps": []}, "/steps", "at least 1"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "email", "approval": "required"}]},
         "/steps/0/approval", "isn't available in this version"),
        ({"steps": [{"key": "a\n", "offset_days": 0, "do": "sms"}]}, "/steps/0/key", "letters"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "fax"}]},
         "/steps/0/do", "must be 'email', 'sms'"),
        ({"steps": [{"key": "a", "offset_days": 0.0, "do": "sms"}]},
         "/steps/0/offset_days", "integer"),
        ({"steps": [{"key": "a", "offset_days": 1, "do": "sms"},
                    {"key": "a", "offset_days": 0, "do": "sms"}]}, "/steps/1/key", "twice"),
        ({"send_window": {"days": ["mon"], "from": "17:00", "to": "09:00"}},
         "/send_window/to", "must be later than `from`"),
        ({"send_window": {"days": [], "from": "09:00", "to": "24:00"}},
         "/send_window/to", "time of day"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "sms", "template": "poem"}]},
         "/steps/0/template", "reminder_first"),
        ({"bundle": 1}, "/bundle", "true or false"),
        ({"grace_days": -1}, "/grace_days", "must be at least 0"),
    ],
)  # fmt: skip
def test_a_faulty_sequence_is_refused_where_it_is_wrong(
    api: Api, change: dict[str, Any], pointer: str, said: str
):
    reply = api.post("/v1/sequences", {**SEQUENCE, **change})

    assert reply.status == 422
    details = {error["pointer"]: error["detail"] for error in reply.json["errors"]}
    assert said in details[pointer]


def test_a_step_that_names_no_message_sends_the_usual_one(api: Api):
    days = [("a", -3), ("b", 0), ("c", 1), ("reminder_third", 9), ("d", 10), ("e", 20), ("f", 90)]
    steps = [{"key": key, "offset_days": day, "do": "sms"} for key, day in days]
    sequence = api.done("POST", "/v1/sequences", {"name": "Plain", "steps": steps})

    assert [step["template"] for step in sequence["steps"]] == [
        "notice_upcoming",
        "notice_due",
        "reminder_first",
        "reminder_third",
        "reminder_second",
        "reminder_third",
        "reminder_third",
    ]


def test_a_preview_tells_every_dated_decision(api: Api):
    asked = {
        "sequence": "seq_default",
        "customer": {"country": "DE"},
        "invoices": [
            {
                "number": "R-1",
                "amount": 119000,
                "currency": "eur",
                "issue_date": "2026-03-02",
                "due_date": "2026-03-16",
            }
        ],
        "happenings": [{"at": "2026-03-18T10:00:00Z", "type": "payment", "invoice": "R-1"}],
        "from": "2026-03-02T00:00:00Z",
        "until": "2026-05-01T00:00:00Z",
    }
    before = len(api.world.ledger.changes)
    preview = api.done("POST", "/v1/sequences/preview", asked)

    assert preview["object"] == "preview"
    told = [(each["at"], each["step"], each["outcome"]) for each in preview["entries"]]
    assert ("2026-03-16T08:00:00Z", "notice_due", "send") in told
    assert told[-1] == ("2026-03-18T10:00:00Z", None, "close")
    assert preview["entries"][-1]["reason"] == "paid"
    assert len(api.world.ledger.changes) == before
    given = {**SEQUENCE, "steps": [{"key": "a", "offset_days": 1, "do": "sms"}] * 2}
    refused = api.post("/v1/sequences/preview", {**asked, "sequence": given})
    assert refused.pointers == ["/sequence/steps/1/key"]
    unknown = api.post("/v1/sequences/preview", {**asked, "sequence": "seq_none"})
    assert (unknown.status, unknown.pointers) == (422, ["/sequence"])
    backwards = api.post("/v1/sequences/preview", {**asked, "until": "2026-03-01T00:00:00Z"})
    assert backwards.pointers == ["/until"]
    stray = [{"at": "2026-03-18T10:00:00Z", "type": "void", "invoice": "R-2"}]
    assert api.post("/v1/sequences/preview", {**asked, "happenings": stray}).pointers == [
        "/happenings/0/invoice"
    ]


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


def test_a_task_is_completed_once(api: Api):
    steps = [{"key": "call", "offset_days": 0, "do": "call"}]
    sequence = api.done("POST", "/v1/sequences", {"name": "Calls", "steps": steps})["id"]
    invoice = api.done(
        "POST", "/v1/invoices", an_invoice_body(due_date="2026-01-02", sequence=sequence)
    )
    api.world.days(1)
    [task] = api.done("GET", "/v1/tasks?status=open")["data"]

    assert (task["do"], task["step"], task["invoice"]) == ("call", "call", invoice["id"])
    path = f"/v1/tasks/{task['id']}/complete"
    done = api.done("POST", path, {"outcome": "reached", "note": "Pays on\nFriday."})
    assert (done["status"], done["note"]) == ("done", "Pays on\nFriday.")
    assert api.post(path, {"outcome": "not reached"}).status == 409
    assert api.done("GET", "/v1/tasks?status=open")["data"] == []


def test_a_test_clock_is_for_test_keys(api: Api):
    clock = api.done(
        "POST", "/v1/test_clocks", {"frozen_time": "2026-01-01T10:00:00+01:00", "name": "A"}
    )
    path = f"/v1/test_clocks/{clock['id']}"

    assert clock["frozen_time"] == "2026-01-01T09:00:00Z"
    assert clock["status"] == "ready"
    body = a_customer_body(test_clock=clock["id"])
    assert api.done("POST", "/v1/customers", body)["test_clock"] == clock["id"]
    moving = api.done("POST", f"{path}/advance", {"frozen_time": "2026-02-01T09:00:00Z"})
    assert (moving["status"], moving["target"]) == ("advancing", "2026-02-01T09:00:00Z")
    assert api.done("GET", path) == moving
    busy = api.post(f"{path}/advance", {"frozen_time": "2026-03-01T09:00:00Z"})
    assert (busy.status, busy.json["code"]) == (409, "test_clock_advancing")
    live = api.new_key(mode=Mode.LIVE)
    body = {"frozen_time": "2026-01-01T09:00:00Z"}
    assert api.post("/v1/test_clocks", body, key=live).status == 403
    assert api.post(f"{path}/advance", body, key=live).status == 404
    assert api.get(path, key=live).status == 404


def test_the_references_recipe_for_old_receivables_begins_with_the_first_reminder(api: Api):
    text = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
    [recipe] = re.findall(r'```json\n(\{"name": "Old receivables".*?)```', text, re.DOTALL)
    asked = {
        "sequence": json.loads(recipe),
        "customer": {"country": "DE"},
        "invoices": [
            {
                "number": "R-1",
                "amount": 119000,
                "currency": "eur",
                "issue_date": "2026-01-02",
                "due_date": "2026-01-16",
            }
        ],
        "from": "2026-03-02T10:00:00Z",
        "until": "2026-05-01T00:00:00Z",
    }
    entries = api.done("POST", "/v1/sequences/preview", asked)["entries"]

    assert [(each["at"][:10], each["step"]) for each in entries if each["outcome"] == "send"] == [
        ("2026-03-02", "reminder_first"),
        ("2026-03-09", "reminder_second"),
        ("2026-03-23", "notice_final"),
    ]
