"""A change of the service that the customer gets: limited, downgraded or suspended for what is
owed, or given back. The billing system makes it. Without parameters a person does.

What is taken away is announced by a message before, `notice_days` ahead. For electronic
communications the law of the EU wants due warning (Directive (EU) 2018/1972, annex VI part A (e)),
in Germany two weeks of it (TKG section 61(4)); elsewhere it is what customers expect.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.kinds.kind import Fault, Kind, Parameters
from chalicelib.domain.kinds.registry import is_message
from chalicelib.domain.restriction import ServiceAction

if TYPE_CHECKING:
    from collections.abc import Collection

    from chalicelib.domain.sequence import Step

USUAL_NOTICE = 14


@dataclass(frozen=True, slots=True)
class ServiceParameters(Parameters):
    """What becomes of the service (`action`). All but `restore` name by its key the step whose
    message announces it (`announced_by`), `notice_days` local days before at least: from the day
    on which the message really left."""

    action: ServiceAction | None = None
    announced_by: str | None = None
    notice_days: int = USUAL_NOTICE

    def __post_init__(self) -> None:
        if self.action is None:
            if self.announced_by is not None or self.notice_days != USUAL_NOTICE:
                raise ValueError("say what becomes of the service by an action")
            return
        gives_back = self.action is ServiceAction.RESTORE
        if gives_back and self.announced_by is not None:
            raise ValueError("to restore a service needs no announcement")
        if not gives_back and not self.announced_by:
            raise ValueError("announced_by must name the step whose message announces it")
        if self.notice_days < 1:
            raise ValueError("notice_days must be at least one")


def _check(step: Step) -> Iterator[Fault]:
    if step.parameters and step.offset_days <= 0:
        yield "offset_days", "must be after the due date, as only then anything is overdue"


def _check_among(step: Step, steps: Collection[Step]) -> Iterator[Fault]:
    read = parameters_of(step)
    if read is None or read.announced_by is None:
        return
    found = next((each for each in steps if each.key == read.announced_by), None)
    if found is None or not is_message(found.do) or found.offset_days < 0:
        yield "parameters", "announced_by must name a message of the sequence from the due date on"
    elif found.offset_days + read.notice_days > step.offset_days:
        yield "parameters", f"announced_by must come {read.notice_days} days before the step"


def parameters_of(step: Step) -> ServiceParameters | None:
    """Return what a step of this kind says; None where it is of another kind, or a person's.

    Raises ValueError.
    """
    if step.do != SERVICE.word or not step.parameters:
        return None
    read = SERVICE.read(step.parameters)
    return read if isinstance(read, ServiceParameters) else None


SERVICE = Kind(
    "service",
    by_dunlin=True,
    parameters=ServiceParameters,
    check=_check,
    check_among=_check_among,
)
