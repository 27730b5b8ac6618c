"""`python -m manage.erasures`: erase again whom a restored stage knows by name again.

    python -m manage.erasures --stack dunlin-prod2 repeat --table LEDGER-OF-THE-OLD-STAGE

The old stage's table, or a copy made from its last backup, says who was erased, and on which
ground. The same customers are erased in the new stage by the same rules, so who owes something
there or has money on its way is refused, and listed with the code of that refusal. Nobody is
erased who owes anything, so what they owe here was settled since the export: their open cases are
held without an end (`held`), until somebody settles that and repeats the command.

Who can't be made out, in either table, keeps nobody else waiting: they are listed as `unreadable`
by their ids and held, too. `held` is false where that fails, as for a file of which nothing can
be made out; nothing is sent to it either. Again changes nothing. Reading the old table costs its
size once, in read units. Prints JSON. Exit status 1: somebody is left, or it can't be done.
`manage.restore --erased-in` does the same before the new stage may send anything.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.exceptions import PynamoDBException

from chalicelib import bootstrap
from chalicelib.domain.case import Case, PauseKind
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import CaseNotOpenError, DunlinError
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.tenant import Tenant
from chalicelib.gateways.aws import Client, client
from chalicelib.gateways.secrets import SecretUnreadableError
from chalicelib.ports.all import Ports
from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.pause_case import pause_case
from chalicelib.storage import keys
from chalicelib.storage.mapping import from_image
from manage.command import Answer, CommandError, Connect, on_stage
from manage.stage import operator

WHY = "manage.erasures repeat"
HELD = "The customer was erased before the table was restored."
"""Why a case is held, for whoever looks at it."""


@dataclass(frozen=True, slots=True)
class Erased:
    """Somebody who was erased, by their key, and their record as the old table has it."""

    tenant: Tenant
    customer_id: str
    image: dict[str, Any]

    def ground(self) -> ErasureReason:
        """Return on which ground. Raises whatever the record is unreadable by."""
        customer = from_image(self.image)
        if not isinstance(customer, Customer) or customer.erasure is None:
            raise UnreadableRecordError(f"there is no erasure of {self.customer_id}")
        return customer.erasure.reason


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def act() -> Answer:
        check_old_table(arguments.table, connect("dynamodb"))
        change = Change(by=operator(connect("sts")), why=WHY)
        return repeat(bootstrap.ports(), erased_in(arguments.table, connect("dynamodb")), change)

    return on_stage(arguments.stack, connect, act)


def check_old_table(table: str, dynamodb: Client) -> None:
    """Raise CommandError for the stage's own table, and what AWS says where there is none."""
    if table == bootstrap.settings().table:
        raise CommandError(f"{table} is the stage's own table: name the old one.")
    dynamodb().describe_table(TableName=table)


def erased_in(table: str, dynamodb: Client) -> Iterator[Erased]:
    """Yield whoever was erased in a table, also by a record that can't be made out."""
    pages = (
        dynamodb()
        .get_paginator("scan")
        .paginate(
            TableName=table,
            FilterExpression="#kind = :customer AND attribute_exists(#erasure)",
            ExpressionAttributeNames={"#kind": "kind", "#erasure": "erasure"},
            ExpressionAttributeValues={":customer": {"S": "customer"}},
        )
    )
    read = 0
    for page in pages:
        read += page["ScannedCount"]
        sys.stderr.write(f"\r{read:,} items read")
        for item in page["Items"]:
            yield Erased(*keys.owner(item[keys.PARTITION]["S"]), item)
    sys.stderr.write("\n")


def repeat(ports: Ports, everybody: Iterable[Erased], change: Change) -> Answer:
    """Erase them in the stage, hold whoever can't be, and say how many and who that is."""
    erased, not_here = 0, 0
    refused: list[Answer] = []
    unreadable: list[Answer] = []
    for each in everybody:
        match _fault_of(partial(_erase_again, ports, each, change)):
            case None:
                erased += 1
            case _NotHereError():
                not_here += 1
            case DunlinError() as error:
                refused.append(
                    {**_who(each), "code": error.code, "held": _hold(ports, each, change)}
                )
            case error:
                fault = type(error).__name__
                unreadable.append(
                    {**_who(each), "fault": fault, "held": _hold(ports, each, change)}
                )
    return {
        "erased": erased,
        "not_here": not_here,
        "refused": refused,
        "unreadable": unreadable,
        "complete": not refused and not unreadable,
    }


class _NotHereError(Exception):
    """The customer came after what was restored."""


def _fault_of(attempt: Callable[[], None]) -> Exception | None:
    """Return what kept an attempt from its end. Raises what AWS says: that concerns everybody."""
    try:
        attempt()
    except (BotoCoreError, ClientError, PynamoDBException, SecretUnreadableError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the others are there
        return error
    return None


def _erase_again(ports: Ports, each: Erased, change: Change) -> None:
    """Erase a customer. Raises DunlinError, _NotHereError, and whatever is unreadable."""
    file = ports.ledger.file(each.tenant, each.customer_id)
    if file is None:
        raise _NotHereError
    known = file.customer.erasure
    ground = known.reason if known else each.ground()
    erase_customer(ports, each.tenant, change, each.customer_id, ground)


def _hold(ports: Ports, each: Erased, change: Change) -> bool:
    """Hold a customer's open cases without an end, and say whether all of them are held."""

    def hold() -> None:
        file = ports.ledger.file(each.tenant, each.customer_id)
        for case in file.open_cases if file else ():
            if not _is_held(case):
                with suppress(CaseNotOpenError):
                    pause_case(ports, each.tenant, change, case.id, reason=HELD, until=None)

    return _fault_of(hold) is None


def _is_held(case: Case) -> bool:
    return any(pause.kind is PauseKind.HOLD and pause.until is None for pause in case.pauses)


def _who(each: Erased) -> Answer:
    return {"tenant": each.tenant.key, "customer": each.customer_id}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.erasures")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the new stage")
    commands = parser.add_subparsers(dest="command", required=True)
    again = commands.add_parser("repeat", help="erase again whoever was erased in another table")
    again.add_argument("--table", required=True, help="the old stage's table, or a copy of it")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
