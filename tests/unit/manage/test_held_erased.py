"""Nobody who was erased is reminded in a restored stage, also where they can't be erased again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.payment import Payment
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.ports.storage import Write
from chalicelib.services.create_customer import create_customer
from chalicelib.services.erase_customer import erase_customer
from chalicelib.storage.mapping import to_record
from manage.erasures import Erased, repeat
from tests.builders import LIVE
from tests.deeds import BILLING, OFFICE
from tests.fakes.ledger import InMemoryLedger
from tests.world import World, somebody

NOBODY = {"erased": 0, "not_here": 0, "refused": [], "unreadable": [], "complete": True}


def worlds(**new: Any) -> tuple[World, World]:
    """Return a stage and what was restored of it, which stand alike until something is done."""
    return World(), World(**new)


def erased(old: World, customer_id: str) -> Erased:
    """Erase a customer in the old stage, and return them as its table has them."""
    after = erase_customer(old.ports, LIVE, OFFICE, customer_id, ErasureReason.OBJECTION)
    return Erased(LIVE, customer_id, to_record(after, shards=2).serialize())


def unreadable(one: Erased) -> Erased:
    damaged = {**one.image, "erasure": {"S": '{"asked_at": "once"}'}}
    return Erased(one.tenant, one.customer_id, damaged)


def told(one: Erased, **why: object) -> dict[str, object]:
    return {"tenant": LIVE.key, "customer": one.customer_id, **why}


def posted(*stages: World) -> list[Invoice]:
    """Return the same invoice in each stage."""
    return [each.post("R-1", due="2026-01-10") for each in stages]


def settled(world: World, invoice: Invoice) -> str:
    world.void(invoice)
    return invoice.customer_id


@pytest.mark.parametrize("readable", [True, False])
def test_nobody_who_was_erased_is_reminded_of_what_was_settled_since(readable: bool):  # noqa: FBT001
    old, new = worlds()
    [invoice, _] = posted(old, new)
    one = erased(old, settled(old, invoice))

    answer = repeat(new.ports, [one if readable else unreadable(one)], OFFICE)
    new.until("2026-03-31")

    refusal = told(one, code="customer_has_open_invoices", held=True)
    fault = told(one, fault="ValidationError", held=True)
    left = {"refused": [refusal]} if readable else {"unreadable": [fault]}
    assert answer == {**NOBODY, **left, "complete": False}
    assert new.email.sent == new.sms.sent == []


def test_a_hold_with_an_end_gives_way_and_one_without_stays():
    old, new = worlds()
    pairs = [
        [each.post(number, due="2026-01-10") for each in (old, new)] for number in ("R-1", "R-2")
    ]
    new.hold(pairs[0][1], "2026-02-01 08:00")
    kept = new.hold(pairs[1][1])
    for before, _ in pairs:
        old.void(before)

    repeat(new.ports, [erased(old, kept.customer_id)], OFFICE)

    assert [pause.until for pause in new.case(pairs[0][1]).pauses] == [None]
    assert new.case(pairs[1][1]) == kept


class Damaged(InMemoryLedger):
    """A ledger in which some of one customer's records can't be read."""

    def __init__(self, error: Exception, *, whole_file: bool) -> None:
        super().__init__(shards=2)
        self.error, self.whole_file = error, whole_file
        self.customer_id = ""

    def file(self, tenant: Tenant, customer_id: str) -> CustomerFile | None:
        if self.whole_file and customer_id == self.customer_id:
            raise self.error
        return super().file(tenant, customer_id)

    def payments_of(self, tenant: Tenant, customer_id: str) -> tuple[Payment, ...]:
        if customer_id == self.customer_id:
            raise self.error
        return super().payments_of(tenant, customer_id)


@pytest.mark.parametrize("whole_file", [True, False])
def test_a_file_that_can_not_be_made_out_here_is_held_as_far_as_it_can(whole_file: bool):  # noqa: FBT001
    ledger = Damaged(UnreadableRecordError("CASE#1 lacks amount"), whole_file=whole_file)
    old, new = worlds(ledger=ledger)
    [invoice, _] = posted(old, new)
    other = [create_customer(each.ports, LIVE, BILLING, somebody("other")) for each in (old, new)]
    one, next_one = erased(old, settled(old, invoice)), erased(old, other[0].id)
    ledger.customer_id = invoice.customer_id

    answer = repeat(new.ports, [one, next_one], OFFICE)

    fault = told(one, fault="UnreadableRecordError", held=not whole_file)
    assert answer == {**NOBODY, "erased": 1, "unreadable": [fault], "complete": False}
    assert bool(new.case(invoice).pauses) is not whole_file


def test_what_aws_refuses_ends_the_command_since_it_concerns_everybody():
    error = ClientError({"Error": {"Code": "AccessDeniedException"}}, "Query")
    ledger = Damaged(error, whole_file=True)
    old, new = worlds(ledger=ledger)
    [invoice, _] = posted(old, new)
    ledger.customer_id = invoice.customer_id

    with pytest.raises(ClientError):
        repeat(new.ports, [erased(old, settled(old, invoice))], OFFICE)


def test_who_lives_on_a_test_clock_that_is_gone_is_refused_and_not_taken_for_missing():
    old, new = worlds()
    [customer, _] = [create_customer(each.ports, LIVE, BILLING, somebody()) for each in (old, new)]
    one = erased(old, customer.id)
    before = new.ledger.customer(LIVE, customer.id)
    assert before
    on_a_clock = replace(before, test_clock="clk_0000000000000001", version=2)
    new.ledger.commit([Write(before, on_a_clock)])

    answer = repeat(new.ports, [one], OFFICE)

    refusal = told(one, code="not_found", held=True)
    assert answer == {**NOBODY, "refused": [refusal], "complete": False}
