"""The types of fields about late payment: percentages, and whose law."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from chalicelib.domain.interest import PERCENT_TEXT, millionths
from chalicelib.domain.late_payment import LAWS


def _percent(value: Any) -> int:  # noqa: ANN401 - any JSON value
    return millionths(value if isinstance(value, str) else "")


def _law(value: str) -> str:
    if value not in LAWS:
        raise ValueError(f"must be one of {', '.join(sorted(LAWS))}")
    return value


Percent = Annotated[
    int,
    PlainValidator(_percent),
    WithJsonSchema({"type": "string", "pattern": PERCENT_TEXT}),
]
"""A percentage as text, read as millionths."""

LawCode = Annotated[
    str, AfterValidator(_law), WithJsonSchema({"type": "string", "enum": sorted(LAWS)})
]
