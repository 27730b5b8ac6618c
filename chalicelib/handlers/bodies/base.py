"""What all bodies and queries share: nothing unknown, nothing converted."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A JSON object. Built at its first use, so that importing it costs next to nothing."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Nothing(Body):
    """An empty object, or no body at all."""


class Query(Body):
    """The parameters of a query."""


class NoQuery(Query):
    """No parameters."""
