"""Promises to pay in a preview: made up like the rest of it, and judged as in production."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chalicelib.domain import ids
from chalicelib.domain.books import Books
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.judging import disputed_at, judged
from chalicelib.domain.promise import Covered, Promise, PromisedDate, Source, judged_after


def made_up(
    books: Books, invoice: Invoice, *, amount: int, day: date, grace_days: int, index: int
) -> Promise:
    """Return a promise of so many minor units by a local day."""
    return Promise(
        id=ids.child_id(ids.PROMISE, invoice.customer_id, ids.encode(index, ids.PART)),
        tenant=invoice.tenant,
        customer_id=invoice.customer_id,
        currency=invoice.currency,
        dates=(PromisedDate(day, amount),),
        covered=(Covered(invoice.id, invoice.paid, invoice.charges),),
        source=Source.OTHER,
        until=judged_after(day, grace_days, books.customer.calendar),
        created_at=books.now,
        grace_days=grace_days,
    )


def release_kept(books: Books, promises: list[Promise]) -> list[Promise]:
    """Let the cases go on whose promises the money has kept, and return the others."""
    standing = []
    for promise in promises:
        is_over = promise.until <= books.now
        after = judged(
            promise,
            books.invoices,
            books.customer.calendar,
            books.now,
            is_over=is_over,
            disputed=disputed_at(books.cases.values(), min(promise.until, books.now)),
        )
        if after.is_open:
            standing.append(promise)
            continue
        for each in promise.invoices:
            case = books.cases[each]
            others = tuple(pause for pause in case.pauses if pause.reference != promise.id)
            if others != case.pauses:
                books.cases[each] = replace(case, pauses=others)
    return standing
