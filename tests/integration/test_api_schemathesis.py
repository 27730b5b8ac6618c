"""What the OpenAPI document says is what the API does, for whatever a generator thinks of.

Schemathesis sends valid and invalid requests to every operation of the real app. Nothing may end
in a server error, every status and media type must be documented, every body must have its shape,
and invalid data must be refused. Half of the ids in paths are those of real records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.handlers.bodies.places import countries, timezones
from tests.api import Api, an_api, an_invoice_body

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    ignored_auth,
]
EXAMPLES = 15
METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")

schemathesis.openapi.format("iso-4217", st.sampled_from(["eur", "usd", "jpy", "kwd", "gbp"]))
schemathesis.openapi.format("iso-3166-1-alpha-2", st.sampled_from(sorted(countries())))
schemathesis.openapi.format("iana-timezone", st.sampled_from(sorted(timezones())))
schemathesis.openapi.format("bcp-47", st.sampled_from(["de-DE", "en", "fr-CA", "ar-EG", "zh-Hant"]))
schemathesis.openapi.format("e164", st.sampled_from(["+4915112345678", "+12025550123"]))

_apis: list[Api] = []
_records: dict[str, str] = {}

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def wsgi(environ: dict[str, Any], start_response: StartResponse) -> Iterator[bytes]:
    """Let the API of the present test answer a WSGI request (PEP 3333)."""
    path = quote(environ["PATH_INFO"].encode("latin-1"))
    query = environ.get("QUERY_STRING")
    headers = {
        name.removeprefix("HTTP_").replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith("HTTP_") or name == "CONTENT_TYPE"
    }
    body = environ["wsgi.input"].read()
    address = f"{path}?{query}" if query else path
    method = environ["REQUEST_METHOD"]
    if method not in METHODS:  # API Gateway doesn't pass these on
        start_response("405 Method Not Allowed", [("Allow", ", ".join(METHODS))])
        return iter([])
    reply = _apis[-1].call(method, address, raw=body, headers=headers, key="")
    status = HTTPStatus(reply.status)
    start_response(f"{reply.status} {status.phrase}", list(reply.headers.items()))
    return iter([reply.body])


def load() -> Any:
    with an_api() as api:
        _apis.append(api)
        loaded = schemathesis.openapi.from_wsgi("/v1/openapi.json", wsgi)
        _apis.clear()
    loaded.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return loaded


schema = load()


@pytest.fixture(autouse=True)
def api() -> Iterator[Api]:
    with an_api() as each:
        invoice = each.done("POST", "/v1/invoices", an_invoice_body())
        clock = each.done("POST", "/v1/test_clocks", {"frozen_time": "2026-01-01T09:00:00Z"})
        path = f"/v1/invoices/{invoice['id']}"
        cent = {"amount": 1, "currency": "eur"}
        paid = {**cent, "paid_at": "2026-01-02T08:00:00Z", "method": "cash"}
        _records.update(
            customer_id=invoice["customer"],
            invoice_id=invoice["id"],
            case_id=invoice["case"],
            payment_id=each.done("POST", f"{path}/payments", paid)["id"],
            credit_note_id=each.done("POST", f"{path}/credit_notes", {**cent, "reason": "x"})["id"],
            sequence_id="seq_default",
            clock_id=clock["id"],
            token=invoice["pay_url"].rpartition("/")[2],
        )
        _apis.append(each)
        yield each
        _apis.clear()


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_does_what_its_description_says(case: schemathesis.Case) -> None:
    for name, value in (case.path_parameters or {}).items():
        if name in _records and len(str(value)) % 2:
            case.path_parameters[name] = _records[name]
    key = {"Authorization": f"Bearer {_apis[-1].key}"}
    each_on_its_own = case.path.endswith("/batch")
    excluded = [negative_data_rejection] if each_on_its_own else []
    case.call_and_validate(checks=CHECKS, excluded_checks=excluded, headers=key)
