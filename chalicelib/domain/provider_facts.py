"""How a provider's fact changes what is known of a payment, whatever the order of arrival."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.payment import Payment, PaymentStatus

_RANK = {PaymentStatus.PROCESSING: 0, PaymentStatus.FAILED: 1, PaymentStatus.SUCCEEDED: 2}


@dataclass(frozen=True, slots=True)
class Chargeback:
    """A dispute at the provider as it stood when that was asked, and what it then held back."""

    id: str
    held: int
    is_over: bool


@dataclass(frozen=True, slots=True)
class PaymentFact:
    """One thing the provider said. None: it didn't say. `at` is the provider's time of it.

    `about_refund`: the word is about a refund, so what it says of `refunded` may also be less.
    `disputed` is of all disputes, and as exact as the moment in which it was asked for:
    `asked_at`, by our own clock. Without it, the word is as old as `at`. `chargebacks` are all
    disputes of the payment at that moment, as far as they are known.
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
    asked_at: datetime | None = None
    chargebacks: tuple[Chargeback, ...] = ()


def merged(payment: Payment, fact: PaymentFact) -> Payment:
    """Return the payment with the fact taken in.

    Success is final (what takes it back is a refund or a dispute); between processing and
    failed the later counts, as it does of what was refunded in all. Of what is disputed in all,
    the answer to the latest question counts: it was asked for after everything that an earlier
    one could know. A closed dispute isn't opened again, but an appeal may still move its money.
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
    known = _with_disputed(payment, fact, was_closed=dispute in payment.closed_disputes)
    over = [each.id for each in fact.chargebacks if each.is_over]
    if fact.dispute_closed:
        over.append(dispute)
    closed = tuple(dict.fromkeys((*known.closed_disputes, *over)))
    told = (*known.open_disputes, dispute, *(each.id for each in fact.chargebacks))
    still_open = tuple(each for each in dict.fromkeys(told) if each not in closed)
    return replace(known, open_disputes=still_open, closed_disputes=closed)


def _with_disputed(payment: Payment, fact: PaymentFact, *, was_closed: bool) -> Payment:
    """Of words about disputes, the one that was asked for last counts.

    About a closed one only a later word is news: its beginning may arrive last, and be of the same
    moment as its end.
    """
    if fact.disputed is None:
        return payment
    asked_at, known_at = fact.asked_at or fact.at, payment.disputed_at
    is_older = known_at is not None and asked_at < known_at
    if is_older or (was_closed and asked_at == known_at):
        return payment
    return replace(payment, disputed=fact.disputed, disputed_at=asked_at)
