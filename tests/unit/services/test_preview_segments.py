"""Who would move where: exactly what an assignment then does."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidError
from chalicelib.domain.segment import (
    Between,
    Measure,
    OneOf,
    Trait,
)
from chalicelib.ports.storage import Cursor
from chalicelib.services.preview_segments import preview_segments
from chalicelib.services.save_segment import add_segment, remove_segment
from tests.builders import LIVE, a_draft
from tests.builders.segments import EVERYBODY
from tests.deeds import BILLING, OFFICE
from tests.unit.services.segmented import BIG, FRENCH, Town
from tests.world import somebody


@pytest.fixture
def town() -> Town:
    return Town()


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
        town.clock.advance(seconds=1)  # of one rank the earlier goes first
        add_segment(town.ports, LIVE, BILLING, each)
    town.assign()
    after = {each.case_id: town.follows(each) for each in invoices}
    assert {case: to for case, to in after.items() if before[case] != to} == foreseen
    assert preview_segments(town.ports, LIVE, None, Cursor(100)).moves == ()
