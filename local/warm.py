"""Wakes the functions that a reminder passes, so that the first one doesn't pay for cold starts."""

import json
from collections.abc import Mapping

from local.layout import Layout
from local.stack import client

# A batch of nothing is answered at once by every queue consumer.
_NOTHING: dict[str, list[object]] = {"Records": []}
_CONSUMERS = ("sweep_shard", "send_email", "send_sms", "post_letter", "run_action", "advance_clock")


def warm(layout: Layout, functions: Mapping[str, str]) -> None:
    """Ask for all of them without waiting for an answer. `functions` are names by short name."""
    caller = client(layout, "lambda")
    for short in _CONSUMERS:
        if short in functions:
            caller.invoke(
                FunctionName=functions[short],
                InvocationType="Event",
                Payload=json.dumps(_NOTHING).encode(),
            )
