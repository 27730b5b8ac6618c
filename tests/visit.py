"""A kind of step that is made up: somebody visits the customer, which is noted in the metadata.

This file and one call of `effects.register` are all that a new kind needs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain.decisions import Reason
from chalicelib.domain.kinds import Kind, Parameters
from chalicelib.services.common import changing
from chalicelib.services.effects import Done, Job, NotDone

REFUSES = 13
"""So many visitors are bad luck: a person is to see to it."""


@dataclass(frozen=True, slots=True)
class VisitParameters(Parameters):
    """How many people come."""

    visitors: int

    def __post_init__(self) -> None:
        if self.visitors < 1:
            raise ValueError("visitors must be at least one")


VISIT = Kind("visit", by_dunlin=True, parameters=VisitParameters)


def visit(job: Job) -> Done | NotDone:
    """Note the visit; where all have been paid a visit to, there is nothing to do."""
    read = VISIT.read(job.step.parameters)
    assert isinstance(read, VisitParameters)
    if read.visitors == REFUSES:
        return NotDone(Reason.FOR_A_PERSON)
    customer = job.file.customer
    visits = int(customer.metadata.get("visits", "0"))
    if visits >= read.visitors:
        return NotDone(Reason.SUPERSEDED)
    noted = replace(customer, metadata={"visits": str(visits + 1)})
    return Done(job.case, (changing(customer, noted, job.change),))
