"""What was answered and isn't so, and refusals that nobody expects, are found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from chalicelib.domain.invoice import InvoiceStatus
from tests.builders import a_customer, a_payment, an_invoice
from tests.chaos.answers import MAY_BE_REFUSED, answered
from tests.chaos.plan import FATES, Order, Plan
from tests.endings import Violation

INVOICE, PAYMENT = an_invoice(), a_payment()
MOVED = a_customer(email="chaos0c1-0@moved.example.com")
VOID = an_invoice(status=InvoiceStatus.VOID)


@dataclass
class Answers:
    """What people were told."""

    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def plan(answer: dict[str, Any] | None) -> Plan:
    order = Order("R-1", {}, "eur", 100, 0, answer=answer)
    return Plan(0, {}, (order,), (), frozenset(), 0, ())


def check(answers: Answers) -> None:
    answered(answers, plan({"id": INVOICE.id}), [VOID, PAYMENT, MOVED])  # type: ignore[arg-type] # as much as is asked for


def paid(amount: int) -> dict[str, Any]:
    return {"id": PAYMENT.id, "amount": amount, "currency": "eur"}


def test_what_is_as_it_was_answered_is_right():
    taken = [("void R-1", {"id": VOID.id}), ("move R-1", {"id": MOVED.id})]
    check(Answers(taken=[*taken, ("transfer R-1", paid(PAYMENT.amount))]))
    check(Answers(refused=[(f"{deed} R-1", min(codes)) for deed, codes in MAY_BE_REFUSED.items()]))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("post R-2", {"id": "in_lost"}),
        ("transfer R-1", paid(PAYMENT.amount + 1)),
        ("void R-1", {"id": PAYMENT.id}),
        ("move R-1", {"id": VOID.id}),
    ],
)
def test_what_is_otherwise_than_answered_is_found(name: str, answer: dict[str, Any]):
    with pytest.raises(Violation, match="I7"):
        check(Answers(taken=[(name, answer)]))


@pytest.mark.parametrize("refused", [("transfer R-1", "not_found"), ("void R-1", "not_found")])
def test_a_refusal_for_no_good_reason_is_found(refused: tuple[str, str]):
    with pytest.raises(Violation, match="refused"):
        check(Answers(refused=[refused]))


def test_an_invoice_that_was_never_taken_is_found():
    with pytest.raises(Violation, match="never taken"):
        answered(Answers(), plan(None), [])  # type: ignore[arg-type] # as much as is asked for


def test_only_deeds_that_there_are_may_be_refused():
    assert MAY_BE_REFUSED.keys() <= {deed for _, deed in FATES}
