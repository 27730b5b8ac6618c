"""What is explained of a customer's cases is what the sweeps then do, if nothing comes between."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.case import Outcome
from chalicelib.domain.decisions import Reason
from chalicelib.services.explain_case import explain_case
from tests.builders import LIVE, utc
from tests.strategies import ZONES, sequences
from tests.world import World, somebody

START = utc("2026-03-02 07:30")
BOTH_HOLD = {Reason.SUPERSEDED, Reason.PAST_DUE_DATE}
"""Which of the two is said depends on the moment at which the file happens to be looked at."""
DEEDS = {
    "a sweep": lambda world, _: world.sweep(),
    "half is paid": lambda world, invoice: world.pay(invoice, 50_00),
    "all is paid": lambda world, invoice: world.pay(invoice),
    "hold": lambda world, invoice: world.hold(invoice),
    "hold to an end": lambda world, invoice: world.hold(invoice, "2026-04-06 09:00"),
    "no address": lambda world, invoice: world.change(invoice, email=None),
}


@st.composite
def worlds(draw):
    """Return a world in which things happened to up to three invoices, and the invoices.

    Nobody is there who approves: what becomes of a question the domain's own test sees to.
    """
    drawn = draw(sequences(per_invoice=True))
    steps = tuple(replace(step, approval=None) for step in drawn.steps)
    sequence = replace(drawn, id="seq_default", steps=steps)
    dues = draw(st.lists(st.integers(-12, 20), min_size=1, max_size=3))
    customer = somebody("one", timezone=draw(st.sampled_from(ZONES)))
    world = World(f"{START:%Y-%m-%d %H:%M}", sequence=sequence)
    invoices = [
        world.post(f"R-{number}", due=(START + timedelta(days=due)).date(), customer=customer)
        for number, due in enumerate(dues)
    ]
    world.until(START + timedelta(hours=draw(st.integers(0, 480))))
    DEEDS[draw(st.sampled_from(sorted(DEEDS)))](world, invoices[0])
    world.until(world.now() + timedelta(hours=draw(st.integers(0, 240))))
    return world, invoices


@given(worlds())
def test_what_is_explained_is_what_the_sweeps_do(drawn):
    world, invoices = drawn
    calendar = world.ledger.customer(LIVE, invoices[0].customer_id).calendar
    before = [world.case(invoice) for invoice in invoices]
    stories = [explain_case(world.ports, LIVE, case.id) for case in before]
    world.days(200)
    for invoice, case, story in zip(invoices, before, stories, strict=True):
        results = world.case(invoice).results
        ahead = [step for step in story.steps if step.key not in case.results]
        done = {}
        for step in ahead:
            result = results.get(step.key)
            if step.state in {"ready", "planned"} or step.at:
                assert result.outcome in {Outcome.SENT, Outcome.ACTED}
                assert calendar.date_of(result.at) == calendar.date_of(step.at)
                done[step.key] = result.at
            elif step.state == "dropped" and case.is_open:
                assert result.outcome is Outcome.SKIPPED
                assert {step.reason, result.reason} <= BOTH_HOLD or step.reason == result.reason
            else:
                assert result is None
        assert_next(story.next, done, case, calendar)


def assert_next(following, done, case, calendar):
    """Assert that what was foretold as next came first."""
    first = min(done.values(), default=None)
    if following.step and following.at:
        assert done[following.step] == first
    if first and following.reason != Reason.HOLD:
        assert calendar.date_of(following.at) == calendar.date_of(first)
    assert case.is_open or following.step is None
