"""The nightly comparison: payments as we have them, and as the provider's balance has them.

    nightly ── a message per tenant ── a page of its balance ── the next page …
                    │                     └ a message per payment that looks different
                    └ a message per payment in the customers' files ── how it stands there

What moved on the balance shows what we never heard of. What we have, and the provider hasn't,
only the question for each payment of ours shows. Each payment that may differ is a message of its
own, so that none holds up others: the provider is asked how it stands, and that is taken in as a
webhook is. What differs even then is for a person.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from chalicelib.domain.comparison import Difference, Standing, differences
from chalicelib.domain.errors import PaymentUnavailableError
from chalicelib.domain.payment import Payment, PaymentStatus
from chalicelib.domain.tenant import Tenant
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.all import Ports
from chalicelib.ports.payments import Movements, ProviderPayment
from chalicelib.services.receive_payment_event import is_news, payment_id, take_in
from chalicelib.services.try_later import TryLaterError

QUEUE = "nightly"
OVERLAP = timedelta(hours=6)
"""How far a night's period reaches back into the day before."""
AGAIN_SECONDS = 900
"""What differs because it is on its way has arrived by then: the catch-up has run twice."""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time, from `since` up to before `until`."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """How a payment stands at the provider. `customer_id`: whose we have by that reference.

    Without it, the provider says whose it is. `is_again`: it differed a quarter of an hour ago.
    """

    tenant: Tenant
    reference: str
    customer_id: str | None = None
    is_again: bool = False

    @property
    def message(self) -> dict[str, str]:
        """The message that asks it."""
        customer = {"customer": self.customer_id} if self.customer_id else {}
        again = {"again": "yes"} if self.is_again else {}
        return {"tenant": self.tenant.key, "payment": self.reference, **customer, **again}


@dataclass(frozen=True, slots=True)
class Differs:
    """A payment that differed: its ids here and there, in what, and whether it is settled now."""

    payment_id: str
    reference: str
    kinds: tuple[Difference, ...]
    is_settled: bool


def period_of(now: datetime) -> Period:
    """Return what a night compares: the day before (UTC), and the end of the one before that."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(midnight - timedelta(days=1) - OVERLAP, midnight)


def ask_for_balances(ports: Ports, period: Period) -> None:
    """Ask for a look at the balance of every tenant, whether the catch-up ever got to it or not."""
    tenants = [mark.tenant for mark in ports.payment_marks.all()]
    ports.queues.put(QUEUE, [_page(tenant, period, None) for tenant in tenants])


def ask_for_payments(ports: Ports, file: WholeFile, period: Period) -> None:
    """Ask for a look at each online payment of a customer that was recorded in the period.

    And at each whose dispute is open, every night: an end that nobody heard of moves nothing any
    more, and until then its invoices wait.
    """
    questions = [
        Question(payment.tenant, payment.provider_reference, payment.customer_id)
        for payment in file.payments
        if payment.provider_reference
        and (period.since <= payment.created_at < period.until or payment.open_disputes)
    ]
    ports.queues.put(QUEUE, [each.message for each in questions])


def compare_balance(
    ports: Ports, tenant: Tenant, period: Period, after: str | None = None
) -> Movements:
    """Compare a page of what moved on the balance, and return it.

    Asks for a look at each payment that may differ, and for the next page. Raises TryLaterError
    where the provider doesn't answer.
    """
    try:
        page = ports.payments.movements(tenant, period.since, period.until, after)
    except PaymentUnavailableError as error:
        raise TryLaterError(error.code) from error
    if page is None:
        return Movements(())
    suspicious = [
        moved.reference
        for moved in page.data
        if moved.fact is None or _looks_different(ports, moved.fact)
    ]
    messages = [Question(tenant, each).message for each in dict.fromkeys(suspicious)]
    if page.onward:
        messages.append(_page(tenant, period, page.onward))
    ports.queues.put(QUEUE, messages)
    return page


def compare_payment(ports: Ports, question: Question) -> Differs | None:
    """Compare a payment with how it stands at the provider, and take in what is news.

    What differs at the first look may be on its way, and is looked at again. None: they don't
    differ, or not for certain yet, or it isn't ours. Raises TryLaterError where the provider
    doesn't answer.
    """
    tenant, reference, customer_id = question.tenant, question.reference, question.customer_id
    try:
        fact = ports.payments.standing(tenant, reference)
    except PaymentUnavailableError as error:
        raise TryLaterError(error.code) from error
    if fact and customer_id and fact.customer_id != customer_id:
        fact = None
    owner = fact.customer_id if fact else customer_id
    if owner is None:
        return None
    identifier = payment_id(owner, fact.provider_reference if fact else reference)
    kinds = _differences(ports.ledger.payment(tenant, identifier), fact)
    if kinds and not question.is_again:
        ports.queues.put(QUEUE, [replace(question, is_again=True).message], delay=AGAIN_SECONDS)
    if not kinds or not question.is_again:
        return None
    if fact and is_news(ports, fact):
        take_in(ports, fact)
    is_settled = not _differences(ports.ledger.payment(tenant, identifier), fact)
    return Differs(identifier, reference, kinds, is_settled)


def _page(tenant: Tenant, period: Period, after: str | None) -> dict[str, str]:
    message = {
        "tenant": tenant.key,
        "since": period.since.isoformat(),
        "until": period.until.isoformat(),
    }
    return {**message, "after": after} if after else message


def _looks_different(ports: Ports, fact: ProviderPayment) -> bool:
    identifier = payment_id(fact.customer_id, fact.provider_reference)
    return bool(_differences(ports.ledger.payment(fact.tenant, identifier), fact))


def _differences(here: Payment | None, fact: ProviderPayment | None) -> tuple[Difference, ...]:
    if fact is None or fact.state is None:
        return differences(here, None)
    there = Standing(
        currency=fact.amount.currency,
        amount=fact.amount.amount,
        status=PaymentStatus(fact.state.value),
        refunded=fact.refunded,
        disputed=fact.disputed,
        open_disputes=_open_disputes(fact),
    )
    return differences(here, there)


def _open_disputes(fact: ProviderPayment) -> frozenset[str] | None:
    if fact.chargebacks is None:
        return None
    return frozenset(each.id for each in fact.chargebacks if not each.is_over)
