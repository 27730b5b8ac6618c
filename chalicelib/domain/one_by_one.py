"""Contacts of one moment, one by one: what each leaves room for by quiet days, caps and call rules.

What was found ready was looked at by itself; together it may be too much. Whoever comes first goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from chalicelib.domain import kinds
from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.contacts import Contact, new_contact, of_file
from chalicelib.domain.decisions import Act, Decision, Reason, Send, Wait
from chalicelib.domain.sequence import Do, Sequence
from chalicelib.domain.timing import Timing

_Steps = list[tuple[Case, str]]


def one_by_one(
    decisions: Iterable[Decision],
    file: CustomerFile,
    sequence_of: Callable[[Case], Sequence],
    now: datetime,
) -> list[Decision]:
    """Return the decisions with waits in place of contacts for which those before leave no room."""
    cases = {case.id: case for case in file.cases}
    contacts = of_file(file)
    kept: list[Decision] = []
    for decision in decisions:
        word, steps = _contact(decision, cases)
        if word is None:
            kept.append(decision)
            continue
        later = max(_later(word, steps, file, sequence_of, contacts, now), default=None)
        if later:
            kept += [Wait(case.id, key, word, *later) for case, key in steps]
        else:
            kept.append(decision)
            contacts = (*contacts, new_contact(*steps[0], word, now))
    return kept


def _contact(decision: Decision, cases: dict[str, Case]) -> tuple[Do | None, _Steps]:
    """Return how a decision contacts the customer, and by which steps; None: it doesn't."""
    match decision:
        case Send(channel=word, parts=parts):
            return word, [(cases[part.case_id], part.step) for part in parts]
        case Act(case_id=case_id, step=step, do=word, reason=reason):
            if reason is Reason.FOR_A_PERSON and kinds.reaches(word):
                return word, [(cases[case_id], step)]
        case _:
            pass
    return None, []


def _later(
    word: Do,
    steps: _Steps,
    file: CustomerFile,
    sequence_of: Callable[[Case], Sequence],
    contacts: tuple[Contact, ...],
    now: datetime,
) -> Iterator[tuple[datetime, Reason]]:
    for case, key in steps:
        timing = Timing.of(file.customer, sequence_of(case), contacts=contacts)
        step = timing.sequence.step(key)
        if timing.ready_at(case, step) > now:
            continue  # it is named along by the case that leads its account
        moment, reason = timing.moment(step, case, now, word, contact=False)
        if moment > now:
            yield moment, reason
