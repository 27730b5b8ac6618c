"""Every five minutes: take in the payments that no webhook brought.

What needs a person is in the log, with ids only: the tenant, the provider's event and payment.
"""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.domain.errors import DunlinError
from chalicelib.domain.tenant import Mode
from chalicelib.observability import count_for_alarm, gauge, logger
from chalicelib.ports.all import Ports
from chalicelib.services.catch_up_payments import CaughtUp, catch_up_payments
from chalicelib.services.payments_behind import behind


def handle() -> None:
    """Catch up, log what needs a person, and say how many tenants' payments aren't known well.

    Raises an ExceptionGroup where something failed that shouldn't.
    """
    ports, done = bootstrap.ports(), CaughtUp()
    try:
        catch_up_payments(ports, done)
    finally:
        _log(done)
        _measure(ports)


def _log(done: CaughtUp) -> None:
    for tenant, count in done.facts.items():
        logger().info("payments read", extra={"tenant": tenant.key, "count": count})
    for tenant, error in done.held_up.items():
        why = {"code": error.code, "reason": error.detail}
        logger().warning("catch-up held up", extra={"tenant": tenant.key, **why})
    for fact in done.failed:
        about = {"tenant": fact.tenant.key, "event": fact.event_id, "payment": fact.payment}
        if isinstance(fact.error, DunlinError):
            about |= {"code": fact.error.code}
            logger().error("a payment can't be taken in", extra=about)
        else:
            logger().error("a payment can't be taken in", extra=about, exc_info=fact.error)
    for tenant, event in sorted(done.unreadable, key=lambda each: each[1]):
        about = {"tenant": tenant.key, "event": event}
        logger().error("an event that nobody can read", extra=about)
        stage = bootstrap.settings().stage
        count_for_alarm("PaymentEventUnreadable", stage=stage, mode=tenant.mode.value)
    for event in done.strange:
        logger().warning("payment of an unknown customer", extra={"event": event})


def _measure(ports: Ports) -> None:
    """Say of each mode how many tenants are behind, and how many newly."""
    found = behind(ports)
    for each in found:
        news = "new" if each.is_news else "known"
        about = {"tenant": each.tenant.key, "status": news}
        logger().error("payments aren't known well", extra=about)
    for mode in Mode:
        news_of_mode = [each.is_news for each in found if each.tenant.mode is mode]
        dimensions = {"stage": bootstrap.settings().stage, "mode": mode.value}
        gauge("PaymentsBehind", len(news_of_mode), **dimensions)
        gauge("PaymentsNewlyBehind", sum(news_of_mode), **dimensions)
