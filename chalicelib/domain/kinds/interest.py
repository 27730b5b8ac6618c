"""Interest on what is owed, up to the day of the step. Without parameters a person adds it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chalicelib.domain.interest import millionths
from chalicelib.domain.kinds.fee import law
from chalicelib.domain.kinds.kind import Fault, Kind, Parameters

if TYPE_CHECKING:
    from chalicelib.domain.sequence import Step


@dataclass(frozen=True, slots=True)
class InterestParameters(Parameters):
    """At which rate: by the creditor's `policy`, at `percent` a year (as text), or by the `law` of
    a country; one of them."""

    policy: bool = False
    percent: str | None = None
    law: str | None = None

    def __post_init__(self) -> None:
        given = [self.policy, self.percent is not None, self.law is not None]
        if given.count(True) > 1:
            raise ValueError("interest is by policy, percent or law, one of them")
        if self.percent is not None:
            millionths(self.percent)
        law(self.law)


def _check(step: Step) -> Iterator[Fault]:
    if step.parameters and step.offset_days <= 0:
        yield "offset_days", "must be after the due date, as interest begins on the day after it"


INTEREST = Kind("interest", by_dunlin=True, parameters=InterestParameters, check=_check)
