"""What was answered, held against what is there: done means done, and no means that it couldn't be.

A refusal that is none of the expected ones would make a life easy: nothing happens in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from chalicelib.domain.customer import Customer
from chalicelib.domain.invoice import Invoice, InvoiceStatus
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.ports.storage import Record
from tests.endings import require

if TYPE_CHECKING:
    from tests.chaos.people import People
    from tests.chaos.plan import Plan

MAY_BE_REFUSED: Mapping[str, frozenset[str]] = {
    "credit": frozenset({"invoice_not_open", "amount_exceeds_remaining"}),
    "void": frozenset({"invoice_not_open", "invoice_has_payments"}),
    "write_off": frozenset({"invoice_not_open"}),
    "hold": frozenset({"case_not_open", "invalid_request"}),
}
"""Why a deed may be refused: others were faster, or a hold that was put off would have ended."""


def answered(people: People, plan: Plan, records: Iterable[Record]) -> None:
    """Raise Violation where an answer doesn't fit what is there in the end."""
    there = {record.id: record for record in records}
    for order in plan.orders:
        require(order.answer, f"I7: {order.number} was never taken")
    for name, code in people.refused:
        expected = MAY_BE_REFUSED.get(name.partition(" ")[0], frozenset())
        require(code in expected, f"{name} was refused: {code}")
    for name, answer in people.taken:
        record = there.get(answer["id"])
        require(record, f"I7: {name} got lost: {answer['id']}")
        fits = _FITS.get(name.partition(" ")[0], _is_there)
        require(fits(record, answer), f"I7: {name} was answered with {answer}, there is {record}")


def _is_there(record: Any, _: dict[str, Any]) -> bool:
    return bool(record)


def _is_void(record: Any, _: dict[str, Any]) -> bool:
    return isinstance(record, Invoice) and record.status is InvoiceStatus.VOID


def _has_its_amount(record: Any, answer: dict[str, Any]) -> bool:
    same_kind = isinstance(record, Payment | CreditNote)
    amount = (answer["amount"], answer["currency"])
    return same_kind and (record.amount, record.currency.code) == amount


def _has_moved(record: Any, _: dict[str, Any]) -> bool:
    return isinstance(record, Customer) and "@moved.example.com" in (record.email or "")


_FITS: Mapping[str, Callable[[Any, dict[str, Any]], bool]] = {
    "transfer": _has_its_amount,
    "part": _has_its_amount,
    "too_much": _has_its_amount,
    "credit": _has_its_amount,
    "void": _is_void,
    "move": _has_moved,
}
"""What must be so in the end once a deed was done; others may be undone by what comes later."""
