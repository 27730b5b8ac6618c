"""Worker of the nightly look: fan out a page of customers, hold one file against the rules, compare
a page of the provider's balance or one payment.

A violation, or a payment that differs, is a line in the log, with ids only, and counts in its
metric, whose alarm rings, unless it is old: what happened and can't be mended rings for two nights,
and then makes way for what happens next.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.tenant import Tenant, tenant_of
from chalicelib.handlers.functions import Answer
from chalicelib.handlers.functions.batch import Message, each
from chalicelib.observability import count, count_for_alarm, gauge, logger
from chalicelib.services.compare_payments import (
    Period,
    Question,
    compare_balance,
    compare_payment,
)
from chalicelib.services.nightly import ask_for_customers, look_after

METRIC = "InvariantViolated"
DIFFER = "PaymentsDiffer"


def handle(event: Mapping[str, Any]) -> Answer:
    """Do what every message of the batch asks for."""
    checked: list[str] = []
    answer = each(event, lambda message: _one(message, checked))
    if checked:
        gauge("FilesChecked", len(checked), stage=bootstrap.settings().stage)
    return answer


def _one(message: Message, checked: list[str]) -> None:
    tenant = tenant_of(message["tenant"])
    if "payment" in message:
        _compare_payment(
            Question(tenant, message["payment"], message.get("customer"), "again" in message)
        )
    elif "since" in message:
        _compare_balance(tenant, message)
    elif "customer" in message:
        _check(tenant, message["customer"])
        checked.append(message["customer"])
    else:
        ask_for_customers(bootstrap.ports(), tenant, message.get("after"))


def _check(tenant: Tenant, customer: str) -> None:
    for violation in look_after(bootstrap.ports(), tenant, customer):
        rule = violation.rule.value
        facts = {"tenant": tenant.key, "customer": customer, "record": violation.record}
        if violation.is_news:
            logger().error("invariant violated", extra={"rule": rule, **facts})
            count_for_alarm(METRIC, stage=bootstrap.settings().stage, rule=rule)
        else:
            logger().warning("invariant violated long ago", extra={"rule": rule, **facts})


def _compare_balance(tenant: Tenant, message: Message) -> None:
    period = Period(*(datetime.fromisoformat(message[each]) for each in ("since", "until")))
    page = compare_balance(bootstrap.ports(), tenant, period, message.get("after"))
    for movement in page.unreadable:
        facts = {"tenant": tenant.key, "provider_id": movement}
        logger().error("a movement that nobody can read", extra=facts)
        count_for_alarm(DIFFER, stage=bootstrap.settings().stage)
    count("MovementsCompared", len(page.data))


def _compare_payment(question: Question) -> None:
    found = compare_payment(bootstrap.ports(), question)
    count("PaymentsCompared")
    if found is None:
        return
    facts = {
        "tenant": question.tenant.key,
        "payment": found.payment_id,
        "provider_id": found.reference,
        "reason": ",".join(found.kinds),
        "status": "taken_in" if found.is_settled else "unsettled",
    }
    logger().error("a payment differs from the provider's", extra=facts)
    count_for_alarm(DIFFER, stage=bootstrap.settings().stage)
