"""Reads a JSON body strictly: one meaning or none.

Duplicate keys, NaN and Infinity, invalid UTF-8, lone surrogates and endless nesting are where
JSON parsers differ (RFC 8259 leaves them open), so such a body is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn

from chalicelib.handlers.refusals import MalformedError

DEEPEST = 32
"""More levels than any document of the API has."""


def read_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """Return the document in the body. Raises MalformedError."""
    try:
        text = body.decode("utf-8")
        document = json.loads(text, object_pairs_hook=_object, parse_constant=_constant)
        _check_depth(document, DEEPEST)
        if "\\u" in text:
            json.dumps(document, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError:
        raise MalformedError("The body isn't valid UTF-8.") from None
    except UnicodeEncodeError:
        raise MalformedError("The body has half a surrogate pair (\\ud800 to \\udfff).") from None
    except RecursionError:
        raise MalformedError(f"The body is nested deeper than {DEEPEST} levels.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise MalformedError(f"The body isn't valid JSON ({where}).") from None
    except ValueError:  # an integer of more digits than Python reads
        raise MalformedError("The body has a number that is too long.") from None
    return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MalformedError(
            f"The body has an object with two fields {json.dumps(_twice(pairs)[:50])}."
        )
    return found


def _twice(pairs: list[tuple[str, Any]]) -> str:
    """Return a name that is there twice."""
    [(name, _), *_] = Counter(name for name, _ in pairs).most_common(1)
    return name


def _constant(name: str) -> NoReturn:
    raise MalformedError(f"The body has {name}, which isn't JSON.")


def _check_depth(value: Any, left: int) -> None:  # noqa: ANN401 - any JSON value
    if left < 0:
        raise RecursionError
    if isinstance(value, dict):
        for item in value.values():
            _check_depth(item, left - 1)
    elif isinstance(value, list):
        for item in value:
            _check_depth(item, left - 1)
