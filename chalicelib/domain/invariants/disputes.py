"""I3 and I9: what is disputed is set aside, exactly that, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.domain import ids
from chalicelib.domain.case import Pause
from chalicelib.domain.dispute import CREDITS, Dispute, DisputeStatus
from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.invariants.schedule import BACKLOG

PLACES_DIFFER_BY = timedelta(hours=26)
"""How far apart a day begins on earth: a customer may have moved since the pause was set."""


def dispute_is_held(evidence: Evidence) -> Iterator[str]:
    """An open dispute has its pause on its invoice's case, an ended one has none; no pause is
    without a dispute, and none is open for long after its deadline."""
    disputes = {dispute.id: dispute for dispute in evidence.file.disputes}
    for case in evidence.file.cases:
        for pause in case.disputes:
            dispute = disputes.get(pause.reference or "")
            if dispute is None or dispute.invoice_id != case.invoice_id:
                yield case.id
    for dispute in disputes.values():
        of = evidence.cases.get(ids.sibling(dispute.invoice_id, ids.CASE))
        held = [pause for pause in of.disputes if pause.reference == dispute.id] if of else []
        fits = all(_fits(pause, dispute, evidence) for pause in held)
        if len(held) != int(dispute.is_open) or not fits or not _adds_up(dispute, evidence):
            yield dispute.id


def _fits(pause: Pause, dispute: Dispute, evidence: Evidence) -> bool:
    own = dispute.pause(evidence.file.customer.calendar)
    if pause.until is None or own.until is None or pause.until + BACKLOG < evidence.now:
        return False
    is_near = abs(pause.until - own.until) <= PLACES_DIFFER_BY
    return is_near and (pause.amount, pause.look_at is None) == (dispute.amount, dispute.warned)


def _adds_up(dispute: Dispute, evidence: Evidence) -> bool:
    notes = {note.id: note for note in evidence.file.credit_notes}
    note = notes.get(dispute.credit_note or "")
    return (
        (dispute.amount is None or dispute.amount > 0)
        and dispute.is_open == (dispute.ended_at is None)
        and (dispute.status is DisputeStatus.RESOLVED) == (dispute.outcome is not None)
        and (dispute.outcome in CREDITS) == (dispute.credited > 0) == (note is not None)
        and (note.amount if note else 0) == dispute.credited
    )
