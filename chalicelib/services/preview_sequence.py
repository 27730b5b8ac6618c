"""The dry run: what a sequence, stored or just thought of, would do. Stores and sends nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.customer import CustomerKind
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.preview import Entry, preview
from chalicelib.domain.rehearsal import Happening, PreviewInvoice
from chalicelib.domain.rehearsed_charges import Terms
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.save_sequence import SequenceDraft

MOST_STEPS = 1_000
"""Steps of all invoices together: the most laborious preview of so many takes five seconds."""


def preview_sequence(
    ports: Ports,
    tenant: Tenant,
    sequence: str | SequenceDraft,
    calendar: LocalCalendar,
    invoices: Collection[PreviewInvoice],
    happenings: Iterable[Happening],
    *,
    start: datetime,
    until: datetime,
    kind: CustomerKind = CustomerKind.BUSINESS,
) -> list[Entry]:
    """Return every dated decision from `start` to `until` (UTC).

    Raises InvalidError for an unknown or faulty sequence, and for more than MOST_STEPS steps.
    """
    chosen = _stored(ports, tenant, sequence) if isinstance(sequence, str) else None
    drafted = sequence.build("seq_preview", 1) if isinstance(sequence, SequenceDraft) else chosen
    if drafted is None:
        fault = FieldError("/sequence", f"There is no sequence {sequence}.")
        raise InvalidError("The sequence is unknown.", fields=(fault,))
    if len(drafted.steps) * len(invoices) > MOST_STEPS:
        detail = f"has {len(drafted.steps)} steps; for these invoices together at most {MOST_STEPS}"
        fault = FieldError("/sequence", f"{detail} are tried out at once")
        raise InvalidError("The preview would take too long.", fields=(fault,))
    terms = _terms(ports, tenant, kind)
    return preview(drafted, calendar, invoices, happenings, start=start, until=until, terms=terms)


def _terms(ports: Ports, tenant: Tenant, kind: CustomerKind) -> Terms | None:
    creditor = ports.configuration.creditor(tenant.creditor_id)
    if creditor is None:
        return None
    return Terms(creditor.country, creditor.late_payment, kind is CustomerKind.CONSUMER)


def _stored(ports: Ports, tenant: Tenant, sequence_id: str) -> Sequence | None:
    return ports.configuration.sequence(tenant, sequence_id)
