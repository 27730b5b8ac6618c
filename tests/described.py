"""The API as its own description has it: real routes on fakes, for a generator of requests.

Schemathesis reads the OpenAPI document and sends what it thinks of to `wsgi`, which lets the API
of the present test answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.handlers.bodies.places import countries, timezones
from tests.api import Api, an_api

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
"""What must hold of every answer, whatever was asked."""

METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")

schemathesis.openapi.format("iso-4217", st.sampled_from(["eur", "usd", "jpy", "kwd", "gbp"]))
schemathesis.openapi.format("iso-3166-1-alpha-2", st.sampled_from(sorted(countries())))
schemathesis.openapi.format("iana-timezone", st.sampled_from(sorted(timezones())))
schemathesis.openapi.format("bcp-47", st.sampled_from(["de-DE", "en", "fr-CA", "ar-EG", "zh-Hant"]))
schemathesis.openapi.format("e164", st.sampled_from(["+4915112345678", "+12025550123"]))

_apis: list[Api] = []

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


def described() -> Any:
    """Return the API's description as schemathesis reads it, for valid and invalid requests."""
    with answering():
        schema = schemathesis.openapi.from_wsgi("/v1/openapi.json", wsgi)
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return schema


@contextmanager
def answering() -> Iterator[Api]:
    """Let a new API answer what is sent to `wsgi`."""
    with an_api() as api:
        _apis.append(api)
        try:
            yield api
        finally:
            _apis.remove(api)


def excluded(case: schemathesis.Case) -> list[Any]:
    """Return the checks that don't apply: each invoice of a batch is refused on its own."""
    return [negative_data_rejection] if case.path.endswith("/batch") else []


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
