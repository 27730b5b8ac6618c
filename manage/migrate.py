"""`python -m manage.migrate`: bring what older releases stored into the present shape.

    python -m manage.migrate --stack dunlin-prod list
    python -m manage.migrate --stack dunlin-prod run
    python -m manage.migrate --stack dunlin-prod run --items-per-second 2000

The stage goes on working meanwhile: each item is replaced only while it is as it was read. `run`
carries out what is pending, in order, and goes on where it was interrupted; a second one does
nothing. It reads the whole table once per migration (half a read unit per 4 kB) and writes what has
the old shape. Prints JSON. Run it some minutes after a deployment, when no process of the release
before is left; the release after may count on it.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime

from chalicelib import bootstrap
from chalicelib.gateways.aws import client
from chalicelib.storage.migrations import MIGRATIONS, Migration
from chalicelib.storage.table import Table
from manage.command import Answer, CommandError, Connect, on_stage
from manage.migrating import SEGMENTS, BusyItemError, Progress, is_done, migrate_page

ITEMS_PER_SECOND = 500
"""A pace that leaves the table to those who work with it: half a dozen read units a second."""


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def act() -> Answer:
        try:
            return run(Table(bootstrap.settings().table), arguments)
        except BusyItemError as busy:
            raise CommandError(f"{busy} is written again and again: run it once more.") from busy

    return on_stage(arguments.stack, connect, act)


def run(
    table: Table, arguments: argparse.Namespace, *, wait: Callable[[float], None] = time.sleep
) -> Answer:
    """Do what one command says, and return what to print."""
    if arguments.command == "list":
        return {"migrations": [_shown(table, each) for each in MIGRATIONS]}
    done = {}
    for migration in MIGRATIONS:
        if not is_done(table, migration):
            progress = _carry_out(table, migration, arguments.items_per_second, wait)
            done[migration.name] = asdict(progress)
    return {"carried_out": done}


def _carry_out(
    table: Table, migration: Migration, pace: int, wait: Callable[[float], None]
) -> Progress:
    progress = Progress()
    for segment in range(SEGMENTS):
        read = progress.read
        while migrate_page(table, migration, segment, datetime.now(UTC), progress):
            wait((progress.read - read) / pace)
            read = progress.read
            sys.stderr.write(
                f"\r{migration.name}: segment {segment + 1} of {SEGMENTS}, "
                f"{progress.read:,} items read, {progress.written:,} written"
            )
    sys.stderr.write("\n")
    return progress


def _shown(table: Table, migration: Migration) -> Answer:
    state = "done" if is_done(table, migration) else "pending"
    return {"name": migration.name, "state": state, "why": migration.why}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.migrate")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the stage")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="say which migrations are pending, and what they are for")
    carry_out = commands.add_parser("run", help="carry out what is pending")
    carry_out.add_argument("--items-per-second", type=_pace, default=ITEMS_PER_SECOND)
    return parser


def _pace(text: str) -> int:
    if text.isdecimal() and int(text) >= 1:
        return int(text)
    raise argparse.ArgumentTypeError("must be a whole number, 1 or more")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
