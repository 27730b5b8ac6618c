"""The story of a case as it is told: what became of each step, what is to come, what is next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from chalicelib.domain.case import Case
from chalicelib.domain.decisions import Reason
from chalicelib.domain.explain_choice import ExplainedChoice
from chalicelib.domain.sequence import Do, Scope


@dataclass(frozen=True, slots=True)
class ExplainedStep:
    """One step of the case's sequence.

    `state` is how it ended (an Outcome), or `ready`, `planned`, `held` or `dropped`. `planned` is
    its local day by the sequence. `at` is when it ended or is to take place (UTC; None: unknown
    or never): the moment at which it really will, if nobody pays, pauses or changes anything.
    `charge` is the id of what it charged, `charged` the amount in minor units.
    """

    key: str
    do: Do
    planned: date
    state: str
    at: datetime | None
    reason: str
    why: str
    charge: str | None = None
    charged: int | None = None


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next to the case, when (None: only after something changes), and why.

    While a pause holds, `at` is its end and `step` what comes then.
    """

    at: datetime | None
    step: str | None
    reason: Reason
    why: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The story of a case, step by step, and what comes next. `choice` says why it follows its
    sequence, where somebody looked that up.

    `leading` is the case whose clock counts for the steps from the due date on, where it follows an
    account: maybe this one itself; None where no case leads.
    """

    case_id: str
    scope: Scope
    leading: Case | None
    steps: tuple[ExplainedStep, ...]
    next: Next
    choice: ExplainedChoice | None = None
