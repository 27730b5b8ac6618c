"""`python -m manage.restore`: put an export of the table into a stage that holds nothing yet.

    python -m manage.restore --stack dunlin-prod s3://BUCKET/dunlin/AWSDynamoDB/EXPORT-ID
    python -m manage.restore --stack dunlin-prod s3://BUCKET/… --lost-until 2026-11-22T10:30:00Z
    python -m manage.restore --stack dunlin-prod s3://BUCKET/… --erased-in TABLE-OF-THE-OLD-STAGE

    hold the schedules ── put the items back ── relive what was lost ── erase again
    ── payment marks ── go on

What the old table noted after the export is lost: which messages left, above all. So the time from
the export to `--lost-until` (when the old stage certainly sent no more; now, if left out) is lived
through without sending anything, see services/relive.py. The marks of payments come last: they say
that payments are known up to the export, so reminders wait until the catch-up has read the rest.

Whoever was erased since the export is there by name again, and may owe what was settled since. The
table that `--erased-in` names says who that is: they are erased again or held (manage/erasures.py)
before the schedules are enabled, and `erased_again` tells of them.

Whatever interrupts it, the same command goes on; the schedules stay disabled until it has ended
well. Prints JSON. Exit status 1: it can't be done, and says why.
"""

from __future__ import annotations

import argparse
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import ConflictError
from chalicelib.gateways.aws import client
from chalicelib.handlers.shapes.common import timestamp
from chalicelib.ports.due import DueEntry
from chalicelib.services.relive import relive
from chalicelib.services.try_later import TryLaterError
from chalicelib.storage import configuration_keys, keys
from chalicelib.storage.due_index import entry_of
from chalicelib.storage.items import RestorationItem
from chalicelib.storage.restored import as_restored
from chalicelib.storage.table import Table
from manage.command import Answer, CommandError, Connect, on_stage
from manage.erasures import check_old_table, erased_in, repeat
from manage.exports import DataFile, Export, find_export
from manage.schedules import held
from manage.stage import operator

FILES_AT_ONCE = 4
WALL = "wall#"
WHY = "manage.restore --erased-in"

Raw = dict[str, Any]


@dataclass(slots=True)
class Found:
    """What an export holds that isn't simply put back: what is due, and the marks of payments."""

    due: list[DueEntry] = field(default_factory=list)
    marks: list[Raw] = field(default_factory=list)
    items: int = 0


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def erase_again() -> Answer:
        if arguments.erased_in is None:
            return {}
        change = Change(by=operator(connect("sts")), why=WHY)
        everybody = erased_in(arguments.erased_in, connect("dynamodb"))
        return {"erased_again": repeat(bootstrap.ports(), everybody, change)}

    def act() -> Answer:
        if arguments.erased_in is not None:
            check_old_table(arguments.erased_in, connect("dynamodb"))
        export = find_export(connect("s3"), arguments.export)
        table = Table(bootstrap.settings().table)
        state = _begin(table, export, arguments.lost_until or datetime.now(UTC))
        formation, events = connect("cloudformation"), connect("events")
        with held(arguments.stack, cloudformation=formation, events=events):
            try:
                return _restore(table, export, state, erase_again)
            except TryLaterError as later:
                again = "run it again when that works; nothing is sent meanwhile."
                raise CommandError(f"{later}: {again}") from later

    return on_stage(arguments.stack, connect, act)


def _begin(table: Table, export: Export, lost_until: datetime) -> RestorationItem:
    """Return how far a restoration got, this one's beginning if there was none.

    Raises ConflictError where the stage holds something else.
    """
    known = table.get(keys.RESTORATION)
    if isinstance(known, RestorationItem):
        if known.finished_at is not None:
            raise ConflictError("The stage was restored before, and lives on since.")
        if known.export != export.arn:
            raise ConflictError(f"The stage is being restored from another export, {known.export}.")
        return known
    if bootstrap.ports().configuration.creditors():
        raise ConflictError("The stage isn't empty: it has creditors. Deploy a new one.")
    at = keys.RESTORATION
    begun = RestorationItem(
        pk=at.pk,
        sk=at.sk,
        export=export.arn,
        exported_at=export.exported_at,
        lost_until=max(lost_until, export.exported_at),
    )
    table.put(begun)
    return begun


def _restore(
    table: Table, export: Export, state: RestorationItem, erase_again: Callable[[], Answer]
) -> Answer:
    writes = table if state.put_back_at is None else None
    found = _read(export, writes, state.lost_until)
    if writes:
        state.put_back_at = datetime.now(UTC)
        table.put(state)
    perhaps = relive(bootstrap.ports(), found.due, since=state.exported_at, until=state.lost_until)
    again = erase_again()  # not before: to who has no address nothing may have left
    table.put_back(found.marks)
    state.finished_at = datetime.now(UTC)
    table.put(state)
    return {
        "items": found.items,
        "exported_at": timestamp(state.exported_at),
        "lost_until": timestamp(state.lost_until),
        "perhaps_sent": perhaps,
        **again,
    }


def _read(export: Export, table: Table | None, lost_until: datetime) -> Found:
    """Read the whole export, put its items into the table, if one is given, and return the rest."""
    whole = Found()

    def one(file: DataFile) -> Found:
        return _read_file(export, file, table, lost_until)

    with ThreadPoolExecutor(FILES_AT_ONCE) as threads:
        for found in threads.map(one, export.files):
            whole.due += found.due
            whole.marks += found.marks
            whole.items += found.items
            sys.stderr.write(f"\r{whole.items:,} of {export.items:,} items read")
    sys.stderr.write("\n")
    return whole


def _read_file(export: Export, file: DataFile, table: Table | None, lost_until: datetime) -> Found:
    found = Found()
    items = _put_back_now(export.read(file), found, lost_until)
    if table:
        table.put_back(items)
    else:
        deque(items, maxlen=0)
    return found


def _put_back_now(raws: Iterable[Raw], found: Found, lost_until: datetime) -> Iterator[Raw]:
    """Yield what is simply put back, and note the rest."""
    for raw in raws:
        found.items += 1
        partition = raw[keys.PARTITION]["S"]
        if raw.get(keys.DUE_PARTITION, {"S": ""})["S"].startswith(WALL):
            entry = entry_of(raw)
            if entry.due_at < lost_until:
                found.due.append(entry)
        if partition == configuration_keys.PAYMENT_MARKS:
            found.marks.append(raw)
        elif partition != keys.RESTORATION.pk:
            yield as_restored(raw)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.restore")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the new stage")
    parser.add_argument("export", help="s3://<bucket>/<prefix>/AWSDynamoDB/<id>")
    parser.add_argument(
        "--lost-until",
        type=_instant,
        help="when the old stage certainly sent nothing more (UTC, ISO 8601); left out: now",
    )
    parser.add_argument(
        "--erased-in",
        metavar="TABLE",
        help="the old stage's table, or a copy of it: whoever was erased there is erased again",
    )
    return parser


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("must be an instant such as 2026-11-22T10:30Z") from None
    if at.tzinfo is None:
        raise argparse.ArgumentTypeError("must say its time zone, such as Z")
    return at.astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
