"""Erase a customer (GDPR article 17): the ledger stays, and nobody can say any more whose it is.

    hindrance? ── the customer's record, nameless, and the external id free ── answer
                                        │
      action queue ── the file, portion by portion, until a whole pass finds nothing ── done

The first write counts: from it on nothing can be sent, as there is no address, nothing can be
posted to the customer, and their links open nothing. What is left are copies, which a worker goes
through. It may die anywhere, since it begins again with what the file shows; and the nightly look
sends it again to whoever isn't done.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.customer import Change, Customer, Suppression
from chalicelib.domain.erasure import hindrance, nameless
from chalicelib.domain.errors import CustomerErasedError, NotFoundError
from chalicelib.domain.privacy import Erasure, ErasureReason
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import changing, now_of, retrying
from chalicelib.services.create_customer import references_of
from chalicelib.services.phone_references import phone_reference
from chalicelib.services.refused_addresses import remember

QUEUE = "action"
STREAM_TELLS_WITHIN = 60
"""Seconds after which the events of what was committed before are usually there."""


def erase_customer(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, reason: ErasureReason
) -> Customer:
    """Take the customer's identity away, and return what is left of them. Again changes nothing.

    Raises NotFoundError, CustomerHasOpenInvoicesError, CustomerHasMoneyInFlightError.
    """

    def attempt() -> Customer:
        file = ports.ledger.file(tenant, customer_id)
        if file is None:
            raise NotFoundError(f"There is no customer {customer_id}.")
        if file.customer.erasure:
            return file.customer
        if refused := hindrance(file, ports.ledger.payments_of(tenant, customer_id)):
            raise refused
        return _take_identity(ports, file, change, reason)

    erased = retrying(attempt)
    if erased.erasure and erased.erasure.done_at is None:
        ask_to_go_on(ports, erased)
    return erased


def ask_to_go_on(ports: Ports, customer: Customer, *, delay: int = STREAM_TELLS_WITHIN) -> None:
    """Ask the worker to go through the customer's file, once the stream has told what was."""
    where = {"tenant": customer.tenant.key, "customer": customer.id}
    ports.queues.put(QUEUE, [{**where, "privacy": "erase"}], delay=delay)


def not_erased(customer: Customer) -> Customer:
    """Return the customer. Raises CustomerErasedError."""
    if customer.erasure:
        raise CustomerErasedError(f"Customer {customer.id} was erased.")
    return customer


def _take_identity(
    ports: Ports, file: CustomerFile, change: Change, reason: ErasureReason
) -> Customer:
    before = file.customer
    remember(ports, before.tenant, _refused(before))
    now = now_of(ports, before)
    after = replace(nameless(before), erasure=Erasure(now, change.by, reason))
    write = changing(before, after, change.when(now))
    references = [*references_of(before), *phone_reference(ports, before)]
    ports.ledger.commit([write], released=references)
    return write.after


def _refused(customer: Customer) -> dict[str, Suppression]:
    """Return what must stay unused: suppressed addresses, and those of channels objected to."""
    objected = {
        address.lower(): Suppression.OPTED_OUT
        for channel, address in (("email", customer.email), ("sms", customer.phone))
        if address and channel in customer.consents and not customer.consents[channel].given
    }
    return {**objected, **customer.suppressed}
