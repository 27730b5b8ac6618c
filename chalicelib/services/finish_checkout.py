"""The customer comes back from the provider's page, often before the provider's webhook."""

from __future__ import annotations

from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import ProviderState
from chalicelib.services.common import load_customer
from chalicelib.services.last_look import look_at_checkouts
from chalicelib.services.pay_page import Visit
from chalicelib.services.receive_payment_event import apply_provider_payment, is_known

NOTICES = {ProviderState.SUCCEEDED: "paid", ProviderState.PROCESSING: "processing"}


def finish_checkout(ports: Ports, visit: Visit) -> str | None:
    """Record what became of the customer's last checkouts; return the page's notice of the newest.

    None: nothing was paid, or the provider can't be asked now. Raises NotFoundError.
    """
    customer = load_customer(ports, visit.tenant, visit.customer_id)
    try:
        facts = look_at_checkouts(ports, customer)
    except PaymentUnavailableError:
        return None
    for fact in facts:
        if not is_known(ports, fact):
            apply_provider_payment(ports, fact)
    return next((NOTICES[fact.state] for fact in facts if fact.state in NOTICES), None)
