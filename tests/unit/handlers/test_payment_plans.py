"""Payment plans over HTTP: agreed once, read as answered, listed, agreed anew, called off."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api import Api, an_invoice_body

MONTHLY = {"first_date": "2026-02-10", "interval": "month", "count": 2}


@pytest.fixture
def invoice(api: Api) -> Any:
    return api.done("POST", "/v1/invoices", an_invoice_body())


def a_body(*invoices: Any, **facts: Any) -> dict[str, Any]:
    return {
        "invoices": [each["id"] for each in invoices],
        "currency": "eur",
        "equal_instalments": MONTHLY,
        **facts,
    }


def test_a_plan_is_read_as_it_was_answered(api: Api, invoice: Any):
    body = a_body(
        invoice,
        deposit={"date": "2026-01-20", "amount": 20000},
        taken_by="Frau Krause",
        note="Has lost an order.",
    )
    plan = api.done("POST", "/v1/payment_plans", body)
    assert plan == {
        "id": plan["id"],
        "object": "payment_plan",
        "livemode": False,
        "customer": invoice["customer"],
        "status": "active",
        "ended_by": None,
        "currency": "eur",
        "amount": 119000,
        "amount_received": 0,
        "fee": 0,
        "instalments": [
            {"date": "2026-01-20", "amount": 20000, "status": "open", "is_deposit": True},
            {"date": "2026-02-10", "amount": 49500, "status": "open", "is_deposit": False},
            {"date": "2026-03-10", "amount": 49500, "status": "open", "is_deposit": False},
        ],
        "instalments_missed": 0,
        "invoices": [invoice["id"]],
        "grace_days": 7,
        "broken_after": 2,
        "sequence": "seq_instalments",
        "sequence_version": 1,
        "replaces": None,
        "taken_by": "Frau Krause",
        "note": "Has lost an order.",
        "judged_at": "2026-01-27T23:00:00Z",
        "created_at": "2026-01-02T08:00:00Z",
        "ended_at": None,
    }
    assert api.done("GET", f"/v1/payment_plans/{plan['id']}") == plan
    [pause] = api.done("GET", f"/v1/cases/{invoice['case']}")["pauses"]
    assert (pause["kind"], pause["reference"]) == ("plan", plan["id"])


def test_explain_tells_of_the_instalment_that_is_chased(api: Api, invoice: Any):
    plan = api.done("POST", "/v1/payment_plans", a_body(invoice))
    api.world.until("2026-02-09 12:00")
    explained = api.done("GET", f"/v1/cases/{invoice['case']}/explain")
    steps = {each["step"].rpartition("/")[2]: each for each in explained["steps"]}
    assert {key: (each["state"], each["planned"]) for key, each in steps.items()} == {
        "upcoming": ("sent", "2026-02-07"),
        "due": ("planned", "2026-02-10"),
        "late": ("planned", "2026-02-13"),
    }
    assert explained["next"]["step"].startswith(plan["id"][-16:])


def test_what_came_of_it_is_shown_instalment_by_instalment(api: Api, invoice: Any):
    plan = api.done("POST", "/v1/payment_plans", a_body(invoice, broken_after=1))
    paid = {
        "amount": 59500,
        "currency": "eur",
        "paid_at": "2026-01-02T08:00:00Z",
        "method": "bank_transfer",
    }
    api.done("POST", f"/v1/invoices/{invoice['id']}/payments", paid)
    api.world.days(80)
    after = api.done("GET", f"/v1/payment_plans/{plan['id']}")
    assert (after["status"], after["ended_by"], after["amount_received"]) == (
        "broken",
        "missed",
        59500,
    )
    assert [each["status"] for each in after["instalments"]] == ["paid", "missed"]
    assert api.done("GET", f"/v1/customers/{invoice['customer']}")["broken_plans"] == 1


def test_lists_by_customer_and_status(api: Api, invoice: Any):
    other = api.done("POST", "/v1/invoices", an_invoice_body("R-2"))
    first = api.done("POST", "/v1/payment_plans", a_body(invoice))
    api.world.clock.advance(minutes=1)
    second = api.done("POST", "/v1/payment_plans", a_body(other))
    path = f"/v1/payment_plans/{first['id']}/cancel"
    off = api.done("POST", path, {"reason": "Misunderstood"})
    assert (off["status"], off["ended_by"]) == ("cancelled", "cancelled")
    assert {each["status"] for each in off["instalments"]} == {"cancelled"}
    api.world.sweep()
    of = f"/v1/payment_plans?customer={invoice['customer']}"
    assert api.done("GET", of)["data"] == [second, off]
    assert api.done("GET", f"{of}&status=active")["data"] == [second]
    told = api.done("GET", f"/v1/events?customer={invoice['customer']}&type=plan.cancelled")
    assert [each["why"] for each in told["data"]] == ["Misunderstood"]


def test_another_schedule_is_another_plan(api: Api, invoice: Any):
    plan = api.done("POST", "/v1/payment_plans", a_body(invoice, grace_days=3))
    path = f"/v1/payment_plans/{plan['id']}/replan"
    anew = api.done("POST", path, {"instalments": [{"date": "2026-04-01", "amount": 119000}]})
    assert (anew["replaces"], anew["grace_days"], len(anew["instalments"])) == (plan["id"], 3, 1)
    assert api.done("GET", f"/v1/payment_plans/{plan['id']}")["ended_by"] == "replanned"
    again = api.post(path, {"equal_instalments": MONTHLY})
    assert (again.status, again.json["code"]) == (409, "plan_not_active")


def test_a_second_plan_or_a_promise_about_it_is_refused(api: Api, invoice: Any):
    api.done("POST", "/v1/payment_plans", a_body(invoice))
    again = api.post("/v1/payment_plans", a_body(invoice))
    assert (again.status, again.json["code"]) == (409, "plan_already_active")
    promise = {
        "invoices": [invoice["id"]],
        "currency": "eur",
        "dates": [{"date": "2026-02-02", "amount": 1}],
        "source": "phone",
    }
    refused = api.post("/v1/promises", promise)
    assert (refused.status, refused.json["code"]) == (409, "plan_already_active")


def test_the_same_request_makes_one_plan(api: Api, invoice: Any):
    key = {"Idempotency-Key": "plan-1"}
    first = api.done("POST", "/v1/payment_plans", a_body(invoice), headers=key)
    api.answers.records.clear()
    assert api.done("POST", "/v1/payment_plans", a_body(invoice), headers=key) == first
    api.answers.records.clear()
    other = api.post("/v1/payment_plans", a_body(invoice, grace_days=1), headers=key)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")


@pytest.mark.parametrize(
    ("facts", "status", "named"),
    [
        ({"equal_instalments": {**MONTHLY, "amount": 1}}, 422, "/equal_instalments/amount"),
        ({"equal_instalments": None}, 422, "/equal_instalments"),
        ({"instalments": [{"date": "2026-02-10", "amount": 1}]}, 422, "/equal_instalments"),
        ({"equal_instalments": {**MONTHLY, "first_date": "2025-12-31"}}, 422, "/instalments"),
        ({"sequence": "seq_default"}, 201, None),
        ({"sequence": "seq_none"}, 422, "/sequence"),
        ({"broken_after": 0}, 422, "/broken_after"),
        ({"deposit": {"date": "2026-01-20", "amount": 119000}}, 409, None),
    ],
)
def test_what_can_be_asked_for(
    api: Api, invoice: Any, facts: dict[str, Any], status: int, named: str | None
):
    answer = api.post("/v1/payment_plans", a_body(invoice, **facts))
    assert answer.status == status, answer.json
    if named:
        assert [each["pointer"] for each in answer.json["errors"]] == [named]
