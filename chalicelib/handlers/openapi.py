"""The API's description (OpenAPI 3.1), made from the routes, bodies and shapes that run."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema

from chalicelib.domain.access import AccessScope
from chalicelib.handlers.answers import FIRST_REFUSAL, PROBLEM
from chalicelib.handlers.blueprints import OPEN_RESOURCES, RESOURCES, open_routes, routes
from chalicelib.handlers.bodies.base import Nothing
from chalicelib.handlers.open_routes import OpenRoute
from chalicelib.handlers.openapi_links import Link, links_of
from chalicelib.handlers.problems import Problem
from chalicelib.handlers.routing import Route

VERSION = "1.0.0"
REF = "#/components/schemas/{model}"
ABOUT = """Dunlin follows up unpaid invoices.

Amounts are integers in the currency's minor unit. Moments are UTC. Lists are newest first and
paged by `limit`, `starting_after` and `ending_before`; a page of large records ends early, so it is
`has_more` that says whether to go on. Whatever is refused is answered with a problem document
(RFC 9457) whose `errors` name every wrong field by JSON pointer; parameters and headers count as
fields of the request. A POST with an `Idempotency-Key` is done once: the same key with the same
request gets the first answer again for a day. Answers have links: a record's id leads to all that
takes it, and a list leads where its first record does.
"""

_PARAMETER = re.compile(r"{(\w+)}")
_COMMON = (401, 403, 422, 429, 500)
_OF_A_BODY = (400, 413, 415)
_REQUEST_ID = {
    "description": "The request's id, as sent or as given by API Gateway.",
    "schema": {"type": "string"},
}

_RETRY_AFTER = {
    "description": "Seconds after which the same request may well succeed; always with a 429.",
    "schema": {"type": "integer", "minimum": 1},
}


@cache
def document() -> dict[str, Any]:
    """Return the whole document."""
    schemas, shapes = _schemas()
    paths: dict[str, dict[str, Any]] = {}
    links: dict[str, Link] = {}
    for route in routes():
        operation = _operation(route, shapes, schemas)
        onwards = {link.name: link for link in links_of(route, routes())}
        _add_links(operation, onwards)
        links |= onwards
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    for each in open_routes():
        paths.setdefault(each.path, {})[each.method.lower()] = _open_operation(each, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Dunlin", "version": VERSION, "description": ABOUT},
        "servers": [{"url": "/"}],
        "tags": [{"name": each.tag} for each in (*RESOURCES, *OPEN_RESOURCES)],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "responses": {"Problem": _problem_response()},
            "parameters": {"IdempotencyKey": _idempotency_key()},
            "links": {name: link.description() for name, link in sorted(links.items())},
            "securitySchemes": {
                "apiKey": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "`dk_live_…` or `dk_test_…`; the two see separate data.",
                }
            },
        },
    }


class _Schemas(GenerateJsonSchema):
    """Writes schemas in the order of the code, without pydantic's generated titles."""

    def sort(self, value: JsonSchemaValue, parent_key: str | None = None) -> JsonSchemaValue:  # noqa: ARG002 - pydantic's
        return value

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ANN401, ARG002 - pydantic's
        return False


def _schemas() -> tuple[dict[str, JsonSchemaValue], dict[str, JsonSchemaValue]]:
    """Return the component schemas, and the schema of each shape by its name."""
    bodies: list[tuple[type[BaseModel], Any]] = [
        (body, "validation")
        for body in dict.fromkeys(r.body for r in routes())
        if body is not Nothing
    ]
    from chalicelib.handlers.bodies.invoices import InvoiceBody

    bodies.append((InvoiceBody, "validation"))
    _, of_bodies = models_json_schema(bodies, ref_template=REF, schema_generator=_Schemas)
    shapes = [route.shape for route in routes()] + [route.shape for route in open_routes()]
    wanted = {_name(shape): shape for shape in (*shapes, Problem) if shape is not None}
    refs, of_shapes = TypeAdapter.json_schemas(
        [(name, "serialization", TypeAdapter(shape)) for name, shape in wanted.items()],
        ref_template=REF,
        schema_generator=_Schemas,
    )
    schemas = {**of_bodies.get("$defs", {}), **of_shapes.get("$defs", {})}
    schemas.pop("Currency", None)  # the class behind a code; no schema refers to it
    return schemas, {name: schema for (name, _), schema in refs.items()}


