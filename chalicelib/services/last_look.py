"""The last look: a customer who was just about to pay isn't reminded of it.

Where a customer opened the provider's page lately, the provider is asked before anything is
sent, since its webhook may still be on its way.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.customer import Customer
from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import ProviderPayment
from chalicelib.services.deliver import TryLaterError
from chalicelib.services.receive_payment_event import apply_provider_payment, is_known

RECENT = timedelta(hours=24)
"""How long after the last visit the provider is asked. Its pages close within two hours; the
rest of the day is for a webhook that comes late."""


def paid_meanwhile(ports: Ports, customer: Customer, now: datetime) -> bool:
    """Ask the provider about recent checkouts; True where it told something new, now recorded.

    Raises TryLaterError where it can't be asked: then nothing is sent either.
    """
    if customer.visited_at is None or now - customer.visited_at > RECENT:
        return False
    try:
        facts = look_at_checkouts(ports, customer)
    except PaymentUnavailableError as down:
        raise TryLaterError("whether the customer just paid can't be asked now") from down
    news = [fact for fact in facts if not is_known(ports, fact)]
    for fact in news:
        apply_provider_payment(ports, fact)
    return bool(news)


def look_at_checkouts(ports: Ports, customer: Customer) -> list[ProviderPayment]:
    """Return what became of the customer's last checkouts, as far as something did, newest first.

    Raises PaymentUnavailableError.
    """
    looks = (ports.payments.look(customer.tenant, each) for each in customer.checkouts)
    return [fact for fact in looks if fact and fact.customer_id == customer.id]
