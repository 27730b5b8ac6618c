"""Segments are stored in versions, and decide about new invoices."""

from __future__ import annotations

import pytest

from chalicelib.domain.choice import Choice, ChosenBy
from chalicelib.domain.errors import InvalidError, NotFoundError, TooManySegmentsError
from chalicelib.domain.segment import (
    MOST_COMPARISONS,
    MOST_SEGMENTS,
    AllOf,
    Between,
    Measure,
)
from chalicelib.ports.storage import Cursor
from chalicelib.services.save_segment import add_segment, change_segment, remove_segment
from tests.builders import LIVE, TEST, a_draft
from tests.builders.segments import EVERYBODY
from tests.deeds import OFFICE
from tests.unit.services.segmented import BIG, Town


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
