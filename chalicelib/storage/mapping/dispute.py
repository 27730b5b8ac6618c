"""Disputes."""

from __future__ import annotations

from chalicelib.domain import ids
from chalicelib.domain.dispute import (
    AtDeadline,
    Dispute,
    DisputeKind,
    DisputeOutcome,
    DisputeReason,
    DisputeStatus,
)
from chalicelib.domain.money import currency
from chalicelib.storage import keys
from chalicelib.storage.items import DisputeItem
from chalicelib.storage.mapping.common import change_of, stamp


def to_record(dispute: Dispute) -> DisputeItem:
    """Return the item of a dispute."""
    return DisputeItem(
        **stamp(dispute, keys.child(dispute.tenant, ids.DISPUTE, dispute.id)),
        list_pk=keys.disputes_list(dispute.tenant, dispute.status),
        list_sk=keys.position(ids.DISPUTE, dispute.id),
        invoice=dispute.invoice_id,
        currency=dispute.currency.code,
        reason=dispute.reason,
        deadline=dispute.deadline,
        created_at=dispute.created_at,
        source=dispute.source,
        form=dispute.kind,
        amount=dispute.amount,
        words=dispute.words,
        assignee=dispute.assignee,
        at_deadline=dispute.at_deadline,
        status=dispute.status,
        outcome=dispute.outcome,
        credited=dispute.credited or None,
        credit_note=dispute.credit_note,
        note=dispute.note,
        task=dispute.task,
        warned=dispute.warned or None,
        held_on=dispute.held_on or None,
        ended_at=dispute.ended_at,
        request=dispute.request,
    )


def from_record(item: DisputeItem) -> Dispute:
    """Return the dispute of an item."""
    tenant, customer_id = keys.owner(item.pk)
    return Dispute(
        id=keys.identifier(ids.DISPUTE, item.key),
        tenant=tenant,
        customer_id=customer_id,
        invoice_id=item.invoice,
        currency=currency(item.currency),
        reason=DisputeReason(item.reason),
        deadline=item.deadline,
        created_at=item.created_at,
        source=item.source,
        kind=DisputeKind(item.form),
        amount=item.amount,
        words=item.words,
        assignee=item.assignee,
        at_deadline=AtDeadline(item.at_deadline),
        status=DisputeStatus(item.status),
        outcome=DisputeOutcome(item.outcome) if item.outcome else None,
        credited=item.credited or 0,
        credit_note=item.credit_note,
        note=item.note,
        task=item.task,
        warned=bool(item.warned),
        held_on=bool(item.held_on),
        ended_at=item.ended_at,
        request=item.request,
        version=item.version,
        change=change_of(item),
    )
