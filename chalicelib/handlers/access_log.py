"""Who read what: a line per answered GET, with ids only (GDPR articles 5(2) and 32).

The line has the API key's id beside tenant and route, and the record that was shown: the one that
was asked for, or the only one that a list found. Of longer lists it has the customer or invoice to
which they were narrowed, and how many records were shown. It is no event: reading changes nothing,
and an event would cost more than the reading (ADR 13). It is kept as long as the function's log.
"""

from __future__ import annotations

from collections.abc import Mapping

from chalicelib.domain.access import ApiKey
from chalicelib.handlers.bodies.base import Query
from chalicelib.observability import logger

READ = "data read"
NARROWED_BY = ("customer", "invoice")


def log_access(
    key: ApiKey, query: Query, arguments: Mapping[str, str], shown: Mapping[str, object]
) -> None:
    """Log that the key's owner was shown something; tenant and route stand in each line anyhow."""
    facts: dict[str, object] = {name: getattr(query, name, None) for name in NARROWED_BY}
    facts["record"] = next(iter(arguments.values()), None)
    data = shown.get("data")
    if isinstance(data, list):
        facts["count"] = len(data)
        if len(data) == 1 and facts["record"] is None:
            facts["record"] = data[0]["id"]
    known = {name: fact for name, fact in facts.items() if fact is not None}
    logger().info(READ, extra={"key": key.id, **known})
