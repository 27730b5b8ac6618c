"""Where a request can name a record: read from the OpenAPI document, so that a new route joins in.

A place is a parameter of the path or the query, or a member of the body, that takes an id. Ids are
known by their patterns (`^in_[…]`), those of paths by their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from chalicelib.handlers.openapi import document

KIND_OF_PATH = {
    "customer_id": "cus",
    "invoice_id": "in",
    "case_id": "case",
    "payment_id": "pay",
    "credit_note_id": "cn",
    "dispute_id": "dis",
    "service_id": "svc",
    "charge_id": "chg",
    "promise_id": "prm",
    "payment_plan_id": "plan",
    "task_id": "task",
    "communication_id": "cm",
    "sequence_id": "seq",
    "segment_id": "seg",
    "clock_id": "clock",
    "endpoint_id": "we",
    "event_id": "evt",
}
NO_RECORD = frozenset({"message", "channel", "locale"})
"""Parameters of paths that name what everybody has."""
_ID = re.compile(r"\^([a-z]+)_\[")
_SCOPE = re.compile(r"`(read|write|admin)`")

Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """A route as the document describes it. `scope` is None for routes without a key."""

    name: str
    method: str
    path: str
    description: dict[str, Any]
    scope: str | None

    @property
    def path_names(self) -> list[str]:
        """The parameters of its path."""
        return re.findall(r"{(\w+)}", self.path)

    @property
    def takes_body(self) -> bool:
        """Whether a request without a body would be wrong."""
        return bool(self.description.get("requestBody", {}).get("required"))


@dataclass(frozen=True, slots=True)
class Place:
    """Where an id of a kind (its prefix) can stand in a request of an operation."""

    operation: Operation
    where: str
    name: str | Pointer
    kind: str

    def __str__(self) -> str:
        name = self.name if isinstance(self.name, str) else "/".join(map(str, self.name))
        return f"{self.operation.name} {self.where} {name}"


def operations() -> list[Operation]:
    """Return every operation of the document."""
    return [
        Operation(each["operationId"], method.upper(), path, each, _scope(each))
        for path, methods in document()["paths"].items()
        for method, each in methods.items()
    ]


def keyed() -> list[Operation]:
    """Return those that need a key."""
    return [each for each in operations() if each.scope]


def places() -> list[Place]:
    """Return every place of every operation that needs a key."""
    return [place for each in keyed() for place in _places(each)]


def _scope(description: dict[str, Any]) -> str | None:
    if not description["security"]:
        return None
    found = _SCOPE.search(description["description"])
    assert found, description
    return found[1]


def _places(operation: Operation) -> Iterator[Place]:
    for name in operation.path_names:
        if name in NO_RECORD:
            continue
        yield Place(operation, "path", name, KIND_OF_PATH[name])
    for parameter in operation.description["parameters"]:
        if parameter.get("in") == "query" and (kind := _kind(parameter["schema"])):
            yield Place(operation, "query", parameter["name"], kind)
    body = operation.description.get("requestBody")
    if body:
        for pointer, kind in _in_body(body["content"]["application/json"]["schema"], ()):
            yield Place(operation, "body", pointer, kind)


def _in_body(schema: dict[str, Any], pointer: Pointer) -> Iterator[tuple[Pointer, str]]:
    if reference := schema.get("$ref"):
        schema = document()["components"]["schemas"][reference.rpartition("/")[2]]
    if kind := _kind(schema):
        yield pointer, kind
    for each in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _in_body(each, pointer)
    for name, member in schema.get("properties", {}).items():
        yield from _in_body(member, (*pointer, name))
    if items := schema.get("items"):
        yield from _in_body(items, (*pointer, 0))


def _kind(schema: dict[str, Any]) -> str | None:
    found = _ID.match(schema.get("pattern", ""))
    return found[1] if found else None


def put(body: Any, pointer: Pointer, value: str) -> Any:
    """Return a copy of the body with the value at that place."""
    copy = deepcopy(body)
    inner = copy
    for key in pointer[:-1]:
        inner = inner[key]
    inner[pointer[-1]] = value
    return copy


def absent(identifier: str) -> list[str]:
    """Return ids of the same shape and time that nobody has: in nobody's file, and in the same."""
    other = "0" if identifier[-1] != "0" else "1"
    nobodys = [identifier[:-1] + other]
    if len(identifier.partition("_")[2]) == 32:
        prefix, _, parts = identifier.partition("_")
        nobodys.append(f"{prefix}_{parts[:15]}{'0' if parts[15] != '0' else '1'}{parts[16:]}")
    return nobodys
