"""Creditors, versions of sequences and API keys."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.access import AccessScope, ApiKey
from chalicelib.domain.configuration_facts import (
    event_of_key,
    event_of_sequence,
    events_of_creditor,
)
from chalicelib.domain.customer import Change
from chalicelib.ports.storage import Cursor, WriteConflictError
from chalicelib.storage import configuration_keys
from chalicelib.storage.configuration import CREDITOR_KEPT_FOR, TableConfiguration
from chalicelib.storage.table import Table
from tests.builders import LIVE, a_creditor, a_sequence, a_window, utc
from tests.contract.conftest import Store
from tests.fakes.world import FakeClock


def test_a_creditor_is_kept(store: Store):
    creditor = a_creditor(id=store.live.creditor_id, metadata={"ünder": "🦭 \u202e"})
    assert store.configuration.creditor(creditor.id) is None
    store.configuration.save_creditor(creditor)
    assert store.configuration.creditor(creditor.id) == creditor
    renamed = replace(creditor, name="Renamed", bank=None, default_sequence="seq_9")
    store.configuration.save_creditor(renamed)
    assert store.configuration.creditor(creditor.id) == renamed
    assert store.configuration.creditor(store.other.creditor_id) is None


def test_versions_of_a_sequence(store: Store):
    configuration, live = store.configuration, store.live
    versions = [a_sequence(version=each, window=a_window(), name=f"v{each}") for each in (1, 2, 10)]
    for version in versions:
        configuration.add_sequence(live, version)
    assert configuration.sequence(live, "seq_1") == versions[-1]
    assert configuration.sequence(live, "seq_1", 2) == versions[1]
    assert configuration.sequence(live, "seq_1", 3) is None
    assert configuration.sequence(live, "seq_2") is None
    assert configuration.sequence(store.test, "seq_1") is None
    assert configuration.sequence(store.other, "seq_1", 1) is None
    with pytest.raises(WriteConflictError):
        configuration.add_sequence(live, replace(versions[1], name="other"))
    assert configuration.sequence(live, "seq_1", 2) == versions[1]


def test_a_version_comes_with_the_event_that_tells_of_it_or_not_at_all(store: Store):
    change, at = Change("api_key:ak_1", "replace_sequence"), utc("2026-01-05 09:00")
    versions = [a_sequence(version=each) for each in (1, 2)]
    told = [
        event_of_sequence(store.live, each, change, at + timedelta(each.version))
        for each in versions
    ]
    for version, event in zip(versions, told, strict=True):
        store.configuration.add_sequence(store.live, version, event)
    late = event_of_sequence(store.live, versions[1], change, at + timedelta(9))
    with pytest.raises(WriteConflictError):
        store.configuration.add_sequence(store.live, versions[1], late)
    page = store.ledger.events_page(store.live, Cursor(10))
    assert page.data == (told[1], told[0])
    after = store.ledger.events_page(store.live, Cursor(10, after=told[1].id))
    assert after.data == (told[0],)
    assert store.ledger.events_page(store.test, Cursor(10)).data == ()
    assert store.configuration.sequences_page(store.live, Cursor(10)).data == (versions[1],)


def test_a_new_version_is_the_newest_at_once(store: Store):
    store.configuration.add_sequence(store.live, a_sequence(version=1))
    assert store.configuration.sequence(store.live, "seq_1").version == 1
    store.configuration.add_sequence(store.live, a_sequence(version=2))
    assert store.configuration.sequence(store.live, "seq_1").version == 2


def test_the_list_has_each_sequence_once_in_its_newest_version(store: Store):
    newest = {}
    for number in range(1, 6):
        for version in range(1, number + 1):
            sequence = a_sequence(id=f"seq_{number}", version=version)
            store.configuration.add_sequence(store.live, sequence)
            newest[number] = sequence

    def page(cursor: Cursor) -> tuple[list, bool]:
        found = store.configuration.sequences_page(store.live, cursor)
        return list(found.data), found.has_more

    assert page(Cursor(10)) == ([newest[each] for each in (5, 4, 3, 2, 1)], False)
    assert page(Cursor(2)) == ([newest[5], newest[4]], True)
    assert page(Cursor(2, after="seq_4")) == ([newest[3], newest[2]], True)
    assert page(Cursor(5, after="seq_2")) == ([newest[1]], False)
    assert page(Cursor(2, before="seq_1")) == ([newest[3], newest[2]], True)
    assert page(Cursor(2, before="seq_4")) == ([newest[5]], False)
    assert store.configuration.sequences_page(store.test, Cursor(5)).data == ()


def test_an_api_key_is_found_by_its_digest_in_its_tenant_only(store: Store):
    key = an_api_key(store)
    store.configuration.save_api_key(key)
    assert store.configuration.api_key(store.live, key.digest) == key
    assert store.configuration.api_key(store.test, key.digest) is None
    assert store.configuration.api_key(store.other, key.digest) is None
    assert store.configuration.api_key(store.live, "e" * 64) is None


def test_keys_are_listed_earliest_first_and_a_revoked_one_stays_in_the_list(store: Store):
    first, second, third = (
        replace(an_api_key(store), id=f"ak_{each}", digest=digest * 64)
        for each, digest in enumerate("bca")
    )
    for key in (second, third, first, replace(first, tenant=store.test)):
        store.configuration.save_api_key(key)
    store.configuration.add_sequence(store.live, a_sequence())
    assert store.configuration.api_keys(store.live) == (first, second, third)

    revoked = replace(second, revoked_at=utc("2026-01-02 03:04"))
    store.configuration.save_api_key(revoked)
    assert store.configuration.api_keys(store.live) == (first, revoked, third)
    assert store.configuration.api_key(store.live, second.digest) == revoked
    assert store.configuration.api_keys(store.other) == ()


def test_all_creditors_are_listed_each_once(store: Store):
    before = set(store.configuration.creditors())
    for tenant in (store.live, store.other, store.live):
        store.configuration.save_creditor(a_creditor(id=tenant.creditor_id))

    listed = store.configuration.creditors()

    assert len(set(listed)) == len(listed)
    assert set(listed) - before == {store.live.creditor_id, store.other.creditor_id}


def test_a_creditor_comes_with_the_events_that_tell_of_it(store: Store):
    creditor = a_creditor(id=store.live.creditor_id)
    change, at = Change("operator:x", "create"), utc("2026-01-05 09:00")
    told = events_of_creditor(None, creditor, change, at)
    store.configuration.save_creditor(creditor, told)
    feeds = [store.ledger.events_page(each, Cursor(10)).data for each in (store.live, store.test)]

    assert {event.id: event for feed in feeds for event in feed} == {each.id: each for each in told}
    assert [len(feed) for feed in feeds] == [1, 1]
    assert {event.type for feed in feeds for event in feed} == {"creditor.created"}


def test_a_key_comes_with_the_event_that_tells_of_it_or_not_at_all(store: Store):
    change, at = Change("operator:x", "rotate-key"), utc("2026-01-05 09:00")
    key = an_api_key(store)
    issued = event_of_key(None, key, change, at)
    store.configuration.save_api_key(key, issued)
    rotated = replace(key, replaced_by="ak_1", expires_at=at)
    told = event_of_key(key, rotated, change, at + timedelta(1))
    store.configuration.save_api_key(rotated, told, read=key)
    for late in (replace(key, replaced_by="ak_2"), replace(key, revoked_at=at)):
        lost = event_of_key(key, late, change, at + timedelta(2))
        with pytest.raises(WriteConflictError):
            store.configuration.save_api_key(late, lost, read=key)

    assert store.configuration.api_keys(store.live) == (rotated,)
    assert store.ledger.events_page(store.live, Cursor(10)).data == (told, issued)
    ended = replace(rotated, revoked_at=at)
    store.configuration.save_api_key(ended, read=rotated)
    with pytest.raises(WriteConflictError):
        store.configuration.save_api_key(ended, read=rotated)


def test_a_use_is_noted_once_an_hour_and_changes_nothing_else(store: Store):
    key, at = an_api_key(store), utc("2026-01-05 09:00")
    store.configuration.save_api_key(key)
    moments = [at, at + timedelta(minutes=59), at + timedelta(hours=1), at + timedelta(minutes=30)]
    seen = []
    for moment in moments:
        store.configuration.note_use(key, moment)
        seen.append(store.configuration.api_key(store.live, key.digest))
    assert [each.last_used_at for each in seen] == [at, at, moments[2], moments[2]]
    assert {replace(each, last_used_at=None) for each in seen} == {key}
    assert store.configuration.api_keys(store.live) == (seen[-1],)


def test_noting_a_use_makes_no_key_and_brings_none_back(store: Store):
    key, at = an_api_key(store), utc("2026-01-05 09:00")
    store.configuration.note_use(key, at)
    assert store.configuration.api_keys(store.live) == ()
    store.configuration.save_api_key(replace(key, revoked_at=at))
    store.configuration.note_use(key, at)
    [stored] = store.configuration.api_keys(store.live)
    assert stored.revoked_at == at
    with pytest.raises(WriteConflictError):
        store.configuration.save_api_key(replace(key, expires_at=at))
    assert store.configuration.api_keys(store.live) == (stored,)


def test_the_table_has_no_use_of_a_key_that_it_doesnt_have(table: Table):
    configuration = TableConfiguration(table, FakeClock())
    key = ApiKey("ak_0", LIVE, "f" * 64, "abcd", frozenset(), utc("2026-01-01"))
    configuration.note_use(key, key.created_at)
    assert table.get(configuration_keys.api_key(LIVE, key.digest)) is None


def test_a_creditor_is_read_again_after_a_minute(table: Table):
    clock = FakeClock()
    writer, reader = TableConfiguration(table, clock), TableConfiguration(table, clock)
    first = a_creditor(id="cr_cached")
    writer.save_creditor(first)
    assert reader.creditor("cr_cached") == first
    second = replace(first, name="Second")
    writer.save_creditor(second)
    clock.advance(CREDITOR_KEPT_FOR - timedelta(seconds=1))
    assert reader.creditor("cr_cached") == first
    clock.advance(seconds=1)
    assert reader.creditor("cr_cached") == second


def an_api_key(store: Store) -> ApiKey:
    return ApiKey(
        id="ak_0",
        tenant=store.live,
        digest="d" * 64,
        last4="abcd",
        scopes=frozenset({AccessScope.READ, AccessScope.WRITE}),
        created_at=utc("2026-01-01"),
    )
