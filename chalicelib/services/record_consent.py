"""Record what a customer said about a channel: GDPR article 7, and 21 where they object.

What they said last counts. A channel that they refused isn't used, as if its address were missing;
one that they gave back is used again, and what waited for a person only for that reason comes back.
What was said before stays in the events.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.customer import Change, Customer, Suppression
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.privacy import Consent
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import now_of
from chalicelib.services.update_customer import edit_customer


def record_consent(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, channel: str, said: Consent
) -> Customer:
    """Store a consent or its withdrawal for a channel (consent.CHANNELS), and return the customer.

    After a withdrawal nothing is claimed on the channel any more, also of what is being prepared.
    Raises NotFoundError, CustomerErasedError, and InvalidError for a moment that is still to come,
    or that lies before what the customer said last.
    """

    def edit(before: Customer) -> Customer:
        known = before.consents.get(channel)
        if said.at > now_of(ports, before):
            raise _wrong("must not be in the future")
        if known and said.at < known.at:
            raise _wrong(f"must not be before {known.at.isoformat()}, when they said otherwise")
        after = replace(before, consents={**before.consents, channel: said})
        return _given_back(after, channel) if said.given else after

    return edit_customer(
        ports, tenant, change, customer_id, edit, reschedules=True, stops=not said.given
    )


def _given_back(customer: Customer, channel: str) -> Customer:
    """Return the customer with an objection of old to that address lifted; a bounce stays."""
    address = {"email": customer.email, "sms": customer.phone}.get(channel) or ""
    suppressed = {
        each: reason
        for each, reason in customer.suppressed.items()
        if each != address.lower() or reason is not Suppression.OPTED_OUT
    }
    return replace(customer, suppressed=suppressed)


def _wrong(detail: str) -> InvalidError:
    return InvalidError("The consent can't be recorded.", fields=(FieldError("/at", detail),))
