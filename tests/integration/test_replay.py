"""A day is replayed from the table's stream: what is missing is told, and nothing twice."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

import manage.replay
from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.event import Event
from chalicelib.domain.facts import events_of
from chalicelib.gateways.aws import client
from chalicelib.ports.storage import Cursor
from chalicelib.services.catch_up_payments import catch_up_payments
from chalicelib.services.project_changes import CommittedChange
from chalicelib.storage.ledger import TableLedger
from chalicelib.storage.table import Table
from manage.replay import REMEMBERED, _parser, run
from manage.stream import MOST_EMPTY, changes_between
from tests.builders import LIVE
from tests.world import World, somebody

RUNBOOK = Path(__file__).parents[2] / "docs" / "runbooks" / "replay.md"
_numbers = count(1)
EVER = datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC)


def command(day: datetime, *words: str) -> Any:
    return _parser().parse_args(["--stack", "dunlin-prod", "--day", f"{day:%Y-%m-%d}", *words])


@dataclass
class Stage:
    """A world whose changes stand in a real table, whose stream none of them was told from."""

    world: World
    table: str
    changes: list[CommittedChange]

    @property
    def day(self) -> datetime:
        """The day on which most of it was committed (all, unless midnight came between)."""
        return self.changes[0].at

    def replay(self, *words: str) -> dict[str, Any]:
        ports = self.world.ports
        found = command(self.day, *words)
        return run(ports, found, streams=client("dynamodbstreams"), table=self.table)

    def expected(self) -> set[str]:
        """The ids of the day's events."""
        of_the_day = [each for each in self.changes if each.at.date() == self.day.date()]
        return {
            event.id
            for change in of_the_day
            for event in events_of(change.before, change.after, change.at)
        }

    def feed(self) -> dict[str, Event]:
        page = self.world.ports.ledger.events_page(LIVE, Cursor(100))
        return {event.id: event for event in page.data}


@pytest.fixture
def stage(new_table: Callable[[str], str], monkeypatch: pytest.MonkeyPatch) -> Stage:
    # The SDK would go to an address of the account's own, which moto doesn't know.
    monkeypatch.setenv("AWS_ACCOUNT_ID_ENDPOINT_MODE", "disabled")
    monkeypatch.setattr("manage.stream.MOST_EMPTY", 2)  # moto's pages are empty only at the tip
    name = new_table(f"replayed-{next(_numbers)}")
    world = World("2026-03-02 08:00")
    ledger = TableLedger(Table(name), shards=2)
    world.ports = replace(world.ports, ledger=ledger)
    for number in range(3):
        customer = somebody(f"c{number}")
        world.post(f"R-{number}", due="2026-03-20", customer=customer)
    changes = list(changes_between(client("dynamodbstreams"), name, *EVER))
    world.clock.set(changes[-1].at + timedelta(seconds=1))
    return Stage(world, name, changes)


def test_every_command_that_is_written_down_exists():
    written = RUNBOOK.read_text() + (manage.replay.__doc__ or "")
    words = re.findall(r"-m manage\.replay (--stack .+)$", written, re.MULTILINE)
    assert len(words) >= 4
    for each in words:
        _parser().parse_args(shlex.split(each))


def test_a_day_of_which_nothing_was_told_is_told(stage: Stage):
    shown = stage.replay()

    assert stage.feed().keys() == stage.expected()
    assert shown["events"] == shown["missing"] == len(stage.expected())
    assert shown["types"]["invoice.created"] == 3
    assert all(event.by and event.why for event in stage.feed().values())


def test_twice_is_once(stage: Stage):
    stage.replay()
    told = stage.feed()

    shown = stage.replay()

    assert (shown["missing"], shown["objects"]) == (0, [])
    assert stage.feed() == told


def test_the_stream_that_comes_after_all_tells_the_same_events(stage: Stage):
    """The function that stood still goes on, and tells what the replay told before it."""
    stage.replay()
    told = stage.feed()
    of_the_day = [each for each in stage.changes if each.at.date() == stage.day.date()]
    stage.world.ports.ledger.record_events(
        [event for each in of_the_day for event in events_of(each.before, each.after, each.at)]
    )
    assert stage.feed() == told


def test_a_dry_run_names_the_objects_and_tells_nothing(stage: Stage):
    shown = stage.replay("--dry-run")
    assert shown["missing"] == len(stage.expected())
    assert any(each.startswith("in_") for each in shown["objects"])
    assert stage.feed() == {}


def test_one_creditor_is_told_for_without_the_others(stage: Stage):
    with pytest.raises(NotFoundError):
        stage.replay("--creditor", "cr_0000000000000009")
    assert stage.replay("--creditor", LIVE.creditor_id)["missing"] == len(stage.expected())


