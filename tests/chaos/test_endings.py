"""The provider's books and ours must say the same, whichever of the two has more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.payment import Payment
from chalicelib.services.receive_payment_event import payment_id
from tests.builders import a_payment, utc
from tests.endings import Ending, Paid, Violation

TRANSFER = a_payment()
ONLINE = replace(
    a_payment(100, provider_reference="pi_1"), id=payment_id(TRANSFER.customer_id, "pi_1")
)
TOLD = Paid(ONLINE.customer_id, "pi_1", 100)


def check(*payments: Payment, paid: tuple[Paid, ...]) -> None:
    Ending(payments, {}, utc("2026-02-01 09:00"), paid).check()


def test_the_same_on_both_sides_is_right():
    check(ONLINE, TRANSFER, paid=(TOLD,))


@pytest.mark.parametrize(
    ("payments", "paid"),
    [
        ((), (TOLD,)),
        ((replace(ONLINE, amount=99),), (TOLD,)),
        ((ONLINE,), ()),
        ((ONLINE, replace(ONLINE, id=TRANSFER.id, provider_reference="pi_2")), (TOLD,)),
    ],
)
def test_what_only_one_of_them_has_is_found(payments: tuple[Payment, ...], paid: tuple[Paid, ...]):
    with pytest.raises(Violation, match="I5"):
        check(*payments, paid=paid)
