"""Decide on a dispute: lower the invoice by a credit note, or ask for all of it again."""

from __future__ import annotations

from dataclasses import dataclass, replace

from chalicelib.domain import ids
from chalicelib.domain.customer import SYSTEM, Change
from chalicelib.domain.dispute import (
    CREDITS,
    Dispute,
    DisputeOutcome,
    DisputeStatus,
    ended,
)
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.money import Money
from chalicelib.domain.payment import CreditNote
from chalicelib.domain.privacy import ERASED
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.storage import Record, Write
from chalicelib.services.common import creating, same_currency
from chalicelib.services.confirm import ask_for_confirmation
from chalicelib.services.disputing import Disputed, Edited, change_dispute, still_open


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided. `credit` is what `partly_accepted` takes off; `accepted` takes off all that
    is disputed. `number` is the credit note's. `confirm`: the customer is told."""

    outcome: DisputeOutcome
    credit: Money | None = None
    number: str | None = None
    note: str | None = None
    confirm: bool = False


def resolve_dispute(
    ports: Ports, tenant: Tenant, change: Change, dispute_id: str, decision: Decision
) -> Dispute:
    """End an open dispute, with its credit note in the same write. The same again changes nothing.

    Raises NotFoundError, DisputeNotOpenError, InvalidError where the credit doesn't fit.
    """

    def resolved(disputed: Disputed) -> Edited:
        dispute = disputed.dispute
        if dispute.status is DisputeStatus.RESOLVED and _is_same(ports, dispute, decision):
            return Edited(dispute)
        still_open(disputed)
        books = disputed.opened.books
        credit = _credit(disputed, decision)
        note = ERASED if books.customer.erasure and decision.note else decision.note
        done = ended(dispute, DisputeStatus.RESOLVED, books.now)
        done = replace(done, outcome=decision.outcome, note=note)
        tasks = disputed.end_task(decision.outcome.value)
        if credit:
            books.credit(dispute.invoice_id, credit)
            disputed.opened.waive_settled([dispute.invoice_id])
        if decision.confirm:
            ask_for_confirmation(disputed.opened, dispute.id, dispute.invoice_id)
        if not credit:
            return Edited(done, tasks)
        done = replace(done, credited=credit, credit_note=_note_id(dispute))
        return Edited(done, [*tasks, _credit_note(disputed, decision, credit)])

    return change_dispute(ports, tenant, change, dispute_id, resolved)


def _credit(disputed: Disputed, decision: Decision) -> int:
    """Return how much the invoice is lowered by."""
    if decision.outcome not in CREDITS:
        return 0
    left = disputed.case.remaining
    part = disputed.dispute.part_of(left)
    if decision.outcome is DisputeOutcome.ACCEPTED:
        return part
    credit = decision.credit
    if credit is None:
        raise _refused("must be said where a part is accepted")
    same_currency(credit.currency.code, disputed.dispute.currency.code)
    if credit.amount >= part:
        raise _refused(f"must be less than what is disputed, {part}")
    return credit.amount


def _refused(detail: str) -> InvalidError:
    return InvalidError("The credit doesn't fit.", fields=(FieldError("/credit", detail),))


def _credit_note(disputed: Disputed, decision: Decision, credit: int) -> Write[Record]:
    """Its id follows from the dispute: there is one at most."""
    dispute, books = disputed.dispute, disputed.opened.books
    note = CreditNote(
        id=_note_id(dispute),
        tenant=dispute.tenant,
        invoice_id=dispute.invoice_id,
        currency=dispute.currency,
        amount=credit,
        reason=ERASED if books.customer.erasure else f"{dispute.kind}: {dispute.reason}",
        created_at=books.now,
        number=decision.number,
    )
    return creating(note, books.change)


def _note_id(dispute: Dispute) -> str:
    own = ids.part(dispute.created_at, ids.meaning(dispute.id))
    return ids.child_id(ids.CREDIT_NOTE, dispute.customer_id, own)


def _is_same(ports: Ports, dispute: Dispute, decision: Decision) -> bool:
    """Say whether a decision is the one that was made, as far as anything of it is kept."""
    credited = Money(dispute.credited, dispute.currency)
    known = dispute.credit_note
    credit_note = ports.ledger.credit_note(dispute.tenant, known) if known else None
    return (
        dispute.outcome is decision.outcome
        and credited == (decision.credit or credited)
        and (credit_note is None or credit_note.number == decision.number)
        and (dispute.note == decision.note or _has_lost_its_words(dispute))
    )


def _has_lost_its_words(dispute: Dispute) -> bool:
    """Say whether words about it were taken away, or kept out, with the customer's."""
    return dispute.note == ERASED or dispute.change.by == SYSTEM.by
