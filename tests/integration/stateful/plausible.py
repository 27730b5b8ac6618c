"""What a client that means it would send, so that chains of requests get somewhere.

A generator's own bodies and queries are mostly refused, and long ones end a chain early. So most
requests take their body from here and have no more in their query than the link says.
"""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from hypothesis import strategies as st
from schemathesis import Case, HookContext

from tests.integration.strangers.town import BODIES, NEW

WILD = 8
"""Every which part of a request is as wild as the description allows."""

_names = count(1)


def tame(schema: Any) -> None:
    """Let what is generated for a schema be plausible, most of the time."""

    @schema.hook
    def before_generate_body(context: HookContext, strategy: Any) -> Any:
        return _mostly(BODIES.get(operation_of(context), {}), strategy)

    @schema.hook
    def before_generate_query(_: HookContext, strategy: Any) -> Any:
        return _mostly({}, strategy)

    @schema.hook
    def before_generate_headers(_: HookContext, strategy: Any) -> Any:
        return _mostly({}, strategy)


def operation_of(about: Case | HookContext) -> str:
    """Return the id of the operation that a request or a hook is about."""
    assert about.operation is not None
    return str(about.operation.definition.raw["operationId"])


def give_new_names(case: Case) -> None:
    """Let what is made by a plausible request be new, whatever was made before."""
    if isinstance(case.body, dict):
        text = json.dumps(case.body)
        case.body = json.loads(text.replace(NEW, f"NEW-{next(_names)}"))


def _mostly(plain: object, wild: Any) -> Any:
    return st.integers(1, WILD).flatmap(lambda draw: wild if draw == WILD else st.just(plain))
