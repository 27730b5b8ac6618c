"""A key is rotated without anybody being locked out, and never brought back to life."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.access import AccessScope, ApiKey
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import Event
from chalicelib.ports.storage import Cursor
from chalicelib.services.issue_api_key import Rotated, issue_api_key, rotate_api_key
from chalicelib.services.revoke_api_key import revoke_api_key
from tests.builders import CREDITOR_ID, LIVE, TEST
from tests.fakes.ledger import InMemoryLedger
from tests.world import World

WEEK = timedelta(days=7)


def rotate(world: World, key: ApiKey, lives: timedelta | None = None) -> Rotated:
    return rotate_api_key(world.ports, CREDITOR_ID, key.id, overlap=WEEK, lives=lives)


def a_key(world: World, lives: timedelta | None = None) -> ApiKey:
    expires_at = world.clock.now() + lives if lives else None
    issue_api_key(world.ports, TEST, [AccessScope.WRITE], expires_at=expires_at)
    return world.ledger.api_keys(TEST)[-1]


def test_the_new_key_lives_as_long_as_the_old_one_was_to():
    world = World()
    old = a_key(world, lives=timedelta(days=90))
    world.clock.advance(days=60)
    rotate(world, old)
    ending, new = world.ledger.api_keys(TEST)
    assert new.expires_at == world.clock.now() + timedelta(days=90)
    assert ending.expires_at == world.clock.now() + WEEK
    assert (new.scopes, new.tenant) == (old.scopes, TEST)


def test_or_as_long_as_is_said():
    world = World()
    rotate(world, a_key(world), lives=timedelta(days=30))
    assert world.ledger.api_keys(TEST)[-1].expires_at == world.clock.now() + timedelta(days=30)


def test_the_overlap_makes_no_key_live_longer():
    world = World()
    old = a_key(world, lives=timedelta(days=3))
    assert rotate(world, old).old.expires_at == old.expires_at


def test_what_opens_nothing_or_has_a_successor_isnt_rotated():
    world = World()
    rotated, revoked, expired = a_key(world), a_key(world), a_key(world, lives=timedelta(days=1))
    rotate(world, rotated)
    revoke_api_key(world.ports, CREDITOR_ID, revoked.id)
    world.clock.advance(days=1)
    before = world.ledger.api_keys(TEST)
    for key in (rotated, revoked, expired):
        with pytest.raises(ConflictError):
            rotate(world, key)
    assert world.ledger.api_keys(TEST) == before


class RevokedMeanwhile(InMemoryLedger):
    """Somebody revokes a key while it is being rotated."""

    def save_api_key(
        self, key: ApiKey, event: Event | None = None, *, read: ApiKey | None = None
    ) -> None:
        if key.replaced_by:
            revoke_api_key(self.world.ports, CREDITOR_ID, key.id)
        super().save_api_key(key, event, read=read)

    world: World


class RotatedMeanwhile(InMemoryLedger):
    """Somebody else rotates a key while it is being rotated."""

    world: World
    done = False

    def save_api_key(
        self, key: ApiKey, event: Event | None = None, *, read: ApiKey | None = None
    ) -> None:
        if key.replaced_by and not self.done:
            self.done = True
            rotate_api_key(
                self.world.ports, CREDITOR_ID, key.id, overlap=timedelta(days=1), lives=None
            )
        super().save_api_key(key, event, read=read)


def test_of_two_rotations_at_once_one_counts_and_leaves_one_new_key():
    ledger = RotatedMeanwhile(shards=2)
    world = ledger.world = World(ledger=ledger)
    key = a_key(world)
    with pytest.raises(ConflictError):
        rotate(world, key)

    stored = {each.id: each for each in world.ledger.api_keys(TEST)}
    old = stored.pop(key.id)
    assert old.expires_at == world.clock.now() + timedelta(days=1)
    assert [each.id for each in stored.values() if not each.revoked_at] == [old.replaced_by]


def test_what_becomes_of_keys_is_told_with_who_and_why():
    world, change = World(), Change("operator:arn", "test")
    key = a_key(world)
    rotated = rotate_api_key(
        world.ports, CREDITOR_ID, key.id, overlap=WEEK, lives=None, change=change
    )
    for _ in range(2):
        revoke_api_key(world.ports, CREDITOR_ID, key.id, change)
    told = {
        (each.type, each.object_id): each
        for each in world.ledger.events_page(TEST, Cursor(10)).data
        if each.by == change.by
    }

    new = rotated.old.replaced_by
    assert told.keys() == {
        ("api_key.issued", new), ("api_key.rotated", key.id), ("api_key.revoked", key.id)
    }  # fmt: skip
    assert {each.why for each in told.values()} == {"test"}
    assert told["api_key.rotated", key.id].data["replaced_by"] == new
    for secret in (rotated.key, rotated.key[-32:], rotated.old.digest):
        assert secret not in repr(told)


def test_a_key_that_is_revoked_meanwhile_stays_revoked():
    ledger = RevokedMeanwhile(shards=2)
    world = ledger.world = World(ledger=ledger)
    key = a_key(world)
    with pytest.raises(ConflictError):
        rotate(world, key)
    assert world.ledger.api_keys(TEST)[0].revoked_at
    assert world.ledger.api_keys(LIVE) == ()
