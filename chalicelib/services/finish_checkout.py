"""The customer comes back from the provider's page, often before the provider's webhook."""

from __future__ import annotations

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import ProviderState
from chalicelib.services.common import load_customer
from chalicelib.services.pay_page import Visit
from chalicelib.services.receive_payment_event import apply_provider_payment, is_known

NOTICES = {ProviderState.SUCCEEDED: "paid", ProviderState.PROCESSING: "processing"}


def finish_checkout(ports: Ports, visit: Visit) -> str | None:
    """Record what became of the customer's last checkout and return the page's notice of it.

    None: nothing was paid, or the provider can't be asked now. Raises NotFoundError.
    """
    customer = load_customer(ports, visit.tenant, visit.customer_id)
    if customer.checkout is None:
        return None
    try:
        fact = ports.payments.look(visit.tenant, customer.checkout)
    except PaymentUnavailableError:
        return None
    if fact is None or fact.customer_id != customer.id:
        return None
    if not is_known(ports, fact):
        apply_provider_payment(ports, fact)
    return NOTICES.get(fact.state) if fact.state else None
