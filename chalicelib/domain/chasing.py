"""How a case is seen while it chases an instalment: due on its day, for its amount, on its steps.

So the rules that hold for invoices (window, gap, caps, consent, catching up, claims) hold for
instalments, and `decide()` knows nothing of plans but their pause.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chalicelib.domain.case import Case, CustomerFile, Outcome, Pause, PauseKind, StepResult
from chalicelib.domain.decisions import Reason
from chalicelib.domain.instalment import MESSAGE, InstalmentDue, is_of_instalment, step_of
from chalicelib.domain.promise import promised_on
from chalicelib.domain.sequence import Do, Scope, Sequence, Step

CHASES_BY = frozenset({Do.EMAIL, Do.SMS})
"""The kinds of steps that chase. A `charge` step that takes the instalment by a saved method is
what would join them."""


def as_asked(case: Case) -> Case:
    """Return a case as what is asked for now; one that chases nothing as it is. Seeing it so twice
    changes nothing.

    Parts that are disputed are held back already, in what the instalment comes to. The time that
    notices before gave is over with the plan, which says anew until when to pay.
    """
    due = case.instalment
    if due is None:
        return case
    pauses = tuple(
        each for each in case.pauses if each.kind is not PauseKind.PLAN and each.amount is None
    )
    told = StepResult(Outcome.SKIPPED, Reason.COVERED, case.created_at)
    own = {key: replace(each, pay_by=None) for key, each in case.results.items()}
    return replace(
        case,
        amount=due.amount,
        remaining=due.amount,
        charges=0,
        due_date=due.day,
        pauses=pauses,
        results={**{due.key(step): told for step in due.told}, **own},
        covered=None,
        reopened_at=None,
    )


def as_asked_for(file: CustomerFile) -> CustomerFile:
    """Return a file with each case seen so. The one that chases asks for what is owed of all of its
    plan's invoices: a payment, hold or chargeback about another of them holds it back, too."""
    plans = {*promised_on((case for case in file.cases if case.instalment), PauseKind.PLAN)}
    held: dict[str, list[Pause]] = {}
    for case in file.open_cases if plans else ():
        for plan in plans.intersection(promised_on([case], PauseKind.PLAN)):
            held.setdefault(plan, []).extend(filter(_holds_plan, case.pauses))
    return replace(file, cases=tuple(_held_by(as_asked(case), case, held) for case in file.cases))


def sequence_for(case: Case, sequences: Mapping[tuple[str, int], Sequence]) -> Sequence:
    """Return the version that a case started with, or what chases its instalment.

    Raises KeyError.
    """
    if due := case.instalment:
        return sequence_of(due, sequences[due.sequence])
    return sequences[case.sequence]


def followed_by(case: Case) -> tuple[tuple[str, int], ...]:
    """Return the versions (id and number) that a case follows: its own, and its instalment's."""
    return (case.sequence, case.instalment.sequence) if case.instalment else (case.sequence,)


def sequence_of(due: InstalmentDue, sequence: Sequence) -> Sequence:
    """Return the sequence that chases an instalment: the days and channels of the plan's, the words
    of an instalment, and nothing else in the same message."""
    steps = tuple(
        replace(step, key=due.key(step.key), template=MESSAGE, pay_within_days=0, legal=False)
        for step in sequence.steps
    )
    return replace(sequence, steps=steps, bundle=False, grace_days=0)


def step_named(own: Sequence, key: str) -> Step:
    """Return the step of a claim, by the case's own sequence. One of an instalment may outlive that
    or its plan: what is known of it then is the message. Raises KeyError."""
    if is_of_instalment(key):
        return Step(key, 0, Do.EMAIL, template=MESSAGE)
    return own.step(key)


def is_fit(sequence: Sequence) -> bool:
    """Say whether a sequence can chase instalments: it sends e-mails or text messages only, and
    asks nobody before."""
    is_own = sequence.scope is Scope.INVOICE
    return is_own and all(step.do in CHASES_BY and not step.approval for step in sequence.steps)


def _holds_plan(pause: Pause) -> bool:
    """Say whether a pause of one invoice holds back what chases for all of its plan. What disputes
    set aside isn't asked for already."""
    is_chargeback = pause.kind is PauseKind.DISPUTE and not pause.dispute
    return is_chargeback or pause.kind in (PauseKind.PAYMENT_PROCESSING, PauseKind.HOLD)


def _held_by(seen: Case, case: Case, held: Mapping[str, list[Pause]]) -> Case:
    if not (held and case.instalment):
        return seen
    plans = promised_on([case], PauseKind.PLAN)
    others = [each for plan in plans for each in held.get(plan, ()) if each not in seen.pauses]
    return replace(seen, pauses=(*seen.pauses, *others)) if others else seen


def without_old(case: Case, series: str | None) -> Case:
    """Return a case without the results of instalments but those of the series, so that it doesn't
    grow with each: what was sent is in the log."""
    kept = {
        key: result
        for key, result in case.results.items()
        if not is_of_instalment(key) or (series and step_of(series, key))
    }
    return case if kept.keys() == case.results.keys() else replace(case, results=kept)
