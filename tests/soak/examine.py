"""`python -m tests.soak.examine FILE`: compares the real table with the creditor's books.

Runs with the environment of a deployed function. FILE holds `tenant`, `customers` (books by
customer id) and `since` (the soak's beginning). Prints JSON: what is wrong, and what was counted.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tqdm import tqdm

from chalicelib import bootstrap
from chalicelib.domain.case import Case, Outcome
from chalicelib.domain.payment import PaymentStatus
from chalicelib.domain.tenant import tenant_of
from chalicelib.domain.whole_file import WholeFile
from chalicelib.ports.storage import Cursor
from chalicelib.services.nightly import check_customer
from local.progress import interval

MOST_SHOWN = 50


@dataclass(slots=True)
class Findings:
    """What is wrong, and what was counted on the way."""

    faults: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    open_claims: list[str] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)


def main(path: str) -> None:
    """Examine every customer of the soak."""
    asked = json.loads(Path(path).read_text())
    tenant, ports, found = tenant_of(asked["tenant"]), bootstrap.ports(), Findings()
    customers: dict[str, Any] = asked["customers"]
    bar = tqdm(customers.items(), "examining", unit="", leave=False, mininterval=interval())
    for customer_id, books in bar:
        file = ports.ledger.whole_file(tenant, customer_id)
        if file is None:
            found.faults.append(f"{customer_id} is lost")
            continue
        found.faults += [f"{customer_id}: {fault}" for fault in _against_books(file, books)]
        found.faults += [
            f"{v.rule}: {v.record}" for v in check_customer(ports, tenant, customer_id)
        ]
        _count(file, asked, found)
    found.faults += _strangers(asked, customers)
    answer = {
        "faults": found.faults[:MOST_SHOWN],
        "fault_count": len(found.faults),
        "counts": found.counts,
        "open_claims": found.open_claims,
        "unsent": found.unsent,
        "sent": found.sent,
    }
    print(json.dumps(answer))


def _against_books(file: WholeFile, books: dict[str, Any]) -> Iterator[str]:
    """Say where a customer's file and the creditor's books differ."""
    invoices = Counter({each.number: 0 for each in file.invoices})
    invoices.update(each.number for each in file.invoices)
    if invoices != Counter(list(books["invoices"])):
        yield f"invoices {invoices} for {sorted(books['invoices'])}"
        return
    stored = [(each.provider_reference or each.reference, each) for each in file.payments]
    effective = sorted((name, each.effective) for name, each in stored if each.effective)
    if effective != sorted(books["payments"].items()):
        yield f"payments {effective} for {sorted(books['payments'].items())}"
    failed = sorted(str(n) for n, each in stored if each.status is PaymentStatus.FAILED)
    if failed != sorted(books["failed"]):
        yield f"failed payments {failed} for {books['failed']}"
    invoiced, paid = sum(books["invoices"].values()), sum(books["payments"].values())
    owed, credit = max(0, invoiced - paid), max(0, paid - invoiced)
    currency = books["currency"]
    if {each.currency.code for each in (*file.invoices, *file.payments)} != {currency}:
        yield "another currency"
    if sum(each.remaining for each in file.invoices) != owed:
        yield f"{sum(each.remaining for each in file.invoices)} are left to pay, for {owed}"
    kept = file.customer.balance.get(currency, 0), file.customer.credit.get(currency, 0)
    if kept != (owed, credit):
        yield f"balance and credit {kept} for {(owed, credit)}"
    if not books["overpaid"]:
        yield from _each_invoice(file, books)


def _each_invoice(file: WholeFile, books: dict[str, Any]) -> Iterator[str]:
    """Where nobody paid too much, every payment stays at the invoice that it names."""
    for invoice in file.invoices:
        own = [f"bank-{invoice.number}", f"pi_{invoice.number}a"]
        paid = sum(books["payments"].get(name, 0) for name in own)
        stands = (invoice.amount, invoice.paid)
        if stands != (books["invoices"][invoice.number], paid):
            yield f"{invoice.number} is {stands}, {paid} were paid"


def _count(file: WholeFile, asked: dict[str, Any], found: Findings) -> None:
    number = {each.case_id: each.number for each in file.invoices}
    found.counts["invoices"] += len(file.invoices)
    found.counts["payments"] += len(file.payments)
    found.counts["communications"] += len(file.communications)
    for case in file.cases:
        found.counts[f"case {case.status}"] += 1
        for result in case.results.values():
            found.counts[f"step {result.outcome}"] += 1
            if result.outcome is Outcome.SENT:
                found.sent.append(number[case.id])
        if case.claim:
            found.open_claims.append(number[case.id])
        elif case.is_open and _has_begun(case, asked) and not case.results:
            found.unsent.append(number[case.id])
    currency = file.customer.balance | file.customer.credit
    for code in currency:
        owed, credit = file.customer.balance.get(code, 0), file.customer.credit.get(code, 0)
        found.counts[f"{code} owed"] += owed
        found.counts[f"{code} credit"] += credit


def _has_begun(case: Case, asked: dict[str, Any]) -> bool:
    """Say whether the case should have had its step: it was overdue from the start."""
    return case.due_date.isoformat() < asked["since"]


def _strangers(asked: dict[str, Any], customers: dict[str, Any]) -> Iterator[str]:
    """Find customers and invoices that nobody knows of: something that was made twice."""
    ports, tenant = bootstrap.ports(), tenant_of(asked["tenant"])
    invoices = {number for books in customers.values() for number in books["invoices"]}
    counted: Counter[str] = Counter()
    after: str | None = None
    while True:
        page = ports.ledger.invoices_page(tenant, Cursor(limit=100, after=after))
        for each in page.data:
            if each.number.startswith(asked["prefix"]):
                counted[each.number] += 1
                if each.customer_id not in customers:
                    yield f"{each.id} is of an unknown customer"
        if not page.has_more or not page.data:
            break
        after = page.data[-1].id
    if counted != Counter(invoices):
        yield f"the list has {counted.total()} invoices, {len(invoices)} were posted"


if __name__ == "__main__":
    main(sys.argv[1])
