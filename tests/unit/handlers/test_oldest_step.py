"""How old the oldest due step is, is told of every shard, also of one in which nothing is due."""

from __future__ import annotations

import json
from typing import Any

import pytest

import app
from chalicelib.handlers.functions.sweep_shard import OLDEST
from tests.unit.handlers.events import CONTEXT, came_back, drained, minute, sqs
from tests.world import World


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was told of the oldest step."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    return [line for line in lines if OLDEST in line]


def test_every_shard_tells_and_the_oldest_is_the_highest(
    world: World, capsys: pytest.CaptureFixture[str]
):
    world.post("A-1", due="2026-02-20")
    world.clock.advance(minutes=91)
    app.sweep(minute(), CONTEXT)

    assert came_back(app.sweep_shard(drained(world, "sweep"), CONTEXT)) == []

    lines = told(capsys)
    assert {line["stage"] for line in lines} == {"prod"}
    nothing, oldest = sorted(line[OLDEST][0] for line in lines)
    assert nothing == 0
    assert 90 * 60 < oldest <= 91 * 60, "seconds; a new case is due shortly after it was posted"


def test_what_nobody_looked_for_is_not_told(world: World, capsys: pytest.CaptureFixture[str]):
    for queue in ("email", "sms", "letter", "action", "webhook"):
        world.queues.put(queue, [{"tenant": world.tenant.key, "customer": "cus_1"}])

    app.sweep_shard(sqs({"partition": "wall#0", "stragglers": "yes"}), CONTEXT)

    assert told(capsys) == []
