"""Tells that a customer got the built-in text instead of the creditor's own: by ids and codes."""

from __future__ import annotations

from chalicelib.domain.notice import Notice
from chalicelib.domain.own_template import TemplateName
from chalicelib.observability import count_for_alarm, logger

METRIC = "OwnTextUnusable"


def tell(notice: Notice, name: TemplateName, code: str, *, stage: str) -> None:
    """Leave a warning, and a metric; the alarm is on that of live mode."""
    facts = {"creditor": notice.creditor.id, "record": str(name), "code": code}
    logger().warning("own text unusable", extra=facts)
    count_for_alarm(METRIC, stage=stage, mode="test" if notice.test_mode else "live")
