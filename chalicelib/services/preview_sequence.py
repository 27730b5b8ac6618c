"""The dry run: what a sequence, stored or just thought of, would do. Stores and sends nothing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.calendar import LocalCalendar
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.preview import Entry, preview
from chalicelib.domain.rehearsal import Happening, PreviewInvoice
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.save_sequence import SequenceDraft


def preview_sequence(
    ports: Ports,
    tenant: Tenant,
    sequence: str | SequenceDraft,
    calendar: LocalCalendar,
    invoices: Iterable[PreviewInvoice],
    happenings: Iterable[Happening],
    *,
    start: datetime,
    until: datetime,
) -> list[Entry]:
    """Return every dated decision from `start` to `until` (UTC).

    Raises InvalidError for an unknown or faulty sequence.
    """
    chosen = _stored(ports, tenant, sequence) if isinstance(sequence, str) else None
    drafted = sequence.build("seq_preview", 1) if isinstance(sequence, SequenceDraft) else chosen
    if drafted is None:
        fault = FieldError("/sequence", f"There is no sequence {sequence}.")
        raise InvalidError("The sequence is unknown.", fields=(fault,))
    return preview(drafted, calendar, invoices, happenings, start=start, until=until)


def _stored(ports: Ports, tenant: Tenant, sequence_id: str) -> Sequence | None:
    return ports.configuration.sequence(tenant, sequence_id)
