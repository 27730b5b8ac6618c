"""What an effect is given, and what it can answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.customer import Change
from chalicelib.domain.decisions import Reason
from chalicelib.domain.sequence import Step
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write


@dataclass(frozen=True, slots=True)
class Job:
    """A step to carry out at `now` (UTC): `case` is that of `file`, `change` who does it and why.
    `named` are other cases of its account that it is done for, too, by id.

    Everything is as stored, but that steps of `case` may have been skipped just now.
    """

    ports: Ports
    file: CustomerFile
    case: Case
    step: Step
    now: datetime
    change: Change
    named: tuple[str, ...] = ()

    @property
    def others(self) -> tuple[Case, ...]:
        """The named cases, as they stand."""
        return tuple(each for each in self.file.cases if each.id in self.named)


@dataclass(frozen=True, slots=True)
class Done:
    """It is done once this is committed: `case` as the effect leaves it, the `named` cases that it
    changes, and what else changes.

    The cases' own writes, results and versions are made elsewhere. `writes` change no
    open case of the customer: the effects of one look follow each other on what was read.
    """

    case: Case
    writes: tuple[Write[Record], ...] = ()
    named: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class NotDone:
    """Why it isn't done: a reason to hand it to a person, who gets a task, or else to skip it."""

    reason: Reason


Effect = Callable[[Job], Done | NotDone]
"""May raise: WriteConflictError, and the file is read and decided on anew; TryLaterError, and so it
is after a while. What it puts anywhere but into its answer must do no harm if it is repeated."""
