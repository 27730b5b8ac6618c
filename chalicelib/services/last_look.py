"""The last look: a customer who has paid, or is just about to, isn't reminded of it.

Where a customer opened the provider's page lately, the provider is asked before anything is
sent, since its webhook may still be on its way. Money that is there and pays nothing yet (a
worker died before it was applied) is applied first, also where nothing is left to send.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.money import currency
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import ProviderPayment
from chalicelib.services.portions import spend_credit
from chalicelib.services.receive_payment_event import apply_provider_payment, is_known
from chalicelib.services.try_later import TryLaterError

CREDIT = Change(by="system", why="credit applied")
RECENT = timedelta(hours=24)
"""How long after the last visit the provider is asked. Its pages close within two hours; the
rest of the day is for a webhook that comes late."""


def waiting_credit(customer: Customer) -> list[str]:
    """Return the codes of currencies in which credit stands beside a debt."""
    return sorted(customer.credit.keys() & customer.balance.keys())


def paid_meanwhile(ports: Ports, customer: Customer, now: datetime, *, ask: bool = True) -> bool:
    """Look for money that isn't applied yet; True where there was some, now recorded.

    With `ask`, the provider is asked. Raises TryLaterError where it can't be: then nothing is sent
    either.
    """
    spent = [
        spend_credit(ports, customer.tenant, CREDIT, customer.id, currency(code))
        for code in waiting_credit(customer)
    ]
    return any(spent) or (ask and _told_by_provider(ports, customer, now))


def _told_by_provider(ports: Ports, customer: Customer, now: datetime) -> bool:
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
