"""Every five minutes: take in the payments that no webhook brought."""

from __future__ import annotations

from chalicelib import bootstrap
from chalicelib.observability import gauge, logger
from chalicelib.services.catch_up_payments import CaughtUp, behind, catch_up_payments


def handle() -> None:
    """Catch up, log what needs a person, and say how many tenants' payments aren't known well.

    Raises an ExceptionGroup where something failed that shouldn't.
    """
    ports = bootstrap.ports()
    try:
        _log(catch_up_payments(ports))
    finally:
        late = behind(ports)
        gauge("PaymentsBehind", len(late), stage=bootstrap.settings().stage)
        for tenant in late:
            logger().error("payments aren't known well", extra={"tenant": tenant.key})


def _log(done: CaughtUp) -> None:
    for tenant, count in done.facts.items():
        logger().info("payments read", extra={"tenant": tenant.key, "count": count})
    for tenant, code in done.held_up.items():
        logger().warning("catch-up held up", extra={"tenant": tenant.key, "code": code})
    for event in done.unreadable:
        logger().error("an event that nobody can read", extra={"event": event})
    for event in done.strange:
        logger().warning("payment of an unknown customer", extra={"event": event})
