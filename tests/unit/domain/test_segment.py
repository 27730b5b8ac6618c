"""Segments: what a condition asks, and which one is the first to fit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.assignment import Segmentation, chosen, facts_of
from chalicelib.domain.choice import Choice, ChosenBy, Override
from chalicelib.domain.history import History
from chalicelib.domain.segment import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    Facts,
    Measure,
    Not,
    OneOf,
    Segment,
    Trait,
    comparisons,
    first_match,
    ranked,
)
from tests.builders import a_case, a_customer, a_segment, utc

NOW = utc("2026-01-25 23:30")
BIG = Between(Measure.AMOUNT, gte=500, currency="eur")
LATE = Between(Measure.SHARE_PAID_LATE, gt=50)
WORDS = ("DE", "FR", "vip")


def facts(currency: str = "eur", **measures: int) -> Facts:
    return Facts(currency, {Measure(name): value for name, value in measures.items()}, {})


@pytest.mark.parametrize(
    ("bounds", "fits"),
    [
        ({"gte": 5}, [5, 6, 7]),
        ({"gt": 5}, [6, 7]),
        ({"lte": 5}, [3, 4, 5]),
        ({"lt": 5}, [3, 4]),
        ({"gte": 4, "lt": 6}, [4, 5]),
        ({"gt": 5, "lt": 5}, []),
    ],
)
def test_bounds_are_as_they_say(bounds: dict[str, int], fits: list[int]):
    condition = Between(Measure.DAYS_OVERDUE, **bounds)
    assert [days for days in range(3, 8) if condition.holds(facts(days_overdue=days))] == fits


def test_an_amount_says_nothing_of_another_currency():
    assert BIG.holds(facts(amount=500))
    assert not BIG.holds(facts("jpy", amount=500))
    assert Not(BIG).holds(facts("jpy", amount=500))


def test_what_isnt_known_doesnt_hold():
    assert not LATE.holds(facts())
    assert not Between(Measure.SHARE_PAID_LATE, lte=50).holds(facts())
    assert Not(LATE).holds(facts())


def test_a_segment_can_ask_for_all_of_these():
    history = History(paid=3, late=2, days_late=10, first_invoice=date(2025, 1, 25))
    customer = a_customer(
        balance={"eur": 150_00, "jpy": 9},
        credit_limit={"eur": 400_00},
        tags=("vip", "wholesale"),
        risk_grade="C",
        history=history,
        broken_promises=2,
    )
    case = a_case(due="2026-01-15", remaining=80_00)
    found = facts_of(customer, case, NOW)
    assert found == Facts(
        "eur",
        {
            Measure.AMOUNT: 100_00,
            Measure.REMAINING: 80_00,
            Measure.BALANCE: 150_00,
            Measure.DAYS_OVERDUE: 11,  # it is the 26th already in Berlin
            Measure.DAYS_SINCE_FIRST_INVOICE: 366,
            Measure.CREDIT_LIMIT_USED: 37,
            Measure.PAID_INVOICES: 3,
            Measure.SHARE_PAID_LATE: 66,
            Measure.AVERAGE_DAYS_LATE: 3,
            Measure.BROKEN_PROMISES: 2,
        },
        {
            Trait.COUNTRY: frozenset({"DE"}),
            Trait.CURRENCY: frozenset({"eur"}),
            Trait.RISK_GRADE: frozenset({"C"}),
            Trait.TAGS: frozenset({"vip", "wholesale"}),
        },
    )
    assert found.measures.keys() == set(Measure)
    assert found.traits.keys() == set(Trait)


def test_of_a_new_customer_nothing_is_known():
    found = facts_of(a_customer(), a_case(), NOW)
    assert set(Measure) - found.measures.keys() == {
        Measure.DAYS_SINCE_FIRST_INVOICE,
        Measure.CREDIT_LIMIT_USED,
        Measure.SHARE_PAID_LATE,
        Measure.AVERAGE_DAYS_LATE,
    }
    assert found.measures[Measure.PAID_INVOICES] == 0


def test_the_strongest_decides():
    segments = (a_segment("2", rank=2, sequence="seq_two"), a_segment("1", sequence="seq_one"))
    rules = Segmentation(segments, "seq_default")
    customer = a_customer()
    overruled = replace(customer, override=Override("seq_own", "me", "key account", NOW))
    case = a_case(sequence=("seq_default", 1), choice=Choice(ChosenBy.DEFAULT))
    given = replace(case, sequence=("seq_given", 1), choice=Choice(ChosenBy.INVOICE))
    assert chosen(overruled, given, rules, NOW) == ("seq_given", Choice(ChosenBy.INVOICE))
    assert chosen(overruled, case, rules, NOW) == ("seq_own", Choice(ChosenBy.CUSTOMER))
    by_segment = Choice(ChosenBy.SEGMENT, ("seg_0000000000000002", 1))
    assert chosen(customer, case, rules, NOW) == ("seq_two", by_segment)
    nobody = replace(rules, segments=())
    assert chosen(customer, case, nobody, NOW) == ("seq_default", Choice(ChosenBy.DEFAULT))


def test_a_case_from_before_keeps_the_sequence_that_it_was_posted_with():
    rules = Segmentation((a_segment(sequence="seq_one"),), "seq_default")
    own = a_case(sequence=("seq_named", 1))
    assert chosen(a_customer(), own, rules, NOW) == ("seq_named", Choice(ChosenBy.INVOICE))
    by_default = a_case(sequence=("seq_default", 1))
    assert chosen(a_customer(), by_default, rules, NOW)[0] == "seq_one"


leaves: st.SearchStrategy[Condition] = st.one_of(
    st.builds(
        Between,
        st.sampled_from(Measure),
        gte=st.none() | st.integers(-3, 3),
        lt=st.none() | st.integers(-3, 3),
        currency=st.sampled_from([None, "eur", "jpy"]),
    ),
    st.builds(OneOf, st.sampled_from(Trait), st.lists(st.sampled_from(WORDS)).map(tuple)),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)
any_facts = st.builds(
    Facts,
    st.sampled_from(["eur", "jpy"]),
    st.dictionaries(st.sampled_from(Measure), st.integers(-3, 3)),
    st.dictionaries(st.sampled_from(Trait), st.frozensets(st.sampled_from(WORDS))),
)


@given(conditions, conditions, any_facts)
def test_conditions_follow_the_laws_of_logic(one: Condition, other: Condition, known: Facts):
    both, either = AllOf((one, other)), AnyOf((one, other))
    assert Not(Not(one)).holds(known) == one.holds(known)
    assert both.holds(known) == (one.holds(known) and other.holds(known))
    assert Not(both).holds(known) == AnyOf((Not(one), Not(other))).holds(known)
    assert either.holds(known) == (one.holds(known) or other.holds(known))
    assert comparisons(both) == comparisons(one) + comparisons(other)


@given(
    st.lists(
        st.builds(
            a_segment,
            st.integers(1, 99).map(str),
            rank=st.integers(1, 3),
            condition=conditions,
        ),
        unique_by=lambda each: each.id,
        max_size=6,
    ),
    any_facts,
    st.randoms(use_true_random=False),
)
def test_ranking_is_a_total_order_and_the_first_match_wins(
    segments: list[Segment], known: Facts, random
):
    shuffled = random.sample(segments, len(segments))
    order = ranked(segments)
    assert order == ranked(shuffled)
    assert [(each.rank, each.id) for each in order] == sorted((s.rank, s.id) for s in segments)
    winner = first_match(shuffled, known)
    fitting = [each for each in order if each.condition.holds(known)]
    assert winner == (fitting[0] if fitting else None)
