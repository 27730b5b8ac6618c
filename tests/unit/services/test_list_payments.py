"""Payments and credit notes by customer and by invoice: newest first, in full pages, both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain import ids
from chalicelib.domain.errors import InvalidError
from chalicelib.domain.payment import Allocation, CreditNote, Payment
from chalicelib.ports.storage import Cursor, Page, Write
from chalicelib.services.list_payments import credit_notes_page, payments_page
from tests.builders import LIVE, TEST, a_credit_note, a_payment, customer_id, record_id, utc
from tests.world import World

START = utc("2026-01-01")
INVOICES = [record_id(ids.INVOICE, number) for number in ("R-0", "R-1", "R-2")]


@pytest.fixture
def world() -> World:
    return World("2026-02-01 08:00")


def nine_payments(world: World) -> list[Payment]:
    """Store payments, each on one of three invoices in turn; their ids don't follow time."""
    payments = [
        a_payment(
            name=f"P-{number * 7 % 9}",
            created_at=START + timedelta(minutes=number),
            allocations=(Allocation(INVOICES[number % 3], 1_00),),
        )
        for number in range(9)
    ]
    assert [each.id for each in payments] != sorted(each.id for each in payments)
    for payment in payments:
        world.ledger.commit([Write(None, payment)])
    return payments


def test_a_customers_payments_page_by_page(world: World):
    made = nine_payments(world)
    owner = customer_id()

    def page(cursor: Cursor) -> Page[Payment]:
        return payments_page(world.ports, LIVE, cursor, customer_id=owner)

    assert page(Cursor(4)) == Page(tuple(made[:4:-1]), has_more=True)
    assert page(Cursor(4, after=made[5].id)) == Page(tuple(made[4:0:-1]), has_more=True)
    assert page(Cursor(4, after=made[1].id)) == Page((made[0],), has_more=False)
    assert page(Cursor(4, before=made[0].id)) == Page(tuple(made[4:0:-1]), has_more=True)
    assert page(Cursor(4, before=made[4].id)) == Page(tuple(made[:4:-1]), has_more=False)
    assert page(Cursor(9)).has_more is False


def test_what_pays_an_invoice_fills_the_page(world: World):
    made = nine_payments(world)

    def page(cursor: Cursor, **of: str) -> Page[Payment]:
        return payments_page(world.ports, LIVE, cursor, invoice_id=INVOICES[0], **of)

    assert page(Cursor(2)) == Page((made[6], made[3]), has_more=True)
    assert page(Cursor(2, after=made[3].id)) == Page((made[0],), has_more=False)
    assert page(Cursor(2, before=made[0].id)) == Page((made[6], made[3]), has_more=False)
    assert page(Cursor(1, before=made[0].id)) == Page((made[3],), has_more=True)
    assert page(Cursor(3), customer_id=customer_id()).data == (made[6], made[3], made[0])
    assert page(Cursor(3), customer_id=customer_id("two")) == Page((), has_more=False)


def test_a_payment_that_pays_it_no_more_is_still_a_place_in_the_list(world: World):
    made = nine_payments(world)
    taken_back = replace(made[6], allocations=(), version=2)
    world.ledger.commit([Write(made[6], taken_back)])
    page = payments_page(world.ports, LIVE, Cursor(2, after=made[6].id), invoice_id=INVOICES[0])
    assert page == Page((made[3], made[0]), has_more=False)


@pytest.mark.parametrize(
    ("cursor", "pointer"),
    [
        (Cursor(2, after=record_id(ids.PAYMENT, "none")), "/starting_after"),
        (Cursor(2, before=record_id(ids.PAYMENT, "none")), "/ending_before"),
    ],
)
def test_a_place_that_is_none_of_the_list_is_named(world: World, cursor: Cursor, pointer: str):
    nine_payments(world)
    with pytest.raises(InvalidError) as refused:
        payments_page(world.ports, LIVE, cursor, customer_id=customer_id())
    assert [field.pointer for field in refused.value.fields] == [pointer]


def test_credit_notes_of_a_customer_and_of_an_invoice(world: World):
    early, late = (
        a_credit_note(
            number=number, invoice_id=INVOICES[1], created_at=START + timedelta(minutes=minute)
        )
        for number, minute in (("R-1", 1), ("R-2", 3))
    )
    other = replace(
        a_credit_note(number="R-0", created_at=START + timedelta(minutes=2)),
        invoice_id=INVOICES[0],
    )
    for note in (late, early, other):
        world.ledger.commit([Write(None, note)])

    def page(**of: str) -> Page[CreditNote]:
        return credit_notes_page(world.ports, LIVE, Cursor(2), **of)

    assert page(customer_id=customer_id()) == Page((late, other), has_more=True)
    assert page(invoice_id=INVOICES[1]) == Page((late, early), has_more=False)


def test_another_tenant_sees_none(world: World):
    nine_payments(world)
    page = payments_page(world.ports, TEST, Cursor(2), invoice_id=INVOICES[0])
    assert page == Page((), has_more=False)
