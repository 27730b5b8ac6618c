"""Keys that an operator lets end: on a day, or after a rotation."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.services.authenticate import authenticate
from tests.unit.manage.test_creditors import a_file, command, run
from tests.world import World


def test_a_key_can_be_issued_for_a_number_of_days(tmp_path: Path):
    world = World()
    made = run(world.ports, command("create", a_file(tmp_path)))
    words = ("issue-key", made["creditor"], "--mode", "live", "--scope", "read", "--days", "90")
    key = run(world.ports, command(*words))["key"]

    world.clock.advance(days=90, seconds=-1)
    assert authenticate(world.ports, f"Bearer {key}")
    world.clock.advance(seconds=1)
    assert authenticate(world.ports, f"Bearer {key}") is None
    shown = {
        each["last4"]: each["expires_at"]
        for each in run(world.ports, command("list-keys", made["creditor"]))["keys"]
    }
    assert shown[key[-4:]] == "2026-04-02T08:00:00Z"
    assert shown[made["live_key"][-4:]] is None


def test_a_rotated_key_goes_on_beside_the_new_one_for_the_overlap(tmp_path: Path):
    world = World()
    made = run(world.ports, command("create", a_file(tmp_path)))
    listed = run(world.ports, command("list-keys", made["creditor"]))["keys"]
    [old] = [each for each in listed if each["last4"] == made["live_key"][-4:]]
    words = ("rotate-key", made["creditor"], old["id"], "--overlap-days", "2")
    rotated = run(world.ports, command(*words))

    assert rotated["old"]["expires_at"] == "2026-01-04T08:00:00Z"
    world.clock.advance(days=2, seconds=-1)
    before, after = (
        authenticate(world.ports, f"Bearer {key}") for key in (made["live_key"], rotated["key"])
    )
    assert before
    assert after
    assert (after.tenant, after.scopes) == (before.tenant, before.scopes)
    assert rotated["old"]["replaced_by"] == after.id
    world.clock.advance(seconds=1)
    assert authenticate(world.ports, f"Bearer {made['live_key']}") is None
    assert authenticate(world.ports, f"Bearer {rotated['key']}")


@pytest.mark.parametrize("days", ["0", "-1", "1.5", "x", "3651"])
def test_days_are_a_whole_number(days: str):
    with pytest.raises(SystemExit):
        command("rotate-key", "cr_1", "ak_1", "--days", days)
