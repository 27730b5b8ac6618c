"""What the rules look at: the whole file, sorted so that records find each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from chalicelib.domain import ids
from chalicelib.domain.case import Case, Pause
from chalicelib.domain.decide import Rules
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Payment
from chalicelib.domain.whole_file import FiledRecord, WholeFile

SETTLES_WITHIN = timedelta(hours=1)
"""How long what follows from a change may take: its events, the rest of a large payment."""


@dataclass(frozen=True)
class Evidence:
    """A whole file at the customer's present time, with the sequences that its cases follow."""

    file: WholeFile
    rules: Rules
    now: datetime

    @cached_property
    def invoices(self) -> dict[str, Invoice]:
        """The invoices by id."""
        return {invoice.id: invoice for invoice in self.file.invoices}

    @cached_property
    def cases(self) -> dict[str, Case]:
        """The cases by id."""
        return {case.id: case for case in self.file.cases}

    @cached_property
    def payments(self) -> dict[str, Payment]:
        """The payments by id."""
        return {payment.id: payment for payment in self.file.payments}

    @cached_property
    def pauses(self) -> dict[str, list[tuple[Case, Pause]]]:
        """The pauses that payments put on cases, with the cases, by the payment's id."""
        found: dict[str, list[tuple[Case, Pause]]] = {}
        for case in self.file.cases:
            for pause in case.pauses:
                if pause.reference and pause.reference.startswith(f"{ids.PAYMENT}_"):
                    found.setdefault(pause.reference, []).append((case, pause))
        return found

    def has_settled(self, record: FiledRecord) -> bool:
        """Say whether whatever follows from the record's last change must have come about."""
        return self.changed_at(record) + SETTLES_WITHIN < self.now

    def changed_at(self, record: FiledRecord) -> datetime:
        """Return when the record was last written, by the customer's clock."""
        return record.change.at or record.created_at
