"""Segments: asked in one order, changed by compare-and-set, their versions kept for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.configuration_facts import event_of_segment
from chalicelib.domain.customer import Change
from chalicelib.domain.event import Event
from chalicelib.domain.segment import AllOf, AnyOf, Between, Measure, Not, OneOf, Segment, Trait
from chalicelib.ports.storage import Cursor, WriteConflictError
from tests.builders import a_segment, utc
from tests.contract.conftest import Store

AT = utc("2026-01-05 09:00")
CHANGE = Change("api_key:ak_1", "create_segment")
CONDITION = AllOf((
    Between(Measure.BALANCE, gte=-5, lt=10**15, currency="eur"),
    AnyOf((OneOf(Trait.TAGS, ("ünder 🦭", "vip")), Not(Between(Measure.DAYS_OVERDUE, gt=0)))),
    Not(AllOf((OneOf(Trait.COUNTRY, ("DE",)),))),
))  # fmt: skip


def told(store: Store, kind: str, segment: Segment) -> Event:
    at = AT + timedelta(segment.version, hours=kind == "deleted")
    return event_of_segment(store.live, kind, segment, CHANGE, at)


def saved(store: Store, segment: Segment) -> Segment:
    store.configuration.save_segment(store.live, segment, told(store, "changed", segment))
    return segment


def test_a_segment_is_kept_in_its_tenant_with_its_whole_condition(store: Store):
    segment = saved(store, a_segment(condition=CONDITION))
    configuration = store.configuration
    assert configuration.segment(store.live, segment.id) == segment
    assert configuration.segment(store.live, segment.id, 1) == segment
    assert configuration.segments(store.live) == (segment,)
    for other in (store.test, store.other):
        assert configuration.segment(other, segment.id) is None
        assert configuration.segment(other, segment.id, 1) is None
        assert configuration.segments(other) == ()


def test_they_are_asked_by_rank_and_then_by_age(store: Store):
    ranks = {"1": 20, "2": 10, "3": 10, "4": 5}
    stored = {name: saved(store, a_segment(name, rank=rank)) for name, rank in ranks.items()}
    expected = tuple(stored[name] for name in ("4", "2", "3", "1"))
    assert store.configuration.segments(store.live) == expected


def test_a_change_applies_and_what_was_stays(store: Store):
    first = saved(store, a_segment())
    second = saved(store, replace(first, version=2, rank=1))
    assert store.configuration.segments(store.live) == (second,)
    assert store.configuration.segment(store.live, first.id, 1) == first
    assert store.configuration.segment(store.live, first.id, 3) is None


@pytest.mark.parametrize("version", [1, 3])
def test_whoever_was_overtaken_changes_nothing(store: Store, version: int):
    first = saved(store, a_segment())
    with pytest.raises(WriteConflictError):
        saved(store, replace(first, version=version, name="other"))
    assert store.configuration.segment(store.live, first.id) == first
    assert len(store.ledger.events_page(store.live, Cursor(5)).data) == 1


def test_a_deleted_one_applies_no_longer_but_can_be_read(store: Store):
    first = saved(store, a_segment())
    store.configuration.drop_segment(store.live, first, told(store, "deleted", first))
    assert store.configuration.segments(store.live) == ()
    assert store.configuration.segment(store.live, first.id) is None
    assert store.configuration.segment(store.live, first.id, 1) == first
    with pytest.raises(WriteConflictError):
        store.configuration.drop_segment(store.live, first, told(store, "deleted", first))
    with pytest.raises(WriteConflictError):
        saved(store, first)
    types = [each.type for each in store.ledger.events_page(store.live, Cursor(5)).data]
    assert types == ["segment.deleted", "segment.changed"]
