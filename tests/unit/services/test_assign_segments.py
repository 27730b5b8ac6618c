"""Open cases go over to where the segments say, each once, whatever comes twice or late."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.choice import Choice, ChosenBy, Covered
from chalicelib.domain.lost_stretch import LostStretch
from chalicelib.ports.messages import Delivery, Handover
from chalicelib.services.assign_segments import assign_customer, request_assignment
from chalicelib.services.save_sequence import change_sequence
from chalicelib.services.try_later import TryLaterError
from chalicelib.services.work_off import work_off
from tests.builders import LIVE, utc
from tests.deeds import OFFICE
from tests.unit.services.segmented import FIRM, Town
from tests.world import somebody


@pytest.fixture
def town() -> Town:
    return Town()


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
