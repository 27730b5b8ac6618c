"""Apply what the payment provider says of a payment, whenever and however often it says it.

The payment's id is made from the provider's reference, so the same payment is never created
twice. Its state comes from the provider's objects and their time, not from the order in which
events arrive; each event's id is kept on the payment and counts once.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import NotFoundError
from chalicelib.domain.payment import Method, Payment, PaymentStatus
from chalicelib.domain.provider_facts import PaymentFact, merged
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import AS_IT_STANDS, ProviderPayment
from chalicelib.services.bookkeeping import OpenBooks, open_books
from chalicelib.services.chargeback_task import chargeback_tasks, chargebacks_of, is_closed
from chalicelib.services.common import retrying
from chalicelib.services.portions import (
    Portion,
    apply_rest,
    commit_portion,
    held_ahead,
    spend_credit,
)


def apply_provider_payment(ports: Ports, fact: ProviderPayment) -> None:
    """Bring payment, invoices, cases and customer in line with the fact.

    One transaction does it, but for a payment of very many invoices; what is left of such a one
    where a worker died, the same event brings to an end when it comes again.
    """
    portion = retrying(lambda: _attempt(ports, fact))
    payment = apply_rest(ports, portion.payment.change, portion)
    if fact.refunded or fact.disputed:
        spend_credit(ports, fact.tenant, payment.change, fact.customer_id, payment.currency)


def take_in(ports: Ports, fact: ProviderPayment) -> bool:
    """Apply the fact, or return False where nobody of ours paid: repeating wouldn't change that."""
    try:
        apply_provider_payment(ports, fact)
    except NotFoundError:
        if ports.ledger.customer(fact.tenant, fact.customer_id) is not None:
            raise
        return False
    return True


def is_known(ports: Ports, fact: ProviderPayment) -> bool:
    """Say whether a look at the provider is no news: the payment stands so, or went further."""
    identifier = payment_id(fact.customer_id, fact.provider_reference)
    payment = ports.ledger.payment(fact.tenant, identifier)
    if payment is None or fact.state is None:
        return False
    return payment.status in {PaymentStatus.SUCCEEDED, PaymentStatus(fact.state.value)}


def is_heard(ports: Ports, fact: ProviderPayment) -> bool:
    """Say whether this very event was applied already."""
    identifier = payment_id(fact.customer_id, fact.provider_reference)
    payment = ports.ledger.payment(fact.tenant, identifier)
    return payment is not None and fact.event_id in payment.provider_events


def is_news(ports: Ports, fact: ProviderPayment) -> bool:
    """Say whether taking the fact in would change the payment, and not only note its event."""
    identifier = payment_id(fact.customer_id, fact.provider_reference)
    payment = ports.ledger.payment(fact.tenant, identifier)
    if payment is None:
        return True
    return _substance(merged(payment, _payment_fact(fact))) != _substance(payment)


def payment_id(customer_id: str, provider_reference: str) -> str:
    """Return the id of a provider's payment: 80 bits of its reference's SHA-256."""
    digest = hashlib.sha256(provider_reference.encode()).digest()
    return ids.child_id(
        ids.PAYMENT, customer_id, ids.encode(int.from_bytes(digest[:10], "big"), ids.PART)
    )


def _attempt(ports: Ports, fact: ProviderPayment) -> Portion:
    identifier = payment_id(fact.customer_id, fact.provider_reference)
    before = ports.ledger.payment(fact.tenant, identifier)
    if before and fact.event_id in before.provider_events:
        return Portion(before, is_last=False)  # an earlier run may have died with a rest to apply
    change = Change(by="stripe", why=f"{fact.event_type} {fact.event_id}")
    opened = open_books(ports, fact.tenant, change, fact.customer_id)
    known = _dated(before or _blank(fact, identifier, opened), fact, opened)
    after = merged(known, _payment_fact(fact))
    opened = held_ahead(opened, after)
    return commit_portion(opened, before, after, *chargeback_tasks(opened, known, fact))


def _payment_fact(fact: ProviderPayment) -> PaymentFact:
    return PaymentFact(
        event_id=fact.event_id,
        at=fact.at,
        amount=fact.amount.amount,
        status=PaymentStatus(fact.state.value) if fact.state else None,
        refunded=fact.refunded,
        about_refund="refund" in fact.event_type or fact.event_type == AS_IT_STANDS,
        dispute=fact.dispute,
        disputed=fact.disputed,
        dispute_closed=is_closed(fact),
        asked_at=fact.asked_at,
        chargebacks=chargebacks_of(fact),
    )


def _substance(payment: Payment) -> tuple[object, ...]:
    taken_back = payment.refunded, payment.disputed
    disputes = payment.open_disputes, payment.closed_disputes
    return payment.status, payment.amount, taken_back, disputes


def _blank(fact: ProviderPayment, identifier: str, opened: OpenBooks) -> Payment:
    now = opened.books.now
    return Payment(
        id=identifier,
        tenant=fact.tenant,
        customer_id=fact.customer_id,
        currency=fact.amount.currency,
        amount=fact.amount.amount,
        method=Method(fact.method),
        paid_at=now if opened.customer.test_clock else fact.at,
        created_at=now,
        status=PaymentStatus.PROCESSING,
        named=fact.named,
        provider_reference=fact.provider_reference,
        communication=fact.communication_id,
    )


def _dated(payment: Payment, fact: ProviderPayment, opened: OpenBooks) -> Payment:
    """Date the payment by the earliest word on it, in whatever order they arrive."""
    if opened.customer.test_clock:
        return payment
    return replace(payment, paid_at=min(payment.paid_at, fact.at))
