"""Segments over HTTP: the language, versions, previews, assignments and overrides."""

from __future__ import annotations

from typing import Any

import pytest

from chalicelib.handlers.bodies.segments import EXAMPLE
from tests.api import Api, a_customer_body, an_invoice_body

PATH = "/v1/segments"
FRENCH = {"fact": "country", "in": ["FR"]}
STEPS = [{"key": "firm", "offset_days": 2, "do": "email"}]


def a_segment(condition: Any = FRENCH, **facts: Any) -> dict[str, Any]:
    named = {"name": "French", "rank": 1, "condition": condition, "sequence": "seq_default"}
    return {**named, **facts}


def nested(depth: int, inner: Any = FRENCH) -> Any:
    """Return a condition in so many groups."""
    return inner if depth == 0 else {"not": nested(depth - 1, inner)}


@pytest.fixture
def firm(api: Api) -> str:
    return api.done("POST", "/v1/sequences", {"name": "Firm", "steps": STEPS})["id"]


def test_a_segment_has_the_contracts_fields(api: Api):
    created = api.post(PATH, EXAMPLE)
    assert created.status == 201
    segment = created.json
    identity = {"id": segment["id"], "object": "segment", "version": 1}
    assert segment == {**EXAMPLE, **identity}
    assert api.done("GET", f"{PATH}/{segment['id']}") == segment
    listed = api.done("GET", PATH)
    assert listed == {"object": "list", "data": [segment], "has_more": False, "url": PATH}


def test_versions_stay_also_of_a_deleted_segment(api: Api):
    first = api.done("POST", PATH, a_segment())
    one = f"{PATH}/{first['id']}"
    second = api.done("PUT", one, a_segment(rank=7))
    assert (second["version"], second["rank"]) == (2, 7)
    assert api.done("PUT", one, a_segment(rank=7)) == second
    assert api.done("DELETE", one) == second
    assert api.get(one).status == 404
    assert api.done("GET", f"{one}?version=1") == first
    assert api.get(f"{one}?version=3").status == 404
    assert api.done("GET", PATH)["data"] == []
    types = {each["type"] for each in api.done("GET", "/v1/events")["data"]}
    assert types >= {"segment.deleted", "segment.changed", "segment.created"}


@pytest.mark.parametrize(
    ("condition", "pointer", "detail"),
    [
        (3, "/condition", "must be all, any, not, or the comparison of a fact"),
        ({"fact": "shoe_size", "gte": 1}, "/condition", "must be all, any, not, or the compa"),
        ({"fact": "amount", "gte": 1}, "/condition/currency", "is required"),
        ({"fact": "amount", "currency": "xxx", "gte": 1}, "/condition/currency", "must be the"),
        ({"fact": "days_overdue"}, "/condition", "needs a bound"),
        ({"fact": "days_overdue", "gte": "9"}, "/condition/gte", "must be an integer"),
        ({"fact": "days_overdue", "gte": None}, "/condition/gte", "must be an integer"),
        ({"fact": "days_overdue", "in": ["a"]}, "/condition/in", "is unknown here"),
        ({"fact": "country", "in": []}, "/condition/in", "must have at least 1"),
        ({"all": []}, "/condition/all", "must have at least 1"),
        ({"all": [FRENCH], "any": [FRENCH]}, "/condition", "must have exactly one of"),
        ({"any": [FRENCH, {"not": {"fact": "x"}}]}, "/condition/any/1/not", "must be all, any"),
        (nested(4), "/condition/not/not/not", "must be all, any, not"),
    ],
)
def test_what_isnt_in_the_language_is_pointed_at(
    api: Api, condition: Any, pointer: str, detail: str
):
    reply = api.post(PATH, a_segment(condition))
    assert reply.status == 422
    found = {error["pointer"]: error["detail"] for error in reply.json["errors"]}
    assert found[pointer].startswith(detail)


def test_groups_stand_within_groups_twice(api: Api):
    segment = api.done("POST", PATH, a_segment(nested(3)))
    assert segment["condition"] == nested(3)


@pytest.mark.parametrize("rank", [0, 1_000_001, "1", 1.5, True])
def test_ranks_are_whole_numbers_from_one_on(api: Api, rank: Any):
    assert api.post(PATH, a_segment(rank=rank)).pointers == ["/rank"]


def test_a_sequence_that_isnt_there_is_pointed_at(api: Api):
    assert api.post(PATH, a_segment(sequence="seq_x")).pointers == ["/sequence"]


