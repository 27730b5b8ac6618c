"""`python -m manage.replay`: a day of a deployed stage, told once more.

    python -m manage.replay --stack dunlin-prod --day 2026-11-20 --dry-run
    python -m manage.replay --stack dunlin-prod --day 2026-11-20
    python -m manage.replay --stack dunlin-prod --day 2026-11-20 --creditor cr_…
    python -m manage.replay --stack dunlin-prod --day 2026-11-20 --provider

Without `--provider`, the events of what was committed on that day (UTC) are derived from the
table's stream once more, as far as it remembers the day: 24 hours. With it, what Stripe told on
that day is taken in once more; Stripe remembers 30 days. What was told already, or taken in, is
left as it is, so it may be run as often as one likes; `--dry-run` changes nothing, and says what
would be. Prints JSON, with ids only. Exit status 1: something couldn't be done.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, time, timedelta

from chalicelib import bootstrap
from chalicelib.domain.errors import DunlinError, InvalidError
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways.aws import Client, client
from chalicelib.handlers.shapes.common import timestamp
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor
from chalicelib.services.replay_changes import replay_changes
from chalicelib.services.replay_provider_events import replay_provider_events
from manage.command import Answer, Connect, on_stage
from manage.stream import changes_between

REMEMBERED = timedelta(hours=24)
"""How long the table's stream remembers a change."""
PROVIDER_REMEMBERS = timedelta(days=30)
"""How long Stripe lists an event."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day in UTC that has begun, up to its end or to now."""

    since: datetime
    until: datetime


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def act() -> Answer:
        streams, table = connect("dynamodbstreams"), bootstrap.settings().table
        return run(bootstrap.ports(), arguments, streams=streams, table=table)

    return on_stage(arguments.stack, connect, act)


def run(ports: Ports, arguments: argparse.Namespace, *, streams: Client, table: str) -> Answer:
    """Replay a day, and return what to print. Raises DunlinError."""
    if arguments.creditor:
        load_creditor(ports, arguments.creditor)
    day = _day(arguments.day, ports.clock.now())
    if arguments.provider:
        return _provider(ports, arguments, day)
    return _changes(ports, arguments, day, streams, table)


def _changes(
    ports: Ports, arguments: argparse.Namespace, day: Day, streams: Client, table: str
) -> Answer:
    remembered = ports.clock.now() - REMEMBERED
    if day.until <= remembered:
        raise InvalidError(
            "The stream has forgotten that day. docs/runbooks/replay.md says what can be done."
        )

    def wanted(event: Event) -> bool:
        return arguments.creditor in {None, event.tenant.creditor_id}

    changes = changes_between(streams, table, day.since, day.until)
    done = replay_changes(ports, changes, wanted, dry_run=arguments.dry_run)
    return {
        "complete": day.since >= remembered,
        "remembered_since": timestamp(max(day.since, remembered)),
        "events": done.derived,
        "missing": len(done.missing),
        "types": dict(sorted(Counter(event.type for event in done.missing).items())),
        "objects": sorted({event.object_id for event in done.missing}),
    }


def _provider(ports: Ports, arguments: argparse.Namespace, day: Day) -> Answer:
    if day.since < ports.clock.now() - PROVIDER_REMEMBERS:
        raise InvalidError("Stripe lists events for 30 days, and that day is longer ago.")
    tenants = [
        mark.tenant
        for mark in ports.payment_marks.all()
        if arguments.creditor in {None, mark.tenant.creditor_id}
    ]
    told = {each.key: _replayed(ports, each, day, dry_run=arguments.dry_run) for each in tenants}
    failed = any(each.get("failed") or each.get("error") for each in told.values())
    return {"complete": not failed, "tenants": told}


def _replayed(ports: Ports, tenant: Tenant, day: Day, *, dry_run: bool) -> Answer:
    try:
        done = replay_provider_events(ports, tenant, day.since, day.until, dry_run=dry_run)
    except DunlinError as error:
        return {"error": error.code}
    return asdict(done) if done else {}


def _day(day: str, now: datetime) -> Day:
    try:
        since = datetime.combine(datetime.fromisoformat(day).date(), time(), UTC)
    except ValueError:
        raise InvalidError("A day is written like 2026-11-20.") from None
    if since > now:
        raise InvalidError("That day hasn't begun yet (UTC).")
    return Day(since, min(since + timedelta(days=1), now.replace(microsecond=0)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.replay")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the stage")
    parser.add_argument("--day", required=True, help="the day to replay, in UTC, as 2026-11-20")
    parser.add_argument("--creditor", help="only this creditor's, in live and test mode")
    parser.add_argument(
        "--provider", action="store_true", help="take in what Stripe told on that day"
    )
    parser.add_argument("--dry-run", action="store_true", help="change nothing, say what would be")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
