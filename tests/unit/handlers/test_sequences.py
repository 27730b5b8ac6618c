"""Sequences over HTTP: their form, their versions, and where they are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, an_invoice_body

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
    "max_contacts": {"email": 2, "any": 3},
    "steps": [
        {
            "key": "notice_due",
            "offset_days": 0,
            "do": "email",
            "template": "notice_due",
            "pay_within_days": 7,
        },
        {
            "key": "call",
            "offset_days": 10,
            "do": "call",
            "min_amount": 5000,
            "min_amounts": {"usd": 6000},
            "min_percent": 50,
            "approval": {
                "role": "manager",
                "deadline_days": 3,
                "deputy": "director",
                "deputy_after_days": 2,
            },
        },
    ],
}


def test_a_sequence_comes_back_in_the_contracts_form(api: Api):
    reply = api.post("/v1/sequences", SEQUENCE)

    assert reply.status == 201
    steps: list[dict[str, Any]] = SEQUENCE["steps"]
    defaults = {
        "template": None,
        "min_amount": 0,
        "min_amounts": {},
        "min_percent": 0,
        "pay_within_days": 0,
        "legal": False,
        "parameters": None,
        "approval": None,
    }
    assert reply.json == {
        **SEQUENCE,
        "id": reply.json["id"],
        "object": "sequence",
        "version": 1,
        "scope": "invoice",
        "quiet_days": 0,
        "max_contacts": {"email": 2, "any": 3},
        "call_rules": None,
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


def test_the_version_that_a_case_keeps_can_be_read(api: Api):
    first = api.done("POST", "/v1/sequences", SEQUENCE)
    path = f"/v1/sequences/{first['id']}"
    invoice = api.done("POST", "/v1/invoices", an_invoice_body(sequence=first["id"]))
    second = api.done("PUT", path, {**SEQUENCE, "name": "Shorter"})
    case = api.done("GET", f"/v1/cases/{invoice['case']}")

    assert case["sequence_version"] == 1
    assert api.done("GET", f"{path}?version={case['sequence_version']}") == first
    assert api.done("GET", f"{path}?version=2") == api.done("GET", path) == second


@pytest.mark.parametrize(
    ("version", "status", "said"),
    [
        ("3", 404, "There is no version 3 of sequence"),
        ("9999999999", 404, "There is no version"),
        ("10000000000", 422, "must be at most 9999999999"),
        ("0", 422, "must be at least 1"),
        ("-1", 422, "must be an integer"),
        ("1.0", 422, "must be an integer"),
        ("", 422, "must be an integer"),
        ("newest", 422, "must be an integer"),
        ("9" * 5000, 422, "must be an integer"),
    ],
)
def test_a_version_that_isnt_there(api: Api, version: str, status: int, said: str):
    path = f"/v1/sequences/{api.done('POST', '/v1/sequences', SEQUENCE)['id']}"
    refused = api.get(f"{path}?version={version}")

    assert refused.status == status
    assert refused.pointers == (["/version"] if status == 422 else [])
    details = [refused.json["detail"], *(each["detail"] for each in refused.json.get("errors", []))]
    assert any(said in each for each in details)


@pytest.mark.parametrize(
    ("change", "pointer", "said"),
    [
        ({"scope": "galaxy"}, "/scope", "must be"),
        ({"steps": []}, "/steps", "at least 1"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "sms", "approval": "required"}]},
         "/steps/0/approval", "object"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "sms",
                     "approval": {"role": "cfo", "deadline_days": 91}}]},
         "/steps/0/approval/deadline_days", "at most 90"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "sms",
                     "approval": {"role": "cfo", "deadline_days": 2, "deputy": "cfo"}}]},
         "/steps/0/approval/deputy", "another role"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "sms",
                     "approval": {"role": "cfo", "deadline_days": 2, "deputy_after_days": 1}}]},
         "/steps/0/approval/deputy_after_days", "goes with deputy"),
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
        ({"steps": [{"key": "a", "offset_days": 0, "do": "sms", "parameters": {}}]},
         "/steps/0/parameters", "must be null, since sms takes none"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "sms", "min_amounts": {"xxx": 1}}]},
         "/steps/0/min_amounts", "ISO 4217"),
        ({"steps": [{"key": "a", "offset_days": 0, "do": "call", "pay_within_days": 7}]},
         "/steps/0/pay_within_days", "only a message"),
        ({"steps": [{"key": "a", "offset_days": -1, "do": "sms", "pay_within_days": 7}]},
         "/steps/0/pay_within_days", "before the due date"),
        ({"max_contacts": {"fee": 1}}, "/max_contacts", "must be by any, email"),
        ({"max_contacts": {"any": 0}}, "/max_contacts/any", "at least 1"),
        ({"call_rules": "none"}, "/call_rules", "us_regulation_f"),
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
