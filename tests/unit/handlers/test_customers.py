"""Customers over HTTP: defaults of the country, changes, timeline and statement."""

from __future__ import annotations

import pytest

from tests.api import Api, a_customer_body, an_invoice_body


def test_a_customer_has_the_contracts_fields(api: Api):
    reply = api.post("/v1/customers", a_customer_body(external_id="C-9", metadata={"a": "b"}))

    assert reply.status == 201
    customer = reply.json
    assert customer == {
        "id": customer["id"],
        "object": "customer",
        "livemode": False,
        "external_id": "C-9",
        "name": "Bäckerei Sonnenschein GmbH",
        "email": "rechnung@sonnenschein.example",
        "phone": "+4915112345678",
        "address": None,
        "country": "DE",
        "locale": "de-DE",
        "timezone": "Europe/Berlin",
        "test_clock": None,
        "metadata": {"a": "b"},
        "balance": {},
        "credit": {},
        "suppressed": {},
        "consents": {},
        "kind": "business",
        "contact_hours": None,
        "contacts": [],
        "tags": [],
        "risk_grade": None,
        "credit_limit": {},
        "sequence_override": None,
        "payment_history": {
            "paid_invoices": 0,
            "late": 0,
            "share_paid_late": None,
            "average_days_late": None,
            "first_invoice": None,
        },
        "broken_promises": 0,
        "broken_plans": 0,
        "erasure": None,
        "last_contact_at": None,
        "created_at": "2026-01-02T08:00:00Z",
    }
    assert api.post("/v1/customers", a_customer_body(external_id="C-9")).status == 409


@pytest.mark.parametrize(
    ("country", "locale", "timezone"),
    [
        ("DE", "de-DE", "Europe/Berlin"),
        ("FR", "fr-FR", "Europe/Paris"),
        ("AT", "de-AT", "Europe/Vienna"),
        ("GB", "en-GB", "Europe/London"),
        ("JP", "ja-JP", "Asia/Tokyo"),
        ("AQ", None, None),
        ("ES", None, None),
        ("US", None, None),
        ("BR", None, None),
    ],
)
def test_locale_and_timezone_follow_from_the_country_where_they_can(
    api: Api, country: str, locale: str | None, timezone: str | None
):
    reply = api.post("/v1/customers", {"name": "x", "country": country})

    if timezone is None:
        assert (reply.status, reply.pointers) == (422, ["/timezone"])
    else:
        assert (reply.json["locale"], reply.json["timezone"]) == (locale, timezone)


def test_addresses_are_kept_in_one_form(api: Api):
    customer = api.done(
        "POST",
        "/v1/customers",
        a_customer_body(phone="+49 (151) 1234-5678", email="Buero@BÜCHER.example", locale="de_AT"),
    )

    assert customer["phone"] == "+4915112345678"
    assert customer["email"] == "Buero@xn--bcher-kva.example"
    assert customer["locale"] == "de-AT"


def test_only_given_fields_change(api: Api):
    customer = api.done("POST", "/v1/customers", a_customer_body(metadata={"a": "1"}))
    path = f"/v1/customers/{customer['id']}"

    changed = api.done("PATCH", path, {"phone": None, "metadata": {"b": "2"}})
    assert changed == {**customer, "phone": None, "metadata": {"b": "2"}}
    assert api.done("PATCH", path, {}) == changed
    refused = api.call("PATCH", path, {"name": None, "balance": {"eur": 0}, "timezone": "x"})
    assert set(refused.pointers) == {"/name", "/balance", "/timezone"}
    assert api.done("GET", path) == changed


def test_the_timeline_tells_what_happened(api: Api):
    invoice = api.done("POST", "/v1/invoices", an_invoice_body())
    api.done("POST", f"/v1/invoices/{invoice['id']}/void")
    api.world.days(1)

    timeline = api.done("GET", f"/v1/customers/{invoice['customer']}/timeline?limit=100")
    told = {(event["type"], event["object_id"]) for event in timeline["data"]}
    assert {("invoice.created", invoice["id"]), ("invoice.void", invoice["id"])} <= told
    voided = next(each for each in timeline["data"] if each["type"] == "invoice.void")
    assert voided["by"].startswith("api_key:ak_")
    assert voided["why"] == "void"
    everything = api.done("GET", "/v1/events?limit=100")["data"]
    assert {event["id"] for event in timeline["data"]} <= {event["id"] for event in everything}


