"""What customers said about channels, and who read what, over HTTP."""

from __future__ import annotations

import io
import json

import pytest

from chalicelib.handlers.access_log import READ
from tests.api import Api, a_customer_body

CONSENT = {"channel": "sms", "given": False, "source": "phone"}


def test_a_consent_says_what_where_when_and_who_and_the_history_stays(api: Api):
    customer = api.done("POST", "/v1/customers", a_customer_body())["id"]
    path = f"/v1/customers/{customer}"
    given = {**CONSENT, "given": True, "source": "web_form", "at": "2025-12-24T10:00:00Z"}
    api.done("POST", f"{path}/consents", given)
    last = api.done("POST", f"{path}/consents", CONSENT)
    api.world.days(1)

    assert last["consents"] == {
        "sms": {
            "given": False,
            "covers": "everything",
            "source": "phone",
            "words": None,
            "at": "2026-01-02T08:00:00Z",
        }
    }
    timeline = api.done("GET", f"{path}/timeline")["data"]
    told = [each for each in timeline if each["type"].startswith("customer.consent")]
    assert {(each["type"], each["data"]["source"]) for each in told} == {
        ("customer.consent_given", "web_form"),
        ("customer.consent_withdrawn", "phone"),
    }
    assert all(each["by"].startswith("api_key:ak_") for each in told)


@pytest.mark.parametrize("at", ["2026-01-02T08:00:01Z", "2025-12-23T00:00:00Z"])
def test_a_consent_is_of_the_past_and_after_the_one_before(api: Api, at: str):
    customer = api.done("POST", "/v1/customers", a_customer_body())["id"]
    path = f"/v1/customers/{customer}/consents"
    api.done("POST", path, {**CONSENT, "at": "2025-12-24T00:00:00Z"})

    reply = api.post(path, {**CONSENT, "at": at})

    assert (reply.status, reply.pointers) == (422, ["/at"])


def test_who_read_what_is_logged_with_ids_and_nothing_else(api: Api, written: io.StringIO):
    customer = api.done("POST", "/v1/customers", a_customer_body(external_id="C-1"))["id"]
    api.done("GET", f"/v1/customers/{customer}")
    api.done("GET", "/v1/customers?external_id=C-1")
    api.done("GET", f"/v1/communications?customer={customer}")
    assert api.get("/v1/customers/cus_0000000000000000").status == 404

    lines = [json.loads(each) for each in written.getvalue().splitlines()]
    read = [each for each in lines if each["message"] == READ]
    assert [(each["route"], each.get("record"), each.get("customer")) for each in read] == [
        ("GET /v1/customers/{customer_id}", customer, None),
        ("GET /v1/customers", customer, None),
        ("GET /v1/communications", None, customer),
    ]
    assert all(each["key"].startswith("ak_") for each in read)
    assert "Sonnenschein" not in written.getvalue()
    assert "C-1" not in written.getvalue()