def test_another_day_has_other_events(stage: Stage):
    stage.world.clock.set(stage.day + timedelta(days=1))
    tomorrow = command(stage.world.clock.now())
    streams = client("dynamodbstreams")
    shown = run(stage.world.ports, tomorrow, streams=streams, table=stage.table)
    others = {change.at.date() for change in stage.changes} - {stage.day.date()}
    assert (shown["events"] == 0) is (not others)


def test_a_day_that_the_stream_half_remembers_is_said_to_be_incomplete(stage: Stage):
    midnight = stage.day.replace(hour=0, minute=0, second=0, microsecond=0)
    stage.world.clock.set(midnight + REMEMBERED + timedelta(hours=3))
    shown = stage.replay("--dry-run")
    assert shown["complete"] is False
    assert shown["remembered_since"] == f"{midnight + timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"


def test_a_day_that_is_forgotten_or_to_come_or_none_is_refused(stage: Stage):
    stage.world.clock.set(stage.day + timedelta(days=3))
    with pytest.raises(InvalidError, match="forgotten"):
        stage.replay()
    stage.world.clock.set(stage.day - timedelta(days=3))
    with pytest.raises(InvalidError, match="hasn't begun"):
        stage.replay()
    words = _parser().parse_args(["--stack", "x", "--day", "yesterday"])
    with pytest.raises(InvalidError, match="like 2026-11-20"):
        run(stage.world.ports, words, streams=client("dynamodbstreams"), table=stage.table)


class Trimmed:
    """A stream's client whose oldest records go away while they are read; its tip stays open."""

    def __init__(self) -> None:
        self.reads = 0

    def list_streams(self, **_: Any) -> Any:
        return {"Streams": [{"StreamArn": "arn:stream"}]}

    def describe_stream(self, **asked: Any) -> Any:
        if "ExclusiveStartShardId" in asked:
            return {"StreamDescription": {"Shards": [{"ShardId": "shard-2"}]}}
        page = {"Shards": [{"ShardId": "shard-1"}], "LastEvaluatedShardId": "shard-1"}
        return {"StreamDescription": page}

    def get_shard_iterator(self, **asked: str) -> Any:
        assert asked["ShardIteratorType"] == "TRIM_HORIZON"
        return {"ShardIterator": asked["ShardId"]}

    def get_records(self, *, ShardIterator: str) -> Any:  # noqa: N803 - boto3's name
        self.reads += 1
        if self.reads == 1:
            code = {"Error": {"Code": "TrimmedDataAccessException"}}
            raise ClientError(code, "GetRecords")
        at = {"ApproximateCreationDateTime": EVER[0]}
        records = [{"dynamodb": at}] if ShardIterator.startswith("shard") else []
        return {"Records": records, "NextShardIterator": "tip"}


def test_a_stream_is_read_to_its_tip_in_every_shard_though_its_beginning_goes_away():
    streams = Trimmed()
    found = list(changes_between(lambda: streams, "ledger", *EVER))
    assert len(found) == 2
    assert streams.reads == 1 + 2 * (1 + MOST_EMPTY)


def test_what_stripe_told_on_a_day_is_taken_in_by_the_same_command():
    world = World("2026-03-02 08:00")
    world.marks.begin(LIVE)
    catch_up_payments(world.ports)
    invoice = world.post("R-1", due="2026-03-20")
    world.payments.told.append(world.card(invoice))
    world.clock.advance(hours=30)
    found = command(datetime(2026, 3, 2, tzinfo=UTC), "--provider")

    first, second = (run(world.ports, found, streams=no_streams, table="") for _ in range(2))

    event = world.payments.told[0].event_id
    nothing = {"strange": [], "unreadable": [], "failed": {}}
    assert first == {
        "complete": True,
        "tenants": {LIVE.key: {"read": 1, "news": [event], **nothing}},
    }
    assert second["tenants"][LIVE.key]["news"] == []
    assert world.invoice(invoice).remaining == 0


def test_a_creditor_whose_account_doesn_t_answer_is_named_and_the_rest_is_done():
    world = World("2026-03-02 08:00")
    world.marks.begin(LIVE)
    world.payments.down = True
    found = command(datetime(2026, 3, 2, tzinfo=UTC), "--provider")
    shown = run(world.ports, found, streams=no_streams, table="")
    assert shown == {"complete": False, "tenants": {LIVE.key: {"error": "payment_unavailable"}}}


def test_a_day_that_stripe_no_longer_lists_is_refused():
    world = World("2026-03-02 08:00")
    found = command(datetime(2026, 1, 2, tzinfo=UTC), "--provider")
    with pytest.raises(InvalidError, match="30 days"):
        run(world.ports, found, streams=no_streams, table="")


def no_streams() -> Any:
    raise AssertionError("the provider's events don't stand in the stream")
