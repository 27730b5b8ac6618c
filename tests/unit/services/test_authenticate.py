"""Only a stored key, given as a bearer token, says who calls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.access import AccessScope, digest
from chalicelib.services.authenticate import authenticate
from chalicelib.services.create_creditor import create_creditor
from chalicelib.services.issue_api_key import issue_api_key
from tests.builders import LIVE, TEST, a_creditor
from tests.world import World


def test_a_key_says_its_tenant_and_scopes():
    world = World()
    key = issue_api_key(world.ports, TEST, [AccessScope.READ])
    found = authenticate(world.ports, f"Bearer {key}")
    assert found is not None
    assert (found.tenant, found.scopes, found.last4) == (TEST, {AccessScope.READ}, key[-4:])
    assert not found.allows(AccessScope.WRITE)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer "])
def test_the_scheme_is_read_in_any_case(scheme: str):
    world = World()
    key = issue_api_key(world.ports, LIVE, [AccessScope.ADMIN])
    assert authenticate(world.ports, f"{scheme} {key} ") is not None


def test_whatever_else_is_nobody():
    world = World()
    key = issue_api_key(world.ports, LIVE, [AccessScope.ADMIN])
    wrong = [None, "", "Bearer", "Bearer ", key, f"Basic {key}", f"Bearer {key[:-1]}"]
    wrong += [f"Bearer {key[:-1]}{'A' if key[-1] != 'A' else 'B'}", f"Bearer {key}x"]
    wrong += [f"Bearer {key.replace('live', 'test')}", f"Bearer {key.replace('live', 'none')}"]
    wrong += [f"Bearer {key.replace('dk_', 'sk_')}", f"Bearer {digest(key)}", "Bearer dk_live_"]
    assert [authenticate(world.ports, header) for header in wrong] == [None] * len(wrong)


def test_keys_are_stored_hashed_only():
    world = World()
    created = create_creditor(world.ports, a_creditor())
    for key in (created.live_key, created.test_key):
        assert key not in repr(vars(world.ledger))


def test_a_creditor_is_set_up_for_both_modes_and_setting_up_again_adds_keys_only():
    world = World()
    first = create_creditor(world.ports, a_creditor(default_sequence=None))
    again = create_creditor(world.ports, a_creditor(default_sequence=None))
    assert first.creditor.default_sequence == "seq_default"
    assert len({first.live_key, first.test_key, again.live_key, again.test_key}) == 4
    for created in (first, again):
        live = authenticate(world.ports, f"Bearer {created.live_key}")
        test = authenticate(world.ports, f"Bearer {created.test_key}")
        assert live is not None
        assert test is not None
        assert (live.tenant, test.tenant) == (LIVE, TEST)
        assert live.allows(AccessScope.ADMIN)
    for tenant in (LIVE, TEST):
        assert world.ledger.sequence(tenant, "seq_default") is not None


def test_a_use_is_noted_once_an_hour():
    world = World()
    key = issue_api_key(world.ports, LIVE, [AccessScope.READ])
    noted = []
    for _ in range(9):
        authenticate(world.ports, f"Bearer {key}")
        [stored] = world.ledger.api_keys(LIVE)
        noted.append(stored.last_used_at)
        world.clock.advance(minutes=20)
    start = noted[0]
    assert noted == [start + timedelta(hours=number // 3) for number in range(9)]


def test_what_opens_nothing_is_not_used():
    world = World()
    expired = issue_api_key(world.ports, LIVE, [AccessScope.READ], expires_at=world.clock.now())
    assert authenticate(world.ports, f"Bearer {expired}") is None
    [stored] = world.ledger.api_keys(LIVE)
    assert stored.last_used_at is None
