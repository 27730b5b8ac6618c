"""Money goes to the named invoices first, then to the oldest due; the rest is left over."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.allocation import OpenItem, allocate, merge, take_back
from chalicelib.domain.payment import Allocation
from tests.strategies import dates

JANUARY, FEBRUARY, MARCH = date(2026, 1, 15), date(2026, 2, 15), date(2026, 3, 15)
ITEMS = (OpenItem("b", 50, FEBRUARY), OpenItem("c", 30, MARCH), OpenItem("a", 20, JANUARY))


@st.composite
def open_items(draw):
    names = draw(st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=6))
    return [OpenItem(name, draw(st.integers(0, 500)), draw(dates())) for name in names]


allocations = st.lists(st.sampled_from("abcdef"), unique=True, max_size=5).flatmap(
    lambda names: st.tuples(
        *[st.integers(1, 500).map(lambda amount, n=name: Allocation(n, amount)) for name in names]
    )
)
named = st.lists(st.sampled_from("abcdefgh"), max_size=4).map(tuple)


def test_the_oldest_due_is_paid_first():
    assert allocate(60, ITEMS) == (Allocation("a", 20), Allocation("b", 40))


def test_a_named_invoice_is_paid_before_older_ones():
    assert allocate(60, ITEMS, ("c",)) == (
        Allocation("c", 30),
        Allocation("a", 20),
        Allocation("b", 10),
    )


def test_named_invoices_are_paid_in_the_order_named():
    assert allocate(60, ITEMS, ("b", "a", "b")) == (Allocation("b", 50), Allocation("a", 10))


def test_of_invoices_due_together_the_first_id_is_paid_first():
    twins = (OpenItem("z", 5, JANUARY), OpenItem("y", 5, JANUARY))

    assert allocate(5, twins) == (Allocation("y", 5),)


@given(st.integers(0, 3_000), open_items(), named)
def test_nothing_is_lost_and_nothing_overpaid(amount, items, named):
    paid = {each.invoice_id: each.amount for each in allocate(amount, items, named)}
    owed = {item.invoice_id: item.remaining for item in items}

    assert sum(paid.values()) == min(amount, sum(owed.values()))
    assert all(0 < paid[name] <= owed[name] for name in paid)


@given(st.integers(0, 3_000), open_items(), named)
def test_who_comes_later_gets_nothing_before_who_comes_first_is_paid(amount, items, named):
    rank = {name: index for index, name in reversed(list(enumerate(named)))}
    order = sorted(
        items,
        key=lambda item: (rank.get(item.invoice_id, 99), item.due_date, item.invoice_id),
    )
    paid = {each.invoice_id: each.amount for each in allocate(amount, items, named)}
    left = [item.remaining - paid.get(item.invoice_id, 0) for item in order]

    first_unpaid = next((index for index, rest in enumerate(left) if rest), len(order))
    assert not any(item.invoice_id in paid for item in order[first_unpaid + 1 :])


@given(st.integers(0, 3_000), st.permutations(ITEMS))
def test_the_order_of_the_items_does_not_matter(amount, items):
    assert allocate(amount, items) == allocate(amount, ITEMS)


@given(allocations, allocations)
def test_merging_adds_up_per_invoice(first, more):
    merged = merge(first, more)

    assert sum(each.amount for each in merged) == sum(each.amount for each in (*first, *more))
    assert len({each.invoice_id for each in merged}) == len(merged)


@given(allocations, st.integers(0, 3_000))
def test_taking_back_takes_the_amount_or_all(given_out, amount):
    kept = take_back(given_out, amount)

    before = sum(each.amount for each in given_out)
    assert sum(each.amount for each in kept) == max(0, before - amount)
    assert [each.invoice_id for each in kept] == [each.invoice_id for each in given_out][
        : len(kept)
    ]


def test_the_last_allocation_is_taken_back_first():
    given_out = (Allocation("a", 20), Allocation("b", 40))

    assert take_back(given_out, 10) == (Allocation("a", 20), Allocation("b", 30))
    assert take_back(given_out, 50) == (Allocation("a", 10),)
