"""A case goes over to another sequence, and what it already did counts there, too.

What was done is known by the key of its step: a step of the same key isn't done again. Besides, no
step of the new sequence runs whose day isn't after that of the last thing done: nobody is told
about a step twice, or more gently than before. Of what is left `catch_up` chooses as always. What
somebody was asked about, or agreed to, was a step of the old sequence, and doesn't count.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import Case, Outcome, StepResult
from chalicelib.domain.choice import Choice, Covered
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.timing import done_in


def moved(case: Case, old: Sequence, new: Sequence, choice: Choice) -> Case:
    """Return a case without a claim under its new sequence, not scheduled yet.

    Skips that the new sequence doesn't know are left out, since they are told already and a case
    is to stay small. A step that was to take another way ends as it did. The tasks of the questions
    that it asked are to end with this.
    """
    steps = {step.key for step in new.steps}
    kept = {
        key: result if key in steps else replace(result, reroute=False)
        for key, result in case.results.items()
        if key in steps or not _is_mere_skip(result)
    }
    asked = {each.task for each in case.approvals}
    return replace(
        case,
        sequence=(new.id, new.version),
        choice=choice,
        covered=covered(case, old),
        results=kept,
        approvals=(),
        open_tasks=tuple(each for each in case.open_tasks if each not in asked),
    )


def covered(case: Case, sequence: Sequence) -> Covered | None:
    """Return how far the case got, under this sequence and those before."""
    done = done_in(case, sequence)
    if not done:
        return None
    return Covered(max(offset for offset, _ in done), max(at for _, at in done))


def _is_mere_skip(result: StepResult) -> bool:
    return result.outcome is Outcome.SKIPPED and result.communication is None
