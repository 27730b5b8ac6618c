"""How a provider's fact changes what is known of a payment, whatever the order of arrival."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.payment import Payment, PaymentStatus

_RANK = {PaymentStatus.PROCESSING: 0, PaymentStatus.FAILED: 1, PaymentStatus.SUCCEEDED: 2}


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """One thing the provider said. None: it didn't say. `at` is the provider's time of it.

    `about_refund`: the word is about a refund, so what it says of `refunded` may also be less.
    """

    event_id: str
    at: datetime
    amount: int
    status: PaymentStatus | None = None
    refunded: int | None = None
    about_refund: bool = False
    dispute: str | None = None
    disputed: int | None = None
    dispute_closed: bool = False


def merged(payment: Payment, fact: PaymentFact) -> Payment:
    """Return the payment with the fact taken in.

    Success is final (what takes it back is a refund or a dispute); between processing and
    failed the later counts, as it does of what was refunded and disputed in all. A closed dispute
    isn't opened again, but an appeal may still move its money.
    """
    known = _with_status(payment, fact)
    if fact.refunded is not None:
        known = _with_refunds(known, fact, fact.refunded)
    if fact.dispute is not None:
        known = _with_dispute(known, fact, fact.dispute)
    return replace(known, provider_events=(*known.provider_events, fact.event_id))


def _with_status(payment: Payment, fact: PaymentFact) -> Payment:
    took_back = fact.refunded is not None or fact.dispute is not None
    status = fact.status or (PaymentStatus.SUCCEEDED if took_back else None)
    if status is None or payment.status is PaymentStatus.SUCCEEDED:
        return payment
    known_at = payment.provider_at
    is_news = (
        known_at is None
        or status is PaymentStatus.SUCCEEDED
        or (fact.at, _RANK[status]) > (known_at, _RANK[payment.status])
    )
    if not is_news:
        return payment
    return replace(payment, status=status, amount=fact.amount, provider_at=fact.at)


def _with_refunds(payment: Payment, fact: PaymentFact, refunded: int) -> Payment:
    """Of words about refunds the newest counts, since a refund may fail; others only add."""
    known_at = payment.refunded_at
    if not fact.about_refund:
        return replace(payment, refunded=max(payment.refunded, refunded))
    is_news = known_at is None or (fact.at, refunded) > (known_at, payment.refunded)
    return replace(payment, refunded=refunded, refunded_at=fact.at) if is_news else payment


def _with_dispute(payment: Payment, fact: PaymentFact, dispute: str) -> Payment:
    was_closed = dispute in payment.closed_disputes
    known = _with_disputed(payment, fact, was_closed=was_closed)
    if was_closed:
        return known
    still_open = tuple(each for each in known.open_disputes if each != dispute)
    if fact.dispute_closed:
        closed = (*known.closed_disputes, dispute)
        return replace(known, open_disputes=still_open, closed_disputes=closed)
    return replace(known, open_disputes=(*still_open, dispute))


def _with_disputed(payment: Payment, fact: PaymentFact, *, was_closed: bool) -> Payment:
    """Of words about disputes the newest counts, and what closes one always does.

    About a closed one only a later word is news: its beginning may arrive last, and be of the same
    second as its end.
    """
    if fact.disputed is None:
        return payment
    known_at = payment.disputed_at
    if was_closed:
        is_news = known_at is not None and fact.at > known_at
    else:
        is_news = known_at is None or fact.at >= known_at or fact.dispute_closed
    if not is_news:
        return payment
    return replace(payment, disputed=fact.disputed, disputed_at=max(known_at or fact.at, fact.at))
