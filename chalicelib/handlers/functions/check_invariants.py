"""Worker of the nightly look: fan out a page of customers, or hold one file against the rules.

A violation is a line in the log, with ids only, and counts in its rule's metric, whose alarm rings,
unless it is old: what happened and can't be mended rings for two nights, and then makes way for
what happens next.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.tenant import tenant_of
from chalicelib.handlers.functions import Answer
from chalicelib.handlers.functions.batch import Message, each
from chalicelib.observability import count_for_alarm, gauge, logger
from chalicelib.services.nightly import ask_for_customers, look_after

METRIC = "InvariantViolated"


def handle(event: Mapping[str, Any]) -> Answer:
    """Do what every message of the batch asks for."""
    checked: list[str] = []
    answer = each(event, lambda message: _one(message, checked))
    if checked:
        gauge("FilesChecked", len(checked), stage=bootstrap.settings().stage)
    return answer


def _one(message: Message, checked: list[str]) -> None:
    tenant = tenant_of(message["tenant"])
    if "customer" not in message:
        ask_for_customers(bootstrap.ports(), tenant, message.get("after"))
        return
    customer = message["customer"]
    for violation in look_after(bootstrap.ports(), tenant, customer):
        rule = violation.rule.value
        facts = {"tenant": tenant.key, "customer": customer, "record": violation.record}
        if violation.is_news:
            logger().error("invariant violated", extra={"rule": rule, **facts})
            count_for_alarm(METRIC, stage=bootstrap.settings().stage, rule=rule)
        else:
            logger().warning("invariant violated long ago", extra={"rule": rule, **facts})
    checked.append(customer)