def _operation(
    route: Route, shapes: dict[str, JsonSchemaValue], schemas: dict[str, JsonSchemaValue]
) -> dict[str, Any]:
    refused = {*_COMMON, *route.other_statuses}
    if _PARAMETER.search(route.path):
        refused |= {404}
    if route.method != "GET":
        refused |= {409, *_OF_A_BODY}
    done = sorted({route.status, *(each for each in route.other_statuses if each < FIRST_REFUSAL)})
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.summary,
        "description": f"Needs the scope `{route.scope.value}`.",
        "security": [{"apiKey": []}],
        "parameters": [*_path_parameters(route.path), *_query_parameters(route)],
        "responses": {
            **{str(each): _json_response(each, shapes[_name(route.shape)]) for each in done},
            **_refusals(refused - set(done)),
        },
    }
    if route.method == "POST" and route.scope is not AccessScope.READ:
        operation["parameters"].append({"$ref": "#/components/parameters/IdempotencyKey"})
    if route.method != "GET":
        operation["requestBody"] = _request_body(route, schemas)
    return operation


def _add_links(operation: dict[str, Any], links: Iterable[str]) -> None:
    """Let every answer that is no refusal say where it leads, by the links' names."""
    references = {name: {"$ref": f"#/components/links/{name}"} for name in links}
    for status, response in operation["responses"].items():
        if references and int(status) < FIRST_REFUSAL:
            response["links"] = references


def _request_body(route: Route, schemas: dict[str, JsonSchemaValue]) -> dict[str, Any]:
    if route.body is Nothing:
        empty = {"type": "object", "additionalProperties": False}
        return {"required": False, "content": {"application/json": {"schema": empty}}}
    name = route.body.__name__
    content: dict[str, Any] = {"schema": {"$ref": REF.format(model=name)}}
    if examples := schemas[name].get("examples"):
        content["example"] = examples[0]
    required = not issubclass(route.body, Nothing)
    return {"required": required, "content": {"application/json": content}}


def _open_operation(route: OpenRoute, shapes: dict[str, JsonSchemaValue]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.tag],
        "summary": route.summary,
        "security": [],
        "parameters": _path_parameters(route.path),
        "responses": {},
    }
    for status in (*route.statuses, 500):
        if route.media_type == "text/html":
            answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
            answer["content"] = {"text/html": {"schema": {"type": "string"}}}
        elif status >= FIRST_REFUSAL:
            answer = {"$ref": "#/components/responses/Problem"}
        else:
            answer = _json_response(status, shapes[_name(route.shape)])
        operation["responses"][str(status)] = answer
    if route.request_media_type:
        sent = {"schema": {"type": "object"}}
        operation["requestBody"] = {"required": True, "content": {route.request_media_type: sent}}
    return operation


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _PARAMETER.findall(path)
    ]


def _query_parameters(route: Route) -> list[dict[str, Any]]:
    schema = route.query.model_json_schema(ref_template=REF, schema_generator=_Schemas)
    return [
        {"name": name, "in": "query", "required": False, "schema": _not_null(of)}
        for name, of in schema.get("properties", {}).items()
    ]


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schema without null, which a query can't say."""
    if "anyOf" not in schema:
        return schema
    return next(dict(each) for each in schema["anyOf"] if each.get("type") != "null")


def _json_response(status: int, schema: JsonSchemaValue) -> dict[str, Any]:
    return {
        "description": HTTPStatus(status).phrase,
        "headers": {"X-Request-Id": _REQUEST_ID},
        "content": {"application/json": {"schema": schema}},
    }


def _refusals(statuses: set[int]) -> dict[str, Any]:
    return {str(each): {"$ref": "#/components/responses/Problem"} for each in sorted(statuses)}


def _problem_response() -> dict[str, Any]:
    return {
        "description": "A problem document (RFC 9457).",
        "headers": {"X-Request-Id": _REQUEST_ID, "Retry-After": _RETRY_AFTER},
        "content": {PROBLEM: {"schema": {"$ref": REF.format(model="Problem")}}},
    }


def _idempotency_key() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "Makes the request happen once; a repetition gets the first answer.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    }


def _name(shape: Any) -> str:  # noqa: ANN401 - any type form
    return str(getattr(shape, "__name__", shape)) + str(getattr(shape, "__args__", ""))
