"""Explaining and previewing load what they need, find faults, and write nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.rehearsal import PreviewInvoice
from chalicelib.services.explain_case import explain_case
from chalicelib.services.preview_sequence import preview_sequence
from chalicelib.services.save_sequence import SequenceDraft
from tests.builders import LIVE, a_case, a_step, berlin, day, eur, utc
from tests.world import World

INVOICE = PreviewInvoice("R-1", eur(100_00), day("2026-01-01"), day("2026-01-15"))
PERIOD = {"start": utc("2026-01-02"), "until": utc("2026-03-31")}


def test_an_open_case_says_what_was_and_what_comes():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-01-13 00:00")
    story = explain_case(world.ports, LIVE, invoice.case_id)
    assert [step.state for step in story.steps] == ["sent"] + ["planned"] * 5
    assert (story.next.step, story.next.at) == ("notice_due", utc("2026-01-15 08:00"))


def test_a_closed_case_says_why_nothing_comes():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    world.until("2026-01-13 00:00")
    world.pay(invoice)
    story = explain_case(world.ports, LIVE, invoice.case_id)
    assert [step.state for step in story.steps] == ["sent"] + ["dropped"] * 5
    assert (story.next.at, story.next.reason) == (None, "paid")


@pytest.mark.parametrize("unknown", [a_case("R-9").id, "nonsense"])
def test_an_unknown_case_is_not_found(unknown: str):
    with pytest.raises(NotFoundError):
        explain_case(World().ports, LIVE, unknown)


def test_a_stored_sequence_is_previewed_as_it_will_run():
    world = World("2026-01-02 08:00")
    invoice = world.post("R-1", due="2026-01-15")
    written = len(world.ledger.changes)
    entries = preview_sequence(world.ports, LIVE, "seq_default", berlin(), [INVOICE], [], **PERIOD)
    assert len(world.ledger.changes) == written
    world.until("2026-03-31 00:00")
    planned = {entry.step: entry.at for entry in entries if entry.outcome == "send"}
    done = {step: result.at for step, result in world.case(invoice).results.items()}
    assert planned == done


def test_a_draft_is_previewed_without_being_stored():
    world = World("2026-01-02 08:00")
    draft = SequenceDraft("Draft", (a_step("only", 3),))
    (entry,) = preview_sequence(world.ports, LIVE, draft, berlin(), [INVOICE], [], **PERIOD)
    assert (entry.step, entry.at) == ("only", utc("2026-01-17 23:00"))


@pytest.mark.parametrize(
    "faulty",
    ["seq_none", SequenceDraft("Bad", ()), SequenceDraft("Bad", (a_step(),), grace_days=-1)],
)
def test_an_unknown_or_faulty_sequence_is_refused(faulty: str | SequenceDraft):
    with pytest.raises(InvalidError) as refused:
        preview_sequence(World().ports, LIVE, faulty, berlin(), [INVOICE], [], **PERIOD)
    assert refused.value.fields


def test_more_steps_than_can_be_tried_out_at_once_are_refused():
    draft = SequenceDraft("Long", tuple(a_step(f"step_{number}", number) for number in range(40)))
    invoices = [replace(INVOICE, number=f"R-{number}") for number in range(26)]
    with pytest.raises(InvalidError) as refused:
        preview_sequence(World().ports, LIVE, draft, berlin(), invoices, [], **PERIOD)
    assert [field.pointer for field in refused.value.fields] == ["/sequence"]
    assert preview_sequence(World().ports, LIVE, draft, berlin(), invoices[:25], [], **PERIOD)
