"""The types of fields about late payment: percentages, and whose law."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, PlainValidator, WithJsonSchema

from chalicelib.domain.late_payment import LAWS

PERCENT = r"^(100|[0-9]{1,2})(\.[0-9]{1,4})?$"


def _percent(value: Any) -> int:  # noqa: ANN401 - any JSON value
    if isinstance(value, str) and re.fullmatch(PERCENT, value):
        return int(Decimal(value) * 10_000)
    raise ValueError('must be a percentage as text, with up to four decimals, like "10.27"')


def _law(value: str) -> str:
    if value not in LAWS:
        raise ValueError(f"must be one of {', '.join(sorted(LAWS))}")
    return value


Percent = Annotated[
    int,
    PlainValidator(_percent),
    WithJsonSchema({"type": "string", "pattern": PERCENT}),
]
"""A percentage as text, read as millionths."""

LawCode = Annotated[
    str, AfterValidator(_law), WithJsonSchema({"type": "string", "enum": sorted(LAWS)})
]
