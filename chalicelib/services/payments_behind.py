"""Whose payments aren't known well: before reminders have to wait, somebody hears of it.

A tenant is behind from the moment on at which its payments were last known half of its limit ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.services.catch_up_payments import OVERLAP
from chalicelib.services.payments_known import limit

NEWS_FOR = timedelta(minutes=10)
"""For how long it is news that a tenant is behind: two runs of the catch-up."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A tenant that is behind, and whether it wasn't a while ago."""

    tenant: Tenant
    is_news: bool


def behind(ports: Ports) -> tuple[Behind, ...]:
    """Return the tenants whose payments were last known half of their limit ago, or longer."""
    now = ports.clock.now()
    found = []
    for mark in ports.payment_marks.all():
        known, half = _known_until(mark), _half_of_limit(ports, mark.tenant)
        if known and half and now - known >= half:
            found.append(Behind(mark.tenant, is_news=now - known < half + NEWS_FOR))
    return tuple(found)


def _known_until(mark: PaymentMark) -> datetime | None:
    """Return up to when both readings have come; the second begins when the overlap is over.

    Where there was nothing to read, up to when somebody looked whether there is.
    """
    if mark.known_until is None or mark.read_again_until is None:
        return mark.certain_until
    return min(mark.known_until, mark.read_again_until + OVERLAP)


def _half_of_limit(ports: Ports, tenant: Tenant) -> timedelta | None:
    try:
        return limit(ports, tenant) / 2
    except NotFoundError:
        return None  # nobody is reminded in the name of a creditor that is gone
