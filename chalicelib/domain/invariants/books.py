"""I4 and I5: money adds up, wherever it is written down, and counts once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chalicelib.domain.invariants.evidence import Evidence
from chalicelib.domain.invoice import InvoiceStatus


def invoice_adds_up(evidence: Evidence) -> Iterator[str]:
    """No amount is negative, nothing more was settled than asked, and the status says the same."""
    for invoice in evidence.file.invoices:
        parts = (invoice.charges, invoice.paid, invoice.credited, invoice.written_off)
        written_off = invoice.status is InvoiceStatus.WRITTEN_OFF
        if (
            invoice.amount <= 0
            or min(*parts, invoice.remaining) < 0
            or invoice.is_open != (invoice.remaining > 0)
            or invoice.is_open != (invoice.settled_at is None)
            or (invoice.written_off and not written_off)
            or (invoice.status is InvoiceStatus.VOID and invoice.paid)
        ):
            yield invoice.id


def paid_is_allocated(evidence: Evidence) -> Iterator[str]:
    """What an invoice calls paid is what payments allocate to it."""
    paid: Counter[str] = Counter()
    for payment in evidence.file.payments:
        for allocation in payment.allocations:
            paid[allocation.invoice_id] += allocation.amount
    for invoice in evidence.file.invoices:
        if invoice.paid != paid[invoice.id]:
            yield invoice.id


def credited_is_noted(evidence: Evidence) -> Iterator[str]:
    """What an invoice calls credited is what credit notes say, but where it was voided."""
    credited: Counter[str] = Counter()
    for note in evidence.file.credit_notes:
        credited[note.invoice_id] += note.amount
        about = evidence.invoices.get(note.invoice_id)
        if note.amount <= 0 or (about and about.currency != note.currency):
            yield note.id
    for invoice in evidence.file.invoices:
        noted = credited[invoice.id]
        voided = invoice.status is InvoiceStatus.VOID
        if noted > invoice.credited or (noted != invoice.credited and not voided):
            yield invoice.id


def allocations_fit(evidence: Evidence) -> Iterator[str]:
    """A payment pays no more than the creditor has of it, and only invoices in its currency.

    Where a large one is taken back, its allocations are lowered in portions.
    """
    for payment in evidence.file.payments:
        shares = payment.allocations
        paid = [evidence.invoices.get(share.invoice_id) for share in shares]
        if (
            payment.amount <= 0
            or min(payment.refunded, payment.disputed) < 0
            or payment.refunded > payment.amount
            or any(share.amount <= 0 for share in shares)
            or len({share.invoice_id for share in shares}) != len(shares)
            or any(invoice and invoice.currency != payment.currency for invoice in paid)
            or (payment.excess and evidence.has_settled(payment))
        ):
            yield payment.id


def balance_adds_up(evidence: Evidence) -> Iterator[str]:
    """The customer's balance is what is left of the invoices, by currency."""
    owed: Counter[str] = Counter()
    for invoice in evidence.file.invoices:
        owed[invoice.currency.code] += invoice.remaining
    if evidence.file.customer.balance != _nonzero(owed):
        yield evidence.file.customer.id


def credit_adds_up(evidence: Evidence) -> Iterator[str]:
    """The customer's credit is what payments have left, and names the payments that hold it."""
    customer = evidence.file.customer
    credit: Counter[str] = Counter()
    for payment in evidence.file.payments:
        credit[payment.currency.code] += payment.unapplied
    holding = sorted(each.id for each in evidence.file.payments if each.unapplied)
    if customer.credit != _nonzero(credit) or sorted(customer.credit_payments) != holding:
        yield customer.id


def provider_event_once(evidence: Evidence) -> Iterator[str]:
    """A provider's event counts once, and so does a provider's payment."""
    known: set[str] = set()
    for payment in evidence.file.payments:
        marks = [*payment.provider_events, payment.provider_reference]
        own = [mark for mark in marks if mark]
        if len(set(own)) != len(own) or known.intersection(own):
            yield payment.id
        known.update(own)


def _nonzero(amounts: Counter[str]) -> dict[str, int]:
    return {code: amount for code, amount in amounts.items() if amount}
