"""The fields of a step's approval, with what the API reference says of each."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.domain.approval import LONGEST_ROLE, MOST_DEADLINE_DAYS
from chalicelib.handlers.bodies.fields import LINE, STRIP

Role = Annotated[
    str,
    Field(
        min_length=1,
        max_length=LONGEST_ROLE,
        pattern=LINE,
        description="A role as your own system calls it, like `credit_manager`.",
    ),
    STRIP,
]
DeadlineDays = Annotated[
    int,
    Field(
        ge=0,
        le=MOST_DEADLINE_DAYS,
        description="Until when it can be decided: so many local days of the customer's after the "
        "one on which it is asked, the last of them included. Then the step is skipped.",
    ),
]
DeputyAfterDays = Annotated[
    int,
    Field(
        ge=0,
        le=MOST_DEADLINE_DAYS,
        description="After how many local days the `deputy` may decide as well; 0: at once.",
    ),
]
