"""Up to when payments are known, in memory."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.tenant import Tenant
from chalicelib.ports.payment_marks import PaymentMark


class InMemoryPaymentMarks:
    """One mark per tenant."""

    def __init__(self) -> None:
        self._marks: dict[Tenant, datetime | None] = {}

    def begin(self, tenant: Tenant) -> None:
        self._marks.setdefault(tenant, None)

    def all(self) -> tuple[PaymentMark, ...]:
        return tuple(PaymentMark(tenant, at) for tenant, at in self._marks.items())

    def known_until(self, tenant: Tenant) -> datetime | None:
        return self._marks.get(tenant)

    def move(self, mark: PaymentMark, known_until: datetime | None) -> bool:
        if self._marks.get(mark.tenant) != mark.known_until:
            return False
        self._marks[mark.tenant] = known_until
        return True
