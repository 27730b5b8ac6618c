"""Segments are stored in versions, decide about new invoices, and are assigned to open ones."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.case import LostStretch
from chalicelib.domain.choice import Choice, ChosenBy, Covered
from chalicelib.domain.errors import InvalidError, NotFoundError, TooManySegmentsError
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.segment import (
    MOST_COMPARISONS,
    MOST_SEGMENTS,
    AllOf,
    Between,
    Measure,
    OneOf,
    Trait,
)
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.ports.storage import Cursor
from chalicelib.services.assign_segments import assign_customer, request_assignment
from chalicelib.services.preview_segments import preview_segments
from chalicelib.services.save_segment import add_segment, change_segment, remove_segment
from chalicelib.services.save_sequence import SequenceDraft, add_sequence, change_sequence
from chalicelib.services.try_later import TryLaterError
from chalicelib.services.work_off import work_off
from tests.builders import LIVE, TEST, a_draft, a_step, utc
from tests.builders.segments import EVERYBODY
from tests.deeds import BILLING, OFFICE
from tests.world import World, somebody

FIRM = SequenceDraft("Firm", (a_step("firm", 2), a_step("firmer", 9), a_step("last", 30)))
BIG = Between(Measure.AMOUNT, gte=500_00, currency="eur")
FRENCH = OneOf(Trait.COUNTRY, ("FR",))


class Town(World):
    """A world with a second sequence, `firm`."""

    def __init__(self) -> None:
        super().__init__()
        self.firm = add_sequence(self.ports, LIVE, OFFICE, FIRM).id

    def segment(self, **facts: object):
        """Store a segment that leads to the firm sequence unless said otherwise."""
        return add_segment(self.ports, LIVE, OFFICE, a_draft(**{"sequence": self.firm, **facts}))

    def follows(self, invoice: Invoice) -> str:
        """Return the sequence that an invoice follows; its case says the same."""
        case = self.case(invoice)
        assert self.invoice(invoice).sequence == case.sequence
        return case.sequence[0]

    def assign(self) -> None:
        """Assign everything that is open."""
        request_assignment(self.ports, LIVE, OFFICE)
        self.work()


@pytest.fixture
def town() -> Town:
    return Town()


def test_a_new_segment_is_version_one_and_a_change_the_next(town: Town):
    first = town.segment(rank=3)
    assert (first.version, first.rank) == (1, 3)
    draft = a_draft(sequence=town.firm, rank=4)
    second = change_segment(town.ports, LIVE, OFFICE, first.id, draft)
    assert (second.id, second.version, second.rank) == (first.id, 2, 4)
    assert change_segment(town.ports, LIVE, OFFICE, first.id, draft) == second
    assert town.ledger.segment(LIVE, first.id, 1) == first
    told = [each.type for each in town.ledger.events_page(LIVE, Cursor(9)).data]
    assert told.count("segment.created") == told.count("segment.changed") == 1


def test_a_removed_segment_is_gone_for_everybody(town: Town):
    segment = town.segment()
    with pytest.raises(NotFoundError):
        remove_segment(town.ports, TEST, OFFICE, segment.id)
    assert remove_segment(town.ports, LIVE, OFFICE, segment.id) == segment
    with pytest.raises(NotFoundError):
        remove_segment(town.ports, LIVE, OFFICE, segment.id)
    with pytest.raises(NotFoundError):
        change_segment(town.ports, LIVE, OFFICE, segment.id, a_draft())


def test_a_segment_leads_to_a_sequence_that_there_is(town: Town):
    with pytest.raises(InvalidError) as error:
        town.segment(sequence="seq_nobodys")
    assert [each.pointer for each in error.value.fields] == ["/sequence"]


def test_a_condition_has_its_bounds(town: Town):
    town.segment(condition=AllOf((EVERYBODY,) * MOST_COMPARISONS))
    with pytest.raises(InvalidError) as error:
        town.segment(condition=AllOf((EVERYBODY,) * (MOST_COMPARISONS + 1)))
    assert [each.pointer for each in error.value.fields] == ["/condition"]


def test_a_creditor_has_so_many_segments_at_most(town: Town):
    for _ in range(MOST_SEGMENTS):
        town.segment()
    with pytest.raises(TooManySegmentsError):
        town.segment()


def test_a_segment_decides_about_new_invoices_that_name_no_sequence(town: Town):
    segment = town.segment(condition=BIG)
    big, small = (
        town.post("R-1", due="2026-01-15", amount=500_00),
        town.post("R-2", due="2026-01-15"),
    )
    named = town.post("R-3", due="2026-01-15", amount=900_00, sequence="seq_default")
    by_segment = Choice(ChosenBy.SEGMENT, (segment.id, 1))
    assert (town.follows(big), town.case(big).choice) == (town.firm, by_segment)
    assert (town.follows(small), town.case(small).choice) == (
        "seq_default",
        Choice(ChosenBy.DEFAULT),
    )
    assert (town.follows(named), town.case(named).choice) == (
        "seq_default",
        Choice(ChosenBy.INVOICE),
    )


def test_the_balance_that_decides_has_the_new_invoice_in_it(town: Town):
    town.segment(condition=Between(Measure.BALANCE, gte=150_00, currency="eur"))
    first, second = town.post("R-1", due="2026-01-15"), town.post("R-2", due="2026-01-15")
    assert (town.follows(first), town.follows(second)) == ("seq_default", town.firm)


def test_who_pays_late_is_known_when_the_next_invoice_comes(town: Town):
    town.segment(condition=Between(Measure.SHARE_PAID_LATE, gte=50))
    first = town.post("R-1", due="2026-01-15")
    town.until("2026-01-16 12:00")
    town.pay(first)
    assert town.follows(first) == "seq_default"
    assert town.follows(town.post("R-2", due="2026-02-15")) == town.firm


def test_another_modes_segments_decide_nothing(town: Town):
    add_segment(town.ports, TEST, OFFICE, a_draft())
    assert town.case(town.post("R-1", due="2026-01-15")).choice == Choice(ChosenBy.DEFAULT)


def test_a_change_leaves_open_cases_alone_until_they_are_assigned(town: Town):
    invoice = town.post("R-1", due="2026-01-15")
    segment = town.segment()
    town.until("2026-01-12 08:05")
    assert town.follows(invoice) == "seq_default"
    town.assign()
    assert town.follows(invoice) == town.firm
    case = town.case(invoice)
    assert case.choice == Choice(ChosenBy.SEGMENT, (segment.id, 1))
    assert case.covered == Covered(-5, utc("2026-01-12 08:00"))
    assert case.due_at == utc("2026-01-16 23:00")
    assert (case.change.by, case.change.why) == (OFFICE.by, "assign segments")


def test_a_case_goes_over_to_the_newest_version_and_stays_with_that(town: Town):
    change_sequence(town.ports, LIVE, OFFICE, town.firm, replace(FIRM, min_gap_days=1))
    invoice = town.post("R-1", due="2026-01-15")
    town.segment()
    town.assign()
    assert town.case(invoice).sequence == (town.firm, 2)
    change_sequence(town.ports, LIVE, OFFICE, town.firm, replace(FIRM, min_gap_days=2))
    town.assign()
    assert town.case(invoice).sequence == (town.firm, 2)


def test_assigning_again_changes_nothing(town: Town):
    invoice = town.post("R-1", due="2026-01-15")
    town.segment()
    town.assign()
    before = town.case(invoice)
    town.assign()
    assert town.case(invoice) == before


def test_a_segment_that_took_anothers_place_is_named_from_then_on(town: Town):
    first = town.segment(rank=5)
    invoice = town.post("R-1", due="2026-01-15")
    second = town.segment(rank=1)
    town.assign()
    case = town.case(invoice)
    assert case.choice == Choice(ChosenBy.SEGMENT, (second.id, 1))
    assert (case.version, town.invoice(invoice).version) == (2, 1)
    assert first.id != second.id


def test_all_pages_are_assigned(town: Town):
    for number in range(7):
        town.post(f"A-{number}", due="2026-01-15", customer=somebody(f"c{number}"))
    many = [town.post(f"R-{number}", due="2026-01-15") for number in range(120)]
    town.segment()
    town.assign()
    assert {town.follows(each) for each in many} == {town.firm}
    asked = [each.message for each in town.queues.log if each.message.get("segments") == "page"]
    assert len(asked) == 2


def test_paid_and_given_invoices_stay_where_they_are(town: Town):
    paid, named = (
        town.post("R-1", due="2026-01-15"),
        town.post("R-2", due="2026-01-15", sequence="seq_default"),
    )
    town.pay(paid)
    town.segment()
    town.assign()
    assert (town.follows(paid), town.follows(named)) == ("seq_default", "seq_default")


def test_a_case_is_moved_once_what_became_of_its_message_is_known(town: Town):
    invoice = town.post("R-1", due="2026-01-15")
    town.email.script(Handover(Delivery.UNKNOWN))
    town.until("2026-01-12 08:05")
    assert town.case(invoice).claim
    town.segment()
    assert assign_customer(town.ports, LIVE, OFFICE, invoice.customer_id) is False
    request_assignment(town.ports, LIVE, OFFICE)
    [page] = town.queues.drain("action")
    work_off(town.ports, page, "action")
    [one] = town.queues.drain("action")
    work_off(town.ports, one, "action")
    assert town.follows(invoice) == "seq_default"
    [later] = town.queues.log[-1:]
    assert (later.delay, later.message["looks"]) == (900, "2")
    town.until("2026-01-12 10:00")
    assert town.case(invoice).claim is None
    assert town.follows(invoice) == town.firm


def test_what_never_becomes_known_ends_as_a_dead_letter(town: Town):
    invoice = town.post("R-1", due="2026-01-15")
    town.segment()
    lost = LostStretch(utc("2026-01-01"), utc("2026-01-02"))
    town.ledger.mark_lost(LIVE, invoice.customer_id, lost)
    message = {"tenant": LIVE.key, "segments": "customer", "customer": invoice.customer_id}
    message |= {"by": "system", "why": "x", "looks": "8"}
    with pytest.raises(TryLaterError):
        work_off(town.ports, message, "action")
    assert town.follows(invoice) == "seq_default"


def test_messages_of_another_kind_are_refused(town: Town):
    with pytest.raises(ValueError, match="is no work on segments"):
        work_off(town.ports, {"tenant": LIVE.key, "segments": "x"}, "action")


def test_a_preview_says_who_would_move_where_and_stores_nothing(town: Town):
    invoice = town.post("R-1", due="2026-01-15", customer=somebody("fr", country="FR"))
    town.post("R-2", due="2026-01-15")
    town.segment(condition=FRENCH, name="French")
    before = list(town.ledger.changes)
    found = preview_segments(town.ports, LIVE, None, Cursor(10))
    [move] = found.moves
    assert (move.case.id, move.sequence) == (invoice.case_id, town.firm)
    assert move.choice.segment
    assert found.names[move.choice.segment[0]] == "French"
    assert (found.looked_at, found.next) == (2, None)
    assert town.ledger.changes == before


def test_drafts_are_tried_in_place_of_all_that_is_stored(town: Town):
    invoice = town.post("R-1", due="2026-01-15")
    town.segment()
    drafts = [a_draft(name="Big", condition=BIG, sequence=town.firm)]
    assert preview_segments(town.ports, LIVE, drafts, Cursor(10)).moves == ()
    drafts.append(a_draft(name="Rest", rank=99, sequence=town.firm))
    found = preview_segments(town.ports, LIVE, drafts, Cursor(10))
    assert [move.case.id for move in found.moves] == [invoice.case_id]
    assert list(found.names.values()) == ["Big", "Rest"]


def test_a_draft_that_cant_be_stored_cant_be_tried(town: Town):
    with pytest.raises(InvalidError) as error:
        preview_segments(town.ports, LIVE, [a_draft(), a_draft(sequence="seq_x")], Cursor(1))
    assert [each.pointer for each in error.value.fields] == ["/segments/1/sequence"]


conditions = st.sampled_from([
    BIG,
    FRENCH,
    Between(Measure.BALANCE, lt=300_00, currency="eur"),
    Between(Measure.DAYS_OVERDUE, gte=0),
    Between(Measure.PAID_INVOICES, gte=1),
    OneOf(Trait.TAGS, ("vip",)),
    EVERYBODY,
])  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(
    rules=st.lists(st.tuples(st.integers(1, 3), conditions, st.booleans()), min_size=1, max_size=4),
    stored=st.lists(st.tuples(st.integers(1, 3), conditions, st.booleans()), max_size=2),
    posted=st.lists(
        st.tuples(
            st.sampled_from(["DE", "FR"]),
            st.integers(1, 900_00),
            st.sampled_from(["2025-12-20", "2026-01-20"]),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=5,
    ),
    limit=st.integers(1, 3),
)
def test_a_preview_says_exactly_what_an_assignment_then_does(rules, stored, posted, limit):
    town = Town()

    def drafts(of):
        to = {True: town.firm, False: "seq_default"}
        return [a_draft(rank=rank, condition=fits, sequence=to[firm]) for rank, fits, firm in of]

    kept = [add_segment(town.ports, LIVE, OFFICE, each) for each in drafts(stored)]
    invoices = []
    for number, (country, amount, due, named, paid) in enumerate(posted):
        who = somebody(country, country=country, tags=("vip",) if amount % 2 else ())
        facts = {"sequence": "seq_default"} if named else {}
        invoices.append(town.post(f"R-{number}", due=due, amount=amount, customer=who, **facts))
        if paid:
            town.pay(invoices[-1])
    foreseen, cursor = {}, Cursor(limit)
    while True:
        page = preview_segments(town.ports, LIVE, drafts(rules), cursor)
        assert page.looked_at <= limit
        foreseen |= {move.case.id: move.sequence for move in page.moves}
        if page.next is None:
            break
        cursor = Cursor(limit, after=page.next)
    before = {each.case_id: town.follows(each) for each in invoices}
    for each in kept:
        remove_segment(town.ports, LIVE, OFFICE, each.id)
    for each in drafts(rules):
        add_segment(town.ports, LIVE, BILLING, each)
    town.assign()
    after = {each.case_id: town.follows(each) for each in invoices}
    assert {case: to for case, to in after.items() if before[case] != to} == foreseen
    assert preview_segments(town.ports, LIVE, None, Cursor(100)).moves == ()
