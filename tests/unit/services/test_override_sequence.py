"""A customer, or an invoice, follows a sequence whatever the segments say; explain names who."""

from __future__ import annotations

import pytest

from chalicelib.domain.choice import Choice, ChosenBy, Override
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import (
    CaseInFlightError,
    CaseNotOpenError,
    CustomerErasedError,
    InvalidError,
    NotFoundError,
)
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.explain_case import explain_case
from chalicelib.services.override_sequence import (
    override_for_customer,
    override_for_invoice,
    reset_for_customer,
    reset_for_invoice,
)
from tests.builders import LIVE, TEST
from tests.deeds import OFFICE
from tests.unit.services.segmented import BIG, Town

WHY = Change(by="api_key:ak_manager", why="Key account: agreed with sales")


class Office(Town):
    """What a credit manager does."""

    def give(self, invoice: Invoice, sequence: str, change: Change = WHY) -> None:
        override_for_invoice(self.ports, LIVE, change, invoice.id, sequence)

    def give_all(self, invoice: Invoice, sequence: str) -> None:
        override_for_customer(self.ports, LIVE, WHY, invoice.customer_id, sequence)

    def why(self, invoice: Invoice) -> str:
        choice = explain_case(self.ports, LIVE, invoice.case_id).choice
        assert choice is not None
        return choice.why

    def told(self, of_type: str) -> list[tuple[str, str, dict]]:
        self.work()
        page = self.ledger.events_page(LIVE, Cursor(50), of_type=of_type)
        return [(each.by, each.why, each.data) for each in page.data]


@pytest.fixture
def office() -> Office:
    return Office()


def test_a_customers_sequence_is_for_all_open_invoices_and_those_to_come(office: Office):
    first = office.post("R-1", due="2026-01-15")
    office.give_all(first, office.firm)
    office.work()
    second = office.post("R-2", due="2026-01-15")
    for invoice in (first, second):
        assert office.follows(invoice) == office.firm
        assert office.case(invoice).choice == Choice(ChosenBy.CUSTOMER)
    expected = Override(office.firm, WHY.by, WHY.why, office.now())
    assert office.customer(first).override == expected
    assert office.told("customer.sequence_set") == [(WHY.by, WHY.why, {"sequence": office.firm})]


def test_it_is_stronger_than_segments_and_weaker_than_the_invoices_own(office: Office):
    office.segment(condition=BIG)
    big = office.post("R-1", due="2026-01-15", amount=900_00)
    named = office.post("R-2", due="2026-01-15", sequence=office.firm)
    office.give_all(big, "seq_default")
    office.work()
    assert (office.follows(big), office.follows(named)) == ("seq_default", office.firm)
    office.assign()
    assert (office.follows(big), office.follows(named)) == ("seq_default", office.firm)


def test_taken_back_the_rules_decide_again(office: Office):
    office.segment(condition=BIG)
    big, small = (
        office.post("R-1", due="2026-01-15", amount=900_00),
        office.post("R-2", due="2026-01-15"),
    )
    office.give_all(big, "seq_default")
    office.work()
    reset_for_customer(office.ports, LIVE, OFFICE, big.customer_id)
    office.work()
    assert office.customer(big).override is None
    assert (office.follows(big), office.follows(small)) == (office.firm, "seq_default")
    assert len(office.told("customer.sequence_reset")) == 1


def test_whoever_dies_before_the_customer_is_written_has_left_a_message_that_does_no_harm(
    office: Office,
):
    invoice = office.post("R-1", due="2026-01-15")
    office.give_all(invoice, office.firm)
    delays = [each.delay for each in office.queues.log if "segments" in each.message]
    assert delays == [30, 0]


def test_the_same_again_keeps_who_decided_first(office: Office):
    invoice = office.post("R-1", due="2026-01-15")
    office.give_all(invoice, office.firm)
    before = office.customer(invoice)
    office.clock.advance(days=1)
    office.give_all(invoice, office.firm)
    assert office.customer(invoice) == before


def test_an_invoices_sequence_is_told_with_who_and_why(office: Office):
    segment = office.segment()
    invoice = office.post("R-1", due="2026-01-15")
    office.give(invoice, "seq_default")
    assert office.follows(invoice) == "seq_default"
    assert office.case(invoice).choice == Choice(ChosenBy.INVOICE)
    override = Override("seq_default", WHY.by, WHY.why, office.now())
    assert office.invoice(invoice).override == override
    [(by, why, data)] = office.told("case.sequence_changed")
    assert (by, why) == (WHY.by, WHY.why)
    assert data == {
        "invoice": invoice.id,
        "number": "R-1",
        "from": office.firm,
        "from_version": 1,
        "sequence": "seq_default",
        "sequence_version": 1,
        "decided_by": "invoice",
    }
    assert segment.sequence == office.firm


