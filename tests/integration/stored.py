"""What else is stored while the meter runs: open invoices of others, and cases that are due."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from chalicelib.domain.case import Case
from chalicelib.ports.storage import Record
from tests.builders import a_case, a_customer, an_invoice, case_of, utc

FAR = utc("2030-01-01")
DUE_AT_ONCE = 400
PER_CUSTOMER = 5


def stored_invoices(invoices: int) -> Iterator[Record]:
    for number in range(invoices):
        owner = f"stored {number // PER_CUSTOMER * PER_CUSTOMER}"
        if number % PER_CUSTOMER == 0:
            yield a_customer(owner)
        invoice = an_invoice(f"stored {number}", customer=owner)
        yield invoice
        yield case_of(invoice, due_at=FAR, channel="email")


def due_cases(at: Any) -> Iterator[Case]:
    for number in range(DUE_AT_ONCE):
        case = a_case(f"due {number}", customer=f"due {number}")
        yield replace(case, due_at=at + timedelta(seconds=number + 1), channel="email")
