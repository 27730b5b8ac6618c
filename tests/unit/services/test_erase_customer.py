"""An erased customer is nobody: nothing stored names them, and the books still add up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.customer import Suppression
from chalicelib.domain.erasure import is_nameless, nameless_event
from chalicelib.domain.errors import (
    CustomerErasedError,
    CustomerHasMoneyInFlightError,
    CustomerHasOpenInvoicesError,
    NotFoundError,
)
from chalicelib.domain.event import Event
from chalicelib.domain.privacy import ErasureReason
from chalicelib.ports.messages import EmailEventKind
from chalicelib.ports.payments import ProviderState
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.nightly import check_customer
from chalicelib.services.pay_page import Visit, show_pay_page, start_checkout
from chalicelib.services.settle_communication import settle_communication
from tests.builders import LIVE
from tests.unit.erika import ASKED, ERIKA, NAMES, a_life, erase, names_left, stored
from tests.world import World, somebody


def test_nothing_that_is_stored_names_the_customer_and_the_books_add_up():
    world = World()
    invoice = a_life(world)
    before = world.ledger.whole_file(LIVE, invoice.customer_id)
    assert names_left(world, invoice) == list(NAMES)

    erase(world, invoice)

    everything = stored(world, invoice.customer_id)
    assert names_left(world, invoice) == []
    events = [each for each in everything if isinstance(each, Event)]
    assert [each for each in events if nameless_event(each) != each] == []
    after = world.ledger.whole_file(LIVE, invoice.customer_id)
    assert all(is_nameless(each) for each in after.records)
    figures = [(each.number, each.amount, each.paid, each.credited) for each in before.invoices]
    assert figures == [(e.number, e.amount, e.paid, e.credited) for e in after.invoices]
    assert [each.allocations for each in before.payments] == [
        each.allocations for each in after.payments
    ]
    assert len(after.communications) == len(before.communications) > 0
    world.clock.advance(days=1)
    assert check_customer(world.ports, LIVE, invoice.customer_id) == []


def test_a_debt_and_money_on_its_way_stand_against_it():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    with pytest.raises(CustomerHasOpenInvoicesError):
        erase(world, invoice)
    card = world.hear(world.card(invoice, state=ProviderState.PROCESSING))
    world.void(invoice)
    with pytest.raises(CustomerHasMoneyInFlightError):
        erase(world, invoice)
    world.hear(world.later(card, "payment_intent.succeeded", state=ProviderState.SUCCEEDED))
    with pytest.raises(CustomerHasMoneyInFlightError):
        erase(world, invoice)  # it is credit now
    assert world.customer(invoice).email == ERIKA["email"]
    world.hear(world.later(card, "charge.refunded", refunded=invoice.amount))

    assert erase(world, invoice).name == ""


def test_an_open_dispute_stands_against_it():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    card = world.hear(world.card(invoice))
    world.hear(world.later(card, "charge.dispute.created", disputed=0, dispute="dp_1"))
    payment = world.ledger.payments_of(LIVE, invoice.customer_id)[0]
    if not payment.open_disputes:
        pytest.fail("the dispute isn't open")
    with pytest.raises(CustomerHasMoneyInFlightError):
        erase(world, invoice)


def test_the_trail_says_who_asked_why_and_when_it_was_done_and_again_changes_nothing():
    world = World()
    invoice = a_life(world)
    erase(world, invoice)
    erased = world.customer(invoice)
    written = len(world.ledger.changes)

    again = erase(world, invoice)

    assert again == erased
    assert len(world.ledger.changes) == written
    events = [each for each in stored(world, invoice.customer_id) if isinstance(each, Event)]
    told = [each for each in events if each.type.startswith("customer.eras")]
    assert sorted(each.type for each in told) == ["customer.erased", "customer.erasure_requested"]
    assert {(each.by, each.data["reason"]) for each in told} == {
        ("api_key:office", "consent_withdrawn")
    }
    assert erased.erasure.done_at >= erased.erasure.asked_at
    assert [each for each in events if each.type == "customer.updated"] == []
    with pytest.raises(NotFoundError):
        erase_customer(world.ports, LIVE, ASKED, "cus_nobody", ErasureReason.OBJECTION)


def test_nothing_more_is_taken_in_for_them_and_their_external_id_is_free():
    world = World()
    invoice = a_life(world)
    link = Visit(LIVE, invoice.customer_id)
    erase(world, invoice)

    with pytest.raises(CustomerErasedError):
        world.post("R-3", due="2026-06-15", customer=invoice.customer_id)
    with pytest.raises(CustomerErasedError):
        world.change(invoice, email="new@mustermann.example")
    with pytest.raises(NotFoundError):
        show_pay_page(world.ports, link)
    with pytest.raises(NotFoundError):
        start_checkout(world.ports, link, invoice.currency, (invoice.id,), None, "https://x.test")
    again = world.post("R-4", due="2026-06-15", customer=somebody(**ERIKA))
    assert again.customer_id != invoice.customer_id
    assert world.ledger.customer(LIVE, again.customer_id).email == ERIKA["email"]


def test_refused_addresses_stay_refused_and_are_kept_as_hashes_only():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    world.until("2026-01-12 08:05")
    [message] = world.email.sent
    world.mail_event(message, EmailEventKind.COMPLAINED)
    world.pay(invoice)
    world.days(1)
    erase(world, invoice)
    assert names_left(world, invoice) == []

    same = {**ERIKA, "email": "Erika@Mustermann.example"}
    back = world.post("R-2", due="2026-02-15", customer=somebody(**same))
    other = world.post("R-3", due="2026-02-15", customer=somebody("other"))

    assert world.customer(back).usable_email() is None
    assert world.customer(back).suppressed == {ERIKA["email"]: Suppression.COMPLAINED}
    assert world.customer(other).suppressed == {}
    changed = world.change(other, email=ERIKA["email"])
    assert changed.usable_email() is None


def test_a_complaint_that_comes_late_is_remembered_without_the_address():
    world = World()
    invoice = world.post("R-1", due="2026-01-15", customer=somebody(**ERIKA))
    world.until("2026-01-12 08:05")
    [message] = world.email.sent
    world.pay(invoice)
    world.days(1)
    erase(world, invoice)
    says = replace(
        world.mail_event(message, EmailEventKind.SENT),
        kind=EmailEventKind.COMPLAINED,
        reason=f"abuse reported by {ERIKA['email']}",
    )
    settle_communication(world.ports, says)
    world.work()

    assert names_left(world, invoice) == []
    back = world.post("R-2", due="2026-02-15", customer=somebody(**ERIKA))
    assert world.customer(back).suppressed == {ERIKA["email"]: Suppression.COMPLAINED}
