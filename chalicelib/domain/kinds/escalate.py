"""The hand-over of a case to an agency or a lawyer. Without parameters a person makes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.kinds.kind import Fault, Kind, Parameters

if TYPE_CHECKING:
    from chalicelib.domain.sequence import Step

LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class EscalateParameters(Parameters):
    """`to` is who takes over, an agency or a lawyer, by name."""

    to: str | None = None

    def __post_init__(self) -> None:
        if self.to is None:
            return
        if not self.to.strip() or len(self.to) > LONGEST_NAME or not self.to.isprintable():
            raise ValueError(f"to must be a name of at most {LONGEST_NAME} characters")


def _check(step: Step) -> Iterator[Fault]:
    if step.parameters and step.parameters.get("to") is None:
        yield "parameters", "must say who takes over"
    if step.parameters and step.offset_days <= 0:
        yield "offset_days", "must be after the due date: only what is overdue is handed over"


ESCALATE = Kind("escalate", by_dunlin=True, parameters=EscalateParameters, check=_check)
