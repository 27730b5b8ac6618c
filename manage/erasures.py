"""`python -m manage.erasures`: erase again whom a restored stage knows by name again.

    python -m manage.erasures --stack dunlin-prod2 repeat --table LEDGER-OF-THE-OLD-STAGE

The old stage's table, or a copy made from its last backup, says who was erased, and on which
ground. The same customers are erased in the new stage by the same rules, so who owes something
there or has money on its way is refused, and listed with the code of that refusal: repeat it once
that is settled. Again changes nothing. Reading the old table costs its size once, in read units.
Prints JSON. Exit status 1: somebody was refused, or it can't be done.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator

from chalicelib import bootstrap
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import ConflictError, NotFoundError
from chalicelib.gateways.aws import Client, client
from chalicelib.ports.all import Ports
from chalicelib.services.erase_customer import erase_customer
from chalicelib.storage.mapping import from_image
from manage.command import Answer, CommandError, Connect, on_stage
from manage.stage import operator

WHY = "manage.erasures repeat"


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def act() -> Answer:
        if arguments.table == bootstrap.settings().table:
            raise CommandError(f"{arguments.table} is the stage's own table: name the old one.")
        change = Change(by=operator(connect("sts")), why=WHY)
        return repeat(bootstrap.ports(), erased_in(arguments.table, connect("dynamodb")), change)

    return on_stage(arguments.stack, connect, act)


def erased_in(table: str, dynamodb: Client) -> Iterator[Customer]:
    """Yield whoever was erased in a table. Raises StageError if it can't be read."""
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
            if isinstance(customer := from_image(item), Customer):
                yield customer
    sys.stderr.write("\n")


def repeat(ports: Ports, customers: Iterable[Customer], change: Change) -> Answer:
    """Erase them in the stage, and say how many there are, and who was refused."""
    erased, not_here, refused = 0, 0, []
    for each in customers:
        if each.erasure is None:
            continue
        try:
            erase_customer(ports, each.tenant, change, each.id, each.erasure.reason)
        except NotFoundError:  # came after what was restored
            not_here += 1
        except ConflictError as error:
            told = {"tenant": each.tenant.key, "customer": each.id, "code": error.code}
            refused.append(told)
        else:
            erased += 1
    return {
        "erased": erased,
        "not_here": not_here,
        "refused": refused,
        "complete": not refused,
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.erasures")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the new stage")
    commands = parser.add_subparsers(dest="command", required=True)
    again = commands.add_parser("repeat", help="erase again whoever was erased in another table")
    again.add_argument("--table", required=True, help="the old stage's table, or a copy of it")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
