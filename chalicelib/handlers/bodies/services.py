"""Bodies and parameters of services."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.handlers.bodies.base import Body
from chalicelib.handlers.bodies.fields import CustomerId, ServiceId
from chalicelib.handlers.bodies.queries import ListQuery


class AcknowledgeBody(Body):
    """The `number` of the request that was carried out, as its event says it. The answer is what is
    asked now: where a newer request has taken its place, that is to be carried out, too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"number": 1}]})

    number: Annotated[int, Field(ge=1, le=2**31 - 1)]


class ServicesQuery(ListQuery):
    """A page of services, of one customer or status where one is named."""

    starting_after: ServiceId | None = None
    ending_before: ServiceId | None = None
    status: Literal["requested", "acknowledged", "unanswered"] | None = None
    customer: CustomerId | None = None
