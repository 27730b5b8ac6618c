"""Up to when payments are known, in memory."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.tenant import Tenant
from chalicelib.ports.payment_marks import PaymentMark


class InMemoryPaymentMarks:
    """One mark per tenant."""

    def __init__(self) -> None:
        self._marks: dict[Tenant, PaymentMark] = {}

    def begin(self, tenant: Tenant, since: datetime | None = None) -> None:
        self._marks.setdefault(tenant, PaymentMark(tenant, since=since))

    def all(self) -> tuple[PaymentMark, ...]:
        return tuple(self._marks.values())

    def get(self, tenant: Tenant) -> PaymentMark | None:
        return self._marks.get(tenant)

    def certain_until(self, tenant: Tenant) -> datetime | None:
        mark = self._marks.get(tenant)
        return mark.certain_until if mark else None

    def move(self, mark: PaymentMark, to: PaymentMark) -> bool:
        if self._marks.get(mark.tenant, PaymentMark(mark.tenant)) != mark:
            return False
        self._marks[mark.tenant] = to
        return True
