"""The last look: a customer who was just about to pay isn't reminded of it.

Where a customer opened the provider's page lately, the provider is asked before anything is
sent, since its webhook may still be on its way.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.customer import Customer
from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.ports.all import Ports
from chalicelib.services.deliver import TryLaterError
from chalicelib.services.receive_payment_event import apply_provider_payment, is_known

RECENT = timedelta(hours=24)
"""How long a checkout can be paid (Stripe's default expiry of a session)."""


def paid_meanwhile(ports: Ports, customer: Customer, now: datetime) -> bool:
    """Ask the provider about a recent checkout; True where it told something new, now recorded.

    Raises TryLaterError where it can't be asked: then nothing is sent either.
    """
    if customer.checkout is None or customer.visited_at is None:
        return False
    if now - customer.visited_at > RECENT:
        return False
    try:
        fact = ports.payments.look(customer.tenant, customer.checkout)
    except PaymentUnavailableError as down:
        raise TryLaterError("whether the customer just paid can't be asked now") from down
    if fact is None or is_known(ports, fact):
        return False
    apply_provider_payment(ports, fact)
    return True