def test_customers_say_what_segments_ask(api: Api):
    body = a_customer_body(tags=["vip", "A 1"], risk_grade="B", credit_limit={"eur": 5_000_00})
    customer = api.done("POST", "/v1/customers", body)
    assert (customer["tags"], customer["risk_grade"]) == (["vip", "A 1"], "B")
    assert customer["credit_limit"] == {"eur": 500000}
    path = f"/v1/customers/{customer['id']}"
    changes = {"tags": [], "risk_grade": None, "credit_limit": {"JPY": 1}}
    changed = api.done("PATCH", path, changes)
    assert (changed["tags"], changed["risk_grade"], changed["credit_limit"]) == (
        [],
        None,
        {"jpy": 1},
    )
    api.world.work()
    [event] = [
        each for each in api.done("GET", "/v1/events")["data"] if each["type"] == "customer.updated"
    ]
    assert event["data"] == {"changed": ["tags", "risk_grade", "credit_limit"]}


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"tags": ["a", "a"]}, "/tags"),
        ({"tags": ["a,b"]}, "/tags/0"),
        ({"tags": [str(number) for number in range(21)]}, "/tags"),
        ({"risk_grade": ""}, "/risk_grade"),
        ({"credit_limit": {"eur": 0}}, "/credit_limit/eur"),
        ({"credit_limit": {"zzz": 5}}, "/credit_limit/zzz/[key]"),
    ],
)
def test_what_segments_ask_has_its_form(api: Api, fields: dict[str, Any], pointer: str):
    assert api.post("/v1/customers", a_customer_body(**fields)).pointers == [pointer]


def test_the_whole_way_from_a_preview_to_the_case(api: Api, firm: str):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    german = a_segment({"fact": "country", "in": ["DE"]}, sequence=firm, name="German")
    preview = api.done("POST", f"{PATH}/preview", {"segments": [german], "limit": 1})
    [move] = preview["data"]
    assert move == {
        "case": invoice["case"],
        "invoice": invoice["id"],
        "customer": invoice["customer"],
        "number": "R-1",
        "currency": "eur",
        "amount_remaining": 119000,
        "from": {"sequence": "seq_default", "version": 1},
        "to": {"sequence": firm, "decided_by": "segment", "segment_name": "German"},
    }
    rest = {"object": "segment_preview", "looked_at": 1, "has_more": False, "next": None}
    assert preview == {**rest, "data": [move]}
    assert api.done("POST", f"{PATH}/preview", {})["data"] == []
    segment = api.done("POST", PATH, german)
    accepted = api.post(f"{PATH}/assign")
    assert (accepted.status, accepted.json["object"]) == (202, "segment_assignment")
    api.world.work()
    case = api.done("GET", f"/v1/cases/{invoice['case']}")
    decided = {name: case[name] for name in ("sequence", "decided_by", "segment_version")}
    assert decided == {"sequence": firm, "decided_by": "segment", "segment_version": 1}
    assert case["segment"] == segment["id"]
    choice = api.done("GET", f"/v1/cases/{invoice['case']}/explain")["choice"]
    assert choice["why"].endswith("segment “German” (version 1) was the first to fit.")
    assert (choice["segment"], choice["override"]) == (segment["id"], None)


def test_a_preview_goes_on_page_by_page(api: Api, firm: str):
    for number in range(3):
        api.done("POST", "/v1/invoices", an_invoice_body(f"R-{number}"))
    every = a_segment({"fact": "country", "in": ["DE"]}, sequence=firm)
    found: list[str] = []
    page: dict[str, Any] = {"next": None}
    for _ in range(3):
        after = {"starting_after": page["next"]} if page["next"] else {}
        asked = {"segments": [every], "limit": 1, **after}
        page = api.done("POST", f"{PATH}/preview", asked)
        found += [each["number"] for each in page["data"]]
    assert (sorted(found), page["has_more"]) == (["R-0", "R-1", "R-2"], False)


def test_a_wrong_draft_is_pointed_at(api: Api):
    reply = api.post(f"{PATH}/preview", {"segments": [a_segment(), a_segment(sequence="seq_x")]})
    assert reply.pointers == ["/segments/1/sequence"]


def test_overrides_say_who_and_why(api: Api, firm: str):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    override = {"sequence": firm, "reason": "Key account"}
    customer_path = f"/v1/customers/{invoice['customer']}/sequence"
    customer = api.done("PUT", customer_path, override)
    assert customer["sequence_override"] == {
        "sequence": firm,
        "by": customer["sequence_override"]["by"],
        "reason": "Key account",
        "at": "2026-01-02T08:00:00Z",
    }
    assert customer["sequence_override"]["by"].startswith("api_key:")
    api.world.work()
    path = f"/v1/invoices/{invoice['id']}"
    assert api.done("GET", path)["sequence"] == firm
    back = api.done("PUT", f"{path}/sequence", {"sequence": "seq_default", "reason": "Small"})
    assert (back["sequence"], back["sequence_override"]["reason"]) == ("seq_default", "Small")
    choice = api.done("GET", f"/v1/cases/{invoice['case']}/explain")["choice"]
    assert choice["override"] == back["sequence_override"]
    assert api.done("DELETE", f"{path}/sequence")["sequence"] == firm
    assert api.done("DELETE", customer_path)["sequence_override"] is None
    assert api.call("PUT", f"{path}/sequence", {"sequence": firm}).pointers == ["/reason"]


def test_how_a_customer_paid_is_shown(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body(due_date="2026-01-02"))
    paid = {"amount": 119000, "currency": "eur", "method": "cash"}
    paid["paid_at"] = "2026-01-02T23:30:00Z"
    api.done("POST", f"/v1/invoices/{invoice['id']}/payments", paid)
    customer = api.done("GET", f"/v1/customers/{invoice['customer']}")
    assert customer["payment_history"] == {
        "paid_invoices": 1,
        "late": 1,
        "share_paid_late": 100,
        "average_days_late": 1,
        "first_invoice": "2026-01-02",
    }
