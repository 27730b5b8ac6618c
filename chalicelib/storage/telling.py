"""Tells that a stored endpoint can't be made out: by ids and the error's name."""

from __future__ import annotations

from chalicelib.domain.tenant import Tenant
from chalicelib.observability import count_for_alarm
from chalicelib.ports.logs import log

METRIC = "WebhookEndpointUnreadable"


def tell(tenant: Tenant, endpoint_id: str, code: str, *, stage: str) -> None:
    """Leave an error, and a metric; the alarm is on that of live mode."""
    facts = {"tenant": tenant.key, "endpoint": endpoint_id, "code": code}
    log().error("webhook endpoint unreadable", extra=facts)
    count_for_alarm(METRIC, stage=stage, mode=tenant.mode.value)