def test_the_statement_lists_what_is_owed_oldest_due_first(api: Api):
    late = api.done("POST", "/v1/invoices", an_invoice_body("S-2", due_date="2026-03-01"))
    soon = api.done("POST", "/v1/invoices", an_invoice_body("S-1", amount=1000))
    gone = api.done("POST", "/v1/invoices", an_invoice_body("S-3"))
    api.done("POST", f"/v1/invoices/{gone['id']}/write_off")

    statement = api.done("GET", f"/v1/customers/{late['customer']}/statement")
    assert statement["balance"] == {"eur": 120000}
    assert [each["number"] for each in statement["invoices"]] == ["S-1", "S-2"]
    assert statement["invoices"][0] == soon
    assert statement["pay_url"].startswith("https://")


def test_customers_are_listed(api: Api):
    made = []
    for _ in range(3):
        api.world.clock.advance(seconds=1)
        made.append(api.done("POST", "/v1/customers", a_customer_body())["id"])
    page = api.done("GET", "/v1/customers?limit=2")

    assert [each["id"] for each in page["data"]] == [made[2], made[1]]
    assert page["has_more"]


def test_a_customer_is_found_by_external_id(api: Api):
    stored = api.done("POST", "/v1/customers", a_customer_body(external_id="C-1"))
    api.done("POST", "/v1/customers", a_customer_body())
    path = "/v1/customers?external_id=C-1"

    assert api.done("GET", path)["data"] == [stored]
    assert api.done("GET", "/v1/customers?external_id=c-1")["data"] == []
    assert api.get(f"{path}&ending_before={stored['id']}").pointers == ["/external_id"]


def test_an_invoice_keeps_the_stored_customer_of_its_external_id(api: Api):
    stored = api.done("POST", "/v1/customers", a_customer_body(external_id="C-1"))
    other = a_customer_body(external_id="C-1", name="Somebody else", email=None)
    invoice = api.done("POST", "/v1/invoices", an_invoice_body(customer=other))

    kept = api.done("GET", f"/v1/customers/{invoice['customer']}")
    assert (kept["id"], kept["name"], kept["email"]) == tuple(
        stored[name] for name in ("id", "name", "email")
    )


HAMBURG = {"lines": ["Hinterhaus", "Lange Straße 12a"], "city": "Hamburg", "country": "DE"}


def test_an_address_is_kept_changed_and_taken_away(api: Api):
    body = a_customer_body(address={**HAMBURG, "postal_code": "20457"})
    customer = api.post("/v1/customers", body).json
    assert customer["address"] == {**HAMBURG, "postal_code": "20457", "region": None}

    path = f"/v1/customers/{customer['id']}"
    bremen = {"lines": [" Weg 1 "], "city": "Bremen", "country": "DE"}
    assert api.done("PATCH", path, {"address": bremen})["address"] == {
        **bremen, "lines": ["Weg 1"], "postal_code": None, "region": None,
    }  # fmt: skip
    assert api.done("PATCH", path, {"name": "Other"})["address"]["city"] == "Bremen"
    assert api.done("PATCH", path, {"address": None})["address"] is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": []}, "/address/lines"),
        ({"lines": ["a"] * 4}, "/address/lines"),
        ({"lines": ["a\nb"]}, "/address/lines/0"),
        ({"lines": ["a" * 71]}, "/address/lines/0"),
        ({"city": " "}, "/address/city"),
        ({"country": "XX"}, "/address/country"),
        ({"postal_code": "1" * 17}, "/address/postal_code"),
        ({"street": "a"}, "/address/street"),
    ],
)
def test_what_no_envelope_could_show_is_refused(api: Api, change: dict, pointer: str):
    reply = api.post("/v1/customers", a_customer_body(address={**HAMBURG, **change}))
    assert (reply.status, reply.pointers) == (422, [pointer])
