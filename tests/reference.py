"""Writes docs/reference.md: every route and object of the API, from the document that it serves.

    python -m tests.reference

Readers who want one page get what `GET /v1/openapi.json` says; a test holds the page up to date.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from chalicelib.handlers.openapi import REF, document

PAGE = Path(__file__).parents[1] / "docs" / "reference.md"
HEAD = """# Reference of the HTTP API

Every route with what it takes, and every object with its fields. Made from the code that runs, by
`python -m tests.reference`; programs read the same at `GET /v1/openapi.json`. What holds everywhere
(keys, idempotency, lists, refusals) and why is told in [api.md](api.md).

Amounts are integers in the currency's minor unit. Fields with a `?` may be left out.
"""
REFUSED = 400
PATTERNS = {r"^([01][0-9]|2[0-3]):[0-5][0-9]$": "time, `HH:MM`"}
FORMATS = {
    "date": "date",
    "date-time": "moment",
    "iso-4217": "ISO 4217 code",
    "email": "e-mail address",
}
ID = re.compile(r"\^([a-z]+_)\[0")
Schema = dict[str, Any]


def page() -> str:
    """Return the page as Markdown."""
    whole = document()
    schemas = whole["components"]["schemas"]
    return "\n".join([HEAD, *_routes(whole), "## Objects", "", *_objects(schemas)])


def _routes(whole: Schema) -> Iterator[str]:
    for tag in whole["tags"]:
        yield f"## {tag['name']}\n"
        for path, operations in whole["paths"].items():
            for method, operation in operations.items():
                if tag["name"] in operation["tags"]:
                    yield from _route(f"{method.upper()} {path}", operation)


def _route(title: str, operation: Schema) -> Iterator[str]:
    yield f"### `{title}`\n"
    about = operation.get("description", "Needs no key.")
    yield f"{operation['summary'].rstrip('.')}. {about}\n"
    if asked := [each for each in operation["parameters"] if each.get("in") == "query"]:
        yield "Query: " + ", ".join(_parameter(each) for each in asked) + ".\n"
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield _body(media_type, content)
    done = [
        f"{status}{_answer(answer)}"
        for status, answer in operation["responses"].items()
        if int(status) < REFUSED
    ]
    refused = [each for each in operation["responses"] if int(each) >= REFUSED]
    yield f"Answers {' or '.join(done)}; refuses with {', '.join(refused)}.\n"


def _parameter(parameter: Schema) -> str:
    kind = _kind(parameter["schema"])
    return f"`{parameter['name']}` ({kind})"


def _body(media_type: str, content: Schema) -> str:
    schema = content["schema"]
    if "$ref" not in schema:
        return f"Takes `{media_type}`.\n" if media_type != "application/json" else "Takes `{}`.\n"
    taken = f"Takes {_link(schema['$ref'])}"
    if "example" not in content:
        return taken + ".\n"
    example = json.dumps(content["example"], ensure_ascii=False, indent=2)
    return f"{taken}:\n\n```json\n{example}\n```\n"


def _answer(answer: Schema) -> str:
    content = answer.get("content", {})
    if "text/html" in content:
        return " with a page"
    if "application/json" in content:
        return f" with {_kind(content['application/json']['schema'])}"
    return ""


def _objects(schemas: dict[str, Schema]) -> Iterator[str]:
    for name, schema in sorted(schemas.items()):
        if "properties" not in schema or name.startswith("ListShape_"):
            continue
        yield f"### {_title(name)}\n"
        if about := schema.get("description"):
            yield " ".join(about.split()) + "\n"
        yield "| field | what |\n|---|---|"
        needed = set(schema.get("required", ()))
        for field, of in schema["properties"].items():
            mark = "" if field in needed else "?"
            about = f": {of['description']}" if "description" in of else ""
            yield f"| `{field}`{mark} | {_kind(of)}{_default(of)}{about} |"
        yield ""


def _default(schema: Schema) -> str:
    given = schema.get("default")
    return "" if given is None else f" ({json.dumps(given)} if left out)"


def _kind(schema: Schema) -> str:
    """Say what a value may be, in a few words."""
    if "$ref" in schema:
        return _named(schema["$ref"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(_kind(each) for each in schema[union])
    if "const" in schema:
        return f"`{json.dumps(schema['const'])}`"
    if "enum" in schema:
        return ", ".join(f"`{each}`" for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_kind(schema.get('items', {}))}{_size(schema, 'Items')}"
    if schema.get("type") == "object":
        return _mapping(schema)
    return _scalar(schema)


def _scalar(schema: Schema) -> str:
    if named := PATTERNS.get(schema.get("pattern", "")):
        return named
    if identifier := ID.match(schema.get("pattern", "")):
        return f"id `{identifier.group(1)}…`"
    named = FORMATS.get(schema.get("format", ""), schema.get("type", "any JSON value"))
    return f"{named}{_range(schema)}{_length(schema)}"


def _mapping(schema: Schema) -> str:
    of = schema.get("additionalProperties") or schema.get("patternProperties")
    if not isinstance(of, dict):
        return "object"
    values = next(iter(of.values())) if "patternProperties" in schema else of
    return f"object, its values: {_kind(values)}{_size(schema, 'Properties')}"


def _range(schema: Schema) -> str:
    least = schema.get("minimum", schema.get("exclusiveMinimum", -1) + 1)
    if "maximum" not in schema:
        return ""
    return f" from {least:,} to {schema['maximum']:,}"


def _size(schema: Schema, of: str) -> str:
    return f" (at most {schema[f'max{of}']})" if f"max{of}" in schema else ""


def _length(schema: Schema) -> str:
    if "format" in schema or "maxLength" not in schema:
        return ""
    return f" of at most {schema['maxLength']:,} characters"


def _named(ref: str) -> str:
    """Name a component: a list by what it lists, a word by its values, an object by a link."""
    name = ref.removeprefix(REF.format(model=""))
    if name.startswith("ListShape_"):
        return f"a list of {_link(REF.format(model=name.removeprefix('ListShape_').rstrip('_')))}"
    schema = document()["components"]["schemas"][name]
    return _link(ref) if "properties" in schema else _kind(schema)


def _link(ref: str) -> str:
    title = _title(ref.removeprefix(REF.format(model="")))
    return f"[{title}](#{title.lower().replace(' ', '-')})"


def _title(name: str) -> str:
    """Name an object as people do: InvoiceBody is what is sent, InvoiceShape what is answered."""
    if name.endswith("Shape"):
        return f"{_spaced(name.removesuffix('Shape'))} answered"
    return f"{_spaced(name.removesuffix('Body'))} sent" if name.endswith("Body") else _spaced(name)


def _spaced(name: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return words.strip().capitalize()


def main() -> int:
    """Write the page."""
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
