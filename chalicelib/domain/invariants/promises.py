"""Promises to pay: each holds back what it is about as long as it stands, and ends by itself."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.case import PauseKind
from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.invariants.schedule import BACKLOG
from chalicelib.domain.promise import to_be_judged


def pause_is_promised(evidence: Evidence) -> Iterator[str]:
    """An open case is paused for exactly the open promise about it, until that is judged."""
    standing = {
        invoice_id: promise
        for promise in evidence.file.promises
        if promise.is_open
        for invoice_id in promise.invoices
    }
    for case in evidence.file.cases:
        if not case.is_open:
            continue
        promise = standing.get(case.invoice_id)
        found = [(each.reference, each.until) for each in case.pauses if _is_promise(each.kind)]
        if found != ([(promise.id, promise.until)] if promise else []):
            yield case.id


def promise_is_judged(evidence: Evidence) -> Iterator[str]:
    """An open promise still has something to wait for: its day, or money on its way in time."""
    moments = to_be_judged(evidence.file.cases)
    for promise in evidence.file.promises:
        moment = moments.get(promise.id)
        is_late = moment is None or moment + BACKLOG < evidence.now
        if promise.is_open and is_late:
            yield promise.id
        if promise.is_open != (promise.ended_at is None) or promise.kept > len(promise.dates):
            yield promise.id


def _is_promise(kind: PauseKind) -> bool:
    return kind is PauseKind.PROMISE
