"""Liveness, request ids, and Chalice's own refusals in our form."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

import app
from chalicelib import bootstrap
from chalicelib.handlers.answers import GUARDS
from tests.api import Api, a_customer_body
from tests.builders import CREDITOR_ID
from tests.unit.meanwhile import just_before_the_commit


def test_health_needs_no_key(api: Api):
    reply = api.get("/health", key="")
    assert (reply.status, reply.json) == (200, {"status": "ok"})


def test_the_request_id_is_echoed(api: Api):
    for path in ("/health", "/v1/customers", "/v1/customers/x", "/pay/x"):
        assert (
            api.get(path, headers={"X-Request-Id": "job-7:a"}).headers["x-request-id"] == "job-7:a"
        )
    for wrong in ("a b", "x" * 129, "<script>", ""):
        reply = api.get("/health", headers={"X-Request-Id": wrong})
        assert "x-request-id" not in reply.headers


def test_a_method_that_a_route_lacks_is_a_problem(api: Api):
    reply = api.call("DELETE", "/v1/customers")

    assert (reply.status, reply.json["code"]) == (405, "method_not_allowed")
    assert reply.headers["content-type"] == "application/problem+json"
    assert set(reply.headers["allow"].split(", ")) == {"GET", "POST"}


def test_what_nobody_expected_tells_nothing_and_is_logged_once(api: Api, caplog: Any):
    def break_down() -> None:
        raise RuntimeError("the secret of erika@example.com")

    just_before_the_commit(api.world, break_down)
    reply = api.post("/v1/customers", a_customer_body())

    assert reply.status == 500
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json == {
        "type": "urn:dunlin:problem:internal_error",
        "title": "Something went wrong on our side.",
        "status": 500,
        "detail": "Something went wrong on our side.",
        "code": "internal_error",
        "instance": "/v1/customers",
    }
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.fixture
def learned() -> Iterator[list[str]]:
    """Return the address that the process has learned, at first none."""
    bootstrap._addresses.clear()
    yield bootstrap._addresses
    bootstrap._addresses.clear()


@pytest.mark.parametrize("stands_before", ["", "/api", "/billing/v1"])
@pytest.mark.parametrize(
    ("resource", "sent", "token"),
    [
        ("/health", "/health", None),
        ("/health", "/health/", None),
        ("/pay/{token}", "/pay/abc", "abc"),
        ("/pay/{token}", "/pay/%41", "A"),
        ("/pay/{token}", "/pay/a%2Fb", "a/b"),
        ("/pay/{token}", "/pay/abc/", "abc"),
        ("/pay/{token}/done", "//pay//api//done//", "api"),
    ],
)
def test_no_way_of_writing_a_path_changes_the_address_of_links(
    api: Api,
    learned: list[str],
    stands_before: str,
    resource: str,
    sent: str,
    token: str | None,
):
    event = {
        "resource": resource,
        "path": sent,
        "headers": {},
        "multiValueHeaders": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": {"token": token} if token else None,
        "stageVariables": None,
        "body": None,
        "isBase64Encoded": False,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": "GET",
            "path": stands_before + sent,
            "domainName": "abc.execute-api.eu-central-1.amazonaws.com",
            "requestId": "1",
        },
    }
    app.app(event, SimpleNamespace(aws_request_id="1", function_name="api"))

    assert learned == [f"https://abc.execute-api.eu-central-1.amazonaws.com{stands_before}"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/v1/openapi.json", 200),
        ("GET", "/v1/invoices", 200),
        ("GET", "/v1/invoices/in_1", 404),
        ("POST", "/v1/invoices", 422),
        ("DELETE", "/health", 405),
        ("POST", f"/webhooks/stripe/{CREDITOR_ID}", 400),
    ],
)
def test_data_is_neither_kept_nor_sniffed_nor_framed(api: Api, method: str, path: str, status: int):
    reply = api.call(method, path, {} if method == "POST" else None)

    assert reply.status == status
    assert {name: reply.headers[name.lower()] for name in GUARDS} == GUARDS
    assert GUARDS["X-Content-Type-Options"] == "nosniff"
    assert GUARDS["Cache-Control"] == "no-store"
    assert "frame-ancestors 'none'" in GUARDS["Content-Security-Policy"]
