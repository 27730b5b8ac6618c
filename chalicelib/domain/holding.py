"""What a payment holds back: cases of invoices about whose money nobody can say yet.

While a payment is processing, or its chargeback is open, its invoices aren't followed up. What is
to be held follows from the payment as it stands; what is held, the payment remembers, so that
the pause is lifted from a case that something else closed in between, too.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.domain.books import Books
from chalicelib.domain.case import Case, CaseStatus, Pause, PauseKind
from chalicelib.domain.payment import Payment, PaymentStatus

PROCESSING_AT_MOST = timedelta(days=26)
"""Bank debits settle within 14 business days: with weekends 20 days, with the public holidays
around Christmas or Easter between up to 26. A debit silent for longer no longer holds back."""
RECORDING_AT_MOST = timedelta(hours=1)
"""How long cases wait for a payment that takes several transactions, should its worker die. What
it left as credit is applied by the last look from then on."""


def to_change(books: Books, before: Payment | None, payment: Payment) -> list[str]:
    """Return the invoices whose cases the payment still has to pause, or to release."""
    pause = pause_of(payment, books)
    if pause is None:
        return list(dict.fromkeys((*payment.held, *_carrying(books, payment.id))))
    concerned = dict.fromkeys((*_concerned(books, before, payment), *payment.held))
    cases = {each: books.cases[each] for each in concerned if each in books.cases}
    return [
        each
        for each, case in cases.items()
        if case.status is CaseStatus.OPEN and not _has(case, pause)
    ]


def change_pauses(books: Books, payment: Payment, invoice_ids: list[str]) -> Payment:
    """Pause these cases or release them; return the payment with what it holds from then on."""
    pause = pause_of(payment, books)
    for invoice_id in invoice_ids:
        others = _without(books.cases[invoice_id], payment.id)
        books.cases[invoice_id] = _with(others, pause) if pause else others
    released = set() if pause else set(invoice_ids)
    held = dict.fromkeys((*payment.held, *_carrying(books, payment.id)))
    return replace(payment, held=tuple(each for each in held if each not in released))


def hold_ahead(books: Books, payment: Payment, at_most: int) -> bool:
    """Pause what the payment will pay, but not with its first transaction; say whether there was.

    No reminder may be claimed for those once the payment is recorded.
    """
    coming = books.spread(payment, payment.unapplied)
    cases = (books.cases[allocation.invoice_id] for allocation in coming[books.at_once :])
    free = [case for case in cases if not _is_held(case, payment.id, books.now)][:at_most]
    until = books.now + RECORDING_AT_MOST
    kind = PauseKind.PAYMENT_PROCESSING
    pause = Pause(kind, "A payment is being recorded.", books.now, until, payment.id)
    for case in free:
        books.cases[case.invoice_id] = _with(_without(case, payment.id), pause)
    return bool(free)


def pause_of(payment: Payment, books: Books) -> Pause | None:
    """Return the pause that the payment asks for as it stands, None where all is clear."""
    if payment.status is PaymentStatus.PROCESSING:
        on_wall = books.customer.test_clock is None  # the provider's time isn't a test clock's
        begun = (payment.provider_at if on_wall else None) or books.now
        until = begun + PROCESSING_AT_MOST
        kind = PauseKind.PAYMENT_PROCESSING
        return Pause(kind, "A payment is processing.", books.now, until, payment.id)
    if payment.open_disputes:
        return Pause(PauseKind.DISPUTE, "A chargeback is open.", books.now, None, payment.id)
    return None


def _concerned(books: Books, before: Payment | None, payment: Payment) -> list[str]:
    """Return the invoices that a processing payment will pay, or a disputed one has paid."""
    if payment.status is PaymentStatus.PROCESSING:
        about = books.spread(payment, payment.amount)
    else:
        about = (*(before.allocations if before else ()), *payment.allocations)
    return [*payment.named, *(allocation.invoice_id for allocation in about)]


def _carrying(books: Books, reference: str) -> list[str]:
    return [
        invoice_id
        for invoice_id, case in books.cases.items()
        if any(pause.reference == reference for pause in case.pauses)
    ]


def _has(case: Case, wanted: Pause) -> bool:
    """Say whether the case has that pause, and had it perhaps since an earlier moment."""
    own = [pause for pause in case.pauses if pause.reference == wanted.reference]
    return [(pause.kind, pause.until) for pause in own] == [(wanted.kind, wanted.until)]


def _is_held(case: Case, reference: str, now: datetime) -> bool:
    return any(pause.reference == reference and pause.covers(now) for pause in case.pauses)


def _with(case: Case, pause: Pause) -> Case:
    return replace(case, pauses=(*case.pauses, pause))


def _without(case: Case, reference: str) -> Case:
    kept = tuple(pause for pause in case.pauses if pause.reference != reference)
    return case if kept == case.pauses else replace(case, pauses=kept)