def test_it_is_scheduled_anew_and_the_same_again_changes_nothing(office: Office):
    invoice = office.post("R-1", due="2026-01-15")
    before = office.case(invoice).due_at
    office.give(invoice, office.firm)
    case = office.case(invoice)
    assert case.due_at != before
    office.give(invoice, office.firm)
    assert office.case(invoice) == case


def test_taken_back_an_invoice_follows_the_rules_or_what_it_was_posted_with(office: Office):
    segment = office.segment()
    ruled = office.post("R-1", due="2026-01-15")
    named = office.post("R-2", due="2026-01-15", sequence="seq_default")
    office.give(ruled, "seq_default")
    office.give(named, office.firm)
    for invoice in (ruled, named):
        reset_for_invoice(office.ports, LIVE, OFFICE, invoice.id)
    assert office.follows(ruled) == office.firm
    assert office.case(ruled).choice == Choice(ChosenBy.SEGMENT, (segment.id, 1))
    assert office.follows(named) == "seq_default"
    assert office.invoice(named).override is None
    before = office.case(named)
    reset_for_invoice(office.ports, LIVE, OFFICE, named.id)
    assert office.case(named) == before


def test_posted_again_an_overruled_invoice_is_still_the_same(office: Office):
    invoice = office.post("R-1", due="2026-01-15", sequence="seq_default")
    office.give(invoice, office.firm)
    assert office.post("R-1", due="2026-01-15", sequence="seq_default").id == invoice.id


def test_a_message_on_its_way_is_waited_for(office: Office):
    invoice = office.post("R-1", due="2026-01-15")
    office.email.script(Handover(Delivery.UNKNOWN))
    office.until("2026-01-12 08:05")
    with pytest.raises(CaseInFlightError):
        office.give(invoice, office.firm)
    office.until("2026-01-12 10:00")
    office.give(invoice, office.firm)
    assert office.follows(invoice) == office.firm


def test_what_is_paid_unknown_or_foreign_is_refused(office: Office):
    invoice = office.post("R-1", due="2026-01-15")
    for override, target in (
        (override_for_invoice, invoice.id),
        (override_for_customer, invoice.customer_id),
    ):
        with pytest.raises(InvalidError):
            override(office.ports, LIVE, WHY, target, "seq_nobodys")
        with pytest.raises(NotFoundError):
            override(office.ports, TEST, WHY, target, office.firm)
    other = Tenant("cr_" + "X" * 16, LIVE.mode)
    with pytest.raises(NotFoundError):
        reset_for_invoice(office.ports, other, WHY, invoice.id)
    with pytest.raises(NotFoundError):
        reset_for_customer(office.ports, other, WHY, invoice.customer_id)
    office.pay(invoice)
    with pytest.raises(CaseNotOpenError):
        office.give(invoice, office.firm)


def test_of_who_is_erased_no_reason_stays_and_none_can_be_given(office: Office):
    invoice = office.post("R-1", due="2026-01-15")
    office.give_all(invoice, office.firm)
    office.give(invoice, "seq_default")
    office.pay(invoice)
    customer = invoice.customer_id
    erase_customer(office.ports, LIVE, OFFICE, customer, ErasureReason.OBJECTION)
    for _ in range(4):
        office.work()
    filed = repr(office.ledger.filed(LIVE, customer, after=None, limit=1000))
    assert "agreed with sales" not in filed
    assert office.customer(invoice).override is None
    with pytest.raises(CustomerErasedError):
        office.give_all(invoice, office.firm)


def test_explain_says_what_decided(office: Office):
    plain, named = (
        office.post("R-1", due="2026-01-15"),
        office.post("R-2", due="2026-01-15", sequence="seq_default"),
    )
    office.segment(condition=BIG, name="Big")
    big = office.post("R-3", due="2026-01-15", amount=900_00)
    given = office.post("R-4", due="2026-01-15")
    office.give(given, office.firm)
    assert office.why(plain) == (
        "Follows “Friendly to firm” (version 1): "
        "no segment fitted, so it is the creditor's default."
    )
    assert office.why(named).endswith("it was chosen for this invoice.")
    assert office.why(big).endswith("segment “Big” (version 1) was the first to fit.")
    assert office.why(given) == (
        "Follows “Firm” (version 1): it was chosen for this invoice. "
        "api_key:ak_manager decided so. The reason given: Key account: agreed with sales."
    )
    office.give_all(plain, office.firm)
    office.work()
    assert "all invoices of the customer do. api_key:ak_manager decided so." in office.why(plain)
