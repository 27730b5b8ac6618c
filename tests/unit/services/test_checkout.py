"""The customer's page and the way to the provider: own open invoices, in one currency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.errors import NotFoundError, PaymentUnavailableError
from chalicelib.domain.money import Money
from chalicelib.domain.privacy import ErasureReason
from chalicelib.ports.payments import Checkout, CheckoutRequest, ProviderState
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.pay_page import ChoiceError, Visit, show_pay_page, start_checkout
from chalicelib.services.receive_payment_event import apply_provider_payment
from tests.builders import EUR, JPY, LIVE, customer_id, eur, utc
from tests.deeds import OFFICE
from tests.fakes.payments import FakePaymentProvider
from tests.world import World, somebody

BACK = "https://pay.test/pay/token"


def a_world() -> World:
    return World("2026-01-02 08:00")


def test_the_page_shows_what_is_owed_oldest_due_first_and_what_the_message_was_about():
    world = a_world()
    world.post("R-2", due="2026-01-20", amount=50_00)
    first = world.post("R-1", due="2026-01-15")
    world.until("2026-01-12 10:00")
    message = world.email.sent[0].communication_id
    page = show_pay_page(world.ports, Visit(LIVE, first.customer_id, message))
    assert [each.number for each in page.invoices] == ["R-1", "R-2"]
    assert page.highlighted == {first.id}
    assert [each.days_overdue for each in page.invoices] == [-3, -8]


def test_an_invoice_of_the_message_that_is_paid_meanwhile_is_shown_as_paid():
    world = a_world()
    first = world.post("R-1", due="2026-01-15")
    world.until("2026-01-12 10:00")
    world.pay(first, 130_00)
    message = world.email.sent[0].communication_id
    page = show_pay_page(world.ports, Visit(LIVE, first.customer_id, message))
    assert [(each.number, each.status) for each in page.invoices] == [("R-1", "paid")]
    assert page.credit == (eur(30_00),)


def test_a_page_of_nobody_is_not_found():
    with pytest.raises(NotFoundError):
        show_pay_page(a_world().ports, Visit(LIVE, customer_id("nobody")))


def test_a_checkout_names_invoices_amounts_and_the_message():
    world = a_world()
    invoices = [world.post(f"R-{n}", due="2026-01-15", amount=10_00 + n) for n in (1, 2)]
    world.until("2026-01-12 10:00")
    message = world.email.sent[0].communication_id
    visit = Visit(LIVE, invoices[0].customer_id, message)
    named = tuple(invoice.id for invoice in reversed(invoices))
    url = start_checkout(world.ports, visit, EUR, named, None, BACK)
    (request,) = world.payments.requests
    assert url == "https://checkout.test/cs_0001"
    assert request.amount == eur(20_03)
    assert request.named == tuple(invoice.id for invoice in invoices)
    assert request.lines == (("R-1", eur(10_01)), ("R-2", eur(10_02)))
    assert request.communication_id == message
    assert (request.success_url, request.cancel_url) == (
        f"{BACK}/done",
        f"{BACK}?notice=cancelled",
    )
    customer = world.customer(invoices[0])
    assert (customer.checkouts, customer.visited_at) == (("cs_0001",), utc("2026-01-12 10:00"))


def test_part_of_it_where_the_creditor_allows_that():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.checkout(invoice, 40_00)
    assert world.payments.requests[0].lines == (("R-1", eur(40_00)),)
    sequence = world.ledger.creditor(LIVE.creditor_id)
    assert sequence is not None
    world.ledger.save_creditor(replace(sequence, part_payment=False))
    with pytest.raises(ChoiceError) as refused:
        world.checkout(invoice, 40_00)
    assert refused.value.notice == "amount_invalid"


@pytest.mark.parametrize("cents", [0, -1, 100_01])
def test_nothing_less_and_nothing_more_than_what_is_owed(cents: int):
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    with pytest.raises(ChoiceError) as refused:
        world.checkout(invoice, cents)
    assert refused.value.notice == "amount_invalid"
    assert world.payments.requests == []


def test_what_cannot_be_chosen_says_why():
    world = a_world()
    euro = world.post("R-1", due="2026-01-15")
    yen = world.post("R-2", due="2026-01-15", of="jpy")
    paid = world.post("R-3", due="2026-01-15")
    world.pay(paid)
    processing = world.post("R-4", due="2026-01-15")
    world.hear(world.card(processing, state=ProviderState.PROCESSING))
    other = world.post("R-5", due="2026-01-15", customer=somebody("two"))
    many = [world.post(f"S-{n}", due="2026-01-15").id for n in range(31)]
    visit = Visit(LIVE, euro.customer_id)
    for ids, of, notice in (
        ((), EUR, "nothing_selected"),
        ((euro.id, yen.id), EUR, "nothing_selected"),
        ((euro.id,), JPY, "nothing_selected"),
        ((processing.id,), EUR, "nothing_selected"),
        ((paid.id, euro.id), EUR, "already_paid"),
        ((other.id,), EUR, "already_paid"),
        (("nonsense",), EUR, "already_paid"),
        (tuple(many), EUR, "too_many"),
    ):
        with pytest.raises(ChoiceError) as refused:
            start_checkout(world.ports, visit, of, ids, None, BACK)
        assert refused.value.notice == notice, ids
    assert world.payments.requests == []


def test_an_unreachable_provider_leaves_no_trace():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.payments.down = True
    with pytest.raises(PaymentUnavailableError):
        world.checkout(invoice)
    assert world.customer(invoice).checkouts == ()


def test_the_same_choice_on_the_same_page_is_one_checkout_however_often_it_is_clicked():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    urls = {world.checkout(invoice) for _ in range(3)}
    assert len(urls) == 1
    assert world.customer(invoice).checkouts == ("cs_0001",)


def test_another_amount_or_another_rest_is_another_checkout():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    first = world.checkout(invoice, 20_00)
    assert world.checkout(invoice, 30_00) != first
    world.pay(invoice, 50_00)
    assert world.checkout(invoice, 20_00) != first
    assert world.customer(invoice).checkouts == ("cs_0003", "cs_0002", "cs_0001")


@pytest.mark.parametrize("amounts", [(None, None), (None, 160_00), (160_00, None)])
def test_what_is_disputed_makes_another_checkout_of_the_same_amount(
    amounts: tuple[int | None, int | None],
):
    """The provider is sent lines with what is payable; the same key with others is refused."""
    world = a_world()
    one, two = (world.post(name, due="2026-01-15") for name in ("R-1", "R-2"))
    visit, named, urls = Visit(LIVE, one.customer_id), (one.id, two.id), set()
    for disputed, amount in zip((one, two), amounts, strict=True):
        dispute = world.dispute(disputed, 40_00)
        chosen = None if amount is None else eur(amount)
        urls.add(start_checkout(world.ports, visit, EUR, named, chosen, BACK))
        world.resolve(dispute, "rejected")
        if amount is not None:
            urls.add(start_checkout(world.ports, visit, EUR, named, chosen, BACK))
    assert len(urls) == 2 + sum(amount is not None for amount in amounts)


def test_after_a_debit_of_which_nobody_heard_again_the_invoice_can_be_paid_anew():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15")
    world.checkout(invoice)
    fact = world.payments.pay("cs_0001", state=ProviderState.PROCESSING, at=world.clock.now())
    apply_provider_payment(world.ports, fact)
    with pytest.raises(ChoiceError):
        world.checkout(invoice)
    world.clock.advance(days=27)
    assert not show_pay_page(world.ports, Visit(LIVE, invoice.customer_id)).invoices[0].processing
    assert world.checkout(invoice)


def test_the_amount_is_in_the_currency_of_the_invoices():
    world = a_world()
    invoice = world.post("R-1", due="2026-01-15", amount=9_000, of="jpy")
    start_checkout(
        world.ports,
        Visit(LIVE, invoice.customer_id),
        JPY,
        (invoice.id,),
        Money(5_000, JPY),
        BACK,
    )
    assert world.payments.requests[0].amount == Money(5_000, JPY)


def test_of_more_invoices_than_one_payment_can_pay_the_oldest_are_chosen_beforehand():
    world = a_world()
    posted = [
        world.post(f"R-{number:02}", due=f"2026-02-{1 + number % 28:02}", amount=1_00)
        for number in range(35)
    ]
    page = show_pay_page(world.ports, Visit(LIVE, posted[0].customer_id))
    assert len(page.highlighted) == 30
    oldest = sorted(page.invoices, key=lambda shown: (shown.due_date, shown.number))[:30]
    assert page.highlighted == {shown.id for shown in oldest}


class ErasedMeanwhile(FakePaymentProvider):
    """A provider that takes so long to open a checkout that the customer is gone by then."""

    world: World

    def start_checkout(self, request: CheckoutRequest) -> Checkout:
        reason = ErasureReason.OBJECTION
        self.world.pay(self.world.ledger.invoice(LIVE, request.named[0]))
        erase_customer(self.world.ports, LIVE, OFFICE, request.customer_id, reason)
        return super().start_checkout(request)


def test_nothing_is_remembered_of_a_customer_who_is_erased_while_the_checkout_opens():
    provider = ErasedMeanwhile()
    world = provider.world = World("2026-01-02 08:00", payments=provider)
    invoice = world.post("R-1", due="2026-01-15")

    with pytest.raises(NotFoundError):
        start_checkout(
            world.ports, Visit(LIVE, invoice.customer_id), EUR, (invoice.id,), None, BACK
        )

    customer = world.customer(invoice)
    assert customer.erasure
    assert (customer.checkouts, customer.visited_at) == ((), None)
