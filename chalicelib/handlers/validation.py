"""Validates bodies and queries, and names everything that is wrong with them at once."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.handlers.bodies.fields import PATTERNS

M = TypeVar("M", bound=BaseModel)

MOST_ERRORS = 100
LONGEST_NAME = 80
"""How much of a field's name stands in a pointer. Ours and those of metadata are shorter."""

TAGS = frozenset({"<id>", "<object>", "<amount>", "<number>", "<words>", "<group>"})
"""Names of union members, which pydantic puts into locations; they are no part of the body."""

DETAILS = {
    "missing": "is required",
    "greater_than": "must be greater than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "literal_error": "must be {expected}",
    "string_too_short": "must have at least {min_length} character(s)",
    "string_too_long": "must have at most {max_length} characters",
    "too_short": "must have at least {min_length} item(s)",
    "too_long": "must have at most {max_length} items",
    "extra_forbidden": "is unknown here",
    "unexpected_keyword_argument": "is unknown here",
    "int_type": "must be an integer (no text, no decimal point)",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "union_tag_not_found": "must be an id or an object",
}
"""Our words for pydantic's error types, with its figures; where there are none, pydantic's."""


def validate(model: type[M], document: object, *, prefix: str = "") -> M:
    """Return the validated model. Raises InvalidError with every wrong field."""
    try:
        return model.model_validate(document)
    except ValidationError as error:
        fields = tuple(
            FieldError(prefix + pointer(each["loc"]), _detail(each))
            for each in error.errors(include_url=False, include_input=False)[:MOST_ERRORS]
        )
        count = error.error_count()
        raise InvalidError(
            "One field is wrong." if count == 1 else f"{count} fields are wrong.", fields=fields
        ) from None


def pointer(location: tuple[int | str, ...]) -> str:
    """Return a location as JSON pointer (RFC 6901)."""
    parts = [_short(str(part)) for part in location if part not in TAGS]
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def _detail(error: ErrorDetails) -> str:
    context: dict[str, Any] = error.get("ctx", {})
    if error["type"] == "string_pattern_mismatch":
        return PATTERNS.get(context["pattern"], error["msg"])
    if error["type"] == "value_error":
        return str(context["error"])
    words = DETAILS.get(error["type"])
    return words.format_map(context) if words else error["msg"]
