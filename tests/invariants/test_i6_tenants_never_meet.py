"""I6: one creditor can neither read, change nor detect another's records; live and test neither.

Guards: every read and write names the tenant; ids are looked up in the caller's partition only.
The link to a customer's page is tried here, too; keys and routes have tests of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from chalicelib.domain.communication import Task
from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.storage import Cursor
from chalicelib.services.cancel_invoice import void_invoice, write_off_invoice
from chalicelib.services.complete_task import complete_task
from chalicelib.services.explain_case import explain_case
from chalicelib.services.issue_credit_note import NewCreditNote, issue_credit_note
from chalicelib.services.pause_case import pause_case, resume_case
from chalicelib.services.pay_page import Visit, show_pay_page, start_checkout
from chalicelib.services.receive_payment_event import apply_provider_payment
from chalicelib.services.record_payment import NewPayment, record_payment
from chalicelib.services.test_clocks import create_test_clock, load_test_clock, request_advance
from chalicelib.services.update_customer import update_customer
from tests.builders import CREDITOR_ID, EUR, LIVE, TEST, a_creditor, eur, utc
from tests.deeds import BILLING
from tests.world import World, somebody

OTHER = Tenant("cr_" + "D" * 16, Mode.LIVE)
STRANGERS = [OTHER, Tenant(CREDITOR_ID, Mode.TEST)]


@pytest.fixture
def world() -> World:
    """A live invoice, a task and a message of the first creditor; the others exist, too."""
    world = World("2026-01-02 08:00")
    world.ledger.save_creditor(a_creditor(id=OTHER.creditor_id, default_sequence="seq_default"))
    sequence = world.ledger.sequence(LIVE, "seq_default")
    assert sequence is not None
    world.ledger.add_sequence(OTHER, sequence)
    world.post("R-1", due="2026-01-15", customer=somebody(email=None, phone=None))
    world.until("2026-01-13 00:00")
    return world


@dataclass(frozen=True, slots=True)
class Call:
    """A stranger's call: the ids are the first creditor's, the tenant is the stranger's."""

    world: World
    tenant: Tenant
    invoice: Invoice
    task: Task

    def pay(self) -> object:
        order = NewPayment(self.invoice.id, eur(1), self.world.now(), Method.CASH)
        return record_payment(self.world.ports, self.tenant, BILLING, order)

    def credit(self) -> object:
        order = NewCreditNote(self.invoice.id, eur(1), "no")
        return issue_credit_note(self.world.ports, self.tenant, BILLING, order)

    def void(self) -> object:
        return void_invoice(self.world.ports, self.tenant, BILLING, self.invoice.id)

    def write_off(self) -> object:
        return write_off_invoice(self.world.ports, self.tenant, BILLING, self.invoice.id)

    def pause(self) -> object:
        case, ports = self.invoice.case_id, self.world.ports
        return pause_case(ports, self.tenant, BILLING, case, reason="no", until=None)

    def resume(self) -> object:
        return resume_case(self.world.ports, self.tenant, BILLING, self.invoice.case_id)

    def explain(self) -> object:
        return explain_case(self.world.ports, self.tenant, self.invoice.case_id)

    def update(self) -> object:
        customer = self.invoice.customer_id
        return update_customer(self.world.ports, self.tenant, BILLING, customer, {"name": "no"})

    def complete(self) -> object:
        return complete_task(self.world.ports, self.tenant, BILLING, self.task.id, "no", None)

    def page(self) -> object:
        return show_pay_page(self.world.ports, Visit(self.tenant, self.invoice.customer_id))

    def checkout(self) -> object:
        visit = Visit(self.tenant, self.invoice.customer_id)
        url = "https://pay.test"
        return start_checkout(self.world.ports, visit, EUR, (self.invoice.id,), None, url)

    def webhook(self) -> object:
        fact = replace(self.world.card(self.invoice), tenant=self.tenant)
        return apply_provider_payment(self.world.ports, fact)


CALLS = [name for name in vars(Call) if name[0] != "_" and name not in Call.__slots__]


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize("call", CALLS)
def test_a_strangers_call_finds_nothing_and_changes_nothing(
    world: World, stranger: Tenant, call: str
):
    made = Call(world, stranger, _first(world, Invoice), _first(world, Task))
    before = dict(world.ledger._records)
    with pytest.raises(NotFoundError):
        getattr(made, call)()
    assert world.ledger._records == before
    assert world.payments.requests == []


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_posts_to_no_foreign_customer_and_its_lists_stay_empty(
    world: World, stranger: Tenant
):
    foreign = _first(world, Invoice).customer_id
    world.tenant = stranger
    with pytest.raises(InvalidError):
        world.post("R-2", due="2026-01-15", customer=foreign)
    ledger, cursor = world.ledger, Cursor(100)
    pages = [
        ledger.customers_page(stranger, cursor),
        ledger.invoices_page(stranger, cursor, customer_id=foreign),
        ledger.invoices_page(stranger, cursor),
        ledger.cases_page(stranger, cursor),
        ledger.tasks_page(stranger, cursor),
        ledger.communications_page(stranger, cursor),
        ledger.events_page(stranger, cursor),
    ]
    assert all(page.data == () and not page.has_more for page in pages)


@pytest.mark.parametrize("stranger", STRANGERS)
def test_the_same_number_and_external_id_are_free_for_everybody(world: World, stranger: Tenant):
    """A taken number would betray that the other creditor has it."""
    first = _first(world, Invoice)
    world.tenant = stranger
    own = world.post("R-1", due="2026-02-15")
    assert own.customer_id != first.customer_id
    assert world.ledger.invoice(LIVE, own.id) is None
    assert world.invoice(first) == first


def test_a_test_clock_belongs_to_one_creditor():
    world = World("2026-01-02 08:00", tenant=TEST)
    clock = create_test_clock(world.ports, TEST, BILLING, utc("2026-01-02"))
    stranger = Tenant(OTHER.creditor_id, Mode.TEST)
    with pytest.raises(NotFoundError):
        load_test_clock(world.ports, stranger, clock.id)
    with pytest.raises(NotFoundError):
        request_advance(world.ports, stranger, BILLING, clock.id, utc("2026-02-02"))
    world.tenant = stranger
    with pytest.raises(InvalidError):
        world.post("R-1", due="2026-02-15", customer=somebody(test_clock=clock.id))


def test_a_page_shows_and_pays_its_own_customers_invoices_only(world: World):
    mine = world.post("R-8", due="2026-02-15", customer=somebody("two"))
    foreign = _first(world, Invoice)
    page = show_pay_page(world.ports, Visit(LIVE, mine.customer_id))
    assert [each.number for each in page.invoices] == ["R-8"]
    with pytest.raises(InvalidError):
        start_checkout(
            world.ports,
            Visit(LIVE, mine.customer_id),
            EUR,
            (mine.id, foreign.id),
            Money(1, EUR),
            "https://pay.test",
        )


def _first(world: World, kind: type):
    return next(each for each in world.ledger._records.values() if isinstance(each, kind))
