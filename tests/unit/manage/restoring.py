"""A stage that was exported, and an empty one as an operator reaches it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import boto3

from chalicelib.ports.all import Ports
from chalicelib.storage.configuration import TableConfiguration
from chalicelib.storage.due_index import TableDueIndex
from chalicelib.storage.ledger import TableLedger
from chalicelib.storage.payment_marks import TablePaymentMarks
from chalicelib.storage.table import Table
from chalicelib.storage.worklist import TableWorklist
from manage.restore import main
from tests.builders import utc
from tests.environment import COMPLETE
from tests.exported import LOCATION, items_of
from tests.fakes.world import FakeClock
from tests.world import World

OLD, NEW = "old", COMPLETE["DUNLIN_TABLE"]
EXPORTED = utc("2026-03-11 12:00")
UNTIL = "2026-03-18T12:00:00Z"
RULES = ("dunlin-sweep", "dunlin-nightly")


class Aws:
    """The clients that the command asks for: moto's, and those of a stack that is there."""

    def __init__(self) -> None:
        self.s3 = boto3.client("s3")
        self.ours = {"s3": self.s3, "dynamodb": boto3.client("dynamodb")}
        self.enabled = dict.fromkeys(RULES, True)

    def __call__(self, service: str) -> Any:
        return lambda: self.ours.get(service, self)

    def get_caller_identity(self) -> Any:
        return {"Arn": "arn:aws:iam::123456789012:user/erin"}

    def describe_stack_resource(self, **_: str) -> Any:
        return {"StackResourceDetail": {"PhysicalResourceId": "dunlin-api"}}

    def get_function_configuration(self, **_: str) -> Any:
        return {"Environment": {"Variables": COMPLETE}}

    def get_paginator(self, _: str) -> Any:
        return self

    def paginate(self, **_: str) -> Any:
        for name in RULES:
            rule = {"ResourceType": "AWS::Events::Rule", "PhysicalResourceId": name}
            other = {"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": f"{name}-queue"}
            yield {"StackResourceSummaries": [rule, other]}

    def disable_rule(self, *, Name: str) -> None:  # noqa: N803 - boto3's name
        self.enabled[Name] = False

    def enable_rule(self, *, Name: str) -> None:  # noqa: N803 - boto3's name
        self.enabled[Name] = True


def on(name: str, world: World | None = None) -> Ports:
    """Return the ports of a world (by default one of its own) whose records are in a table."""
    table, fakes = Table(name), world or World("2026-03-01 08:00")
    return replace(
        fakes.ports,
        ledger=TableLedger(table, shards=2),
        due=TableDueIndex(table),
        configuration=TableConfiguration(table, FakeClock()),
        payment_marks=TablePaymentMarks(table, FakeClock()),
        worklist=TableWorklist(table),
    )


def stored(table: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = items_of(boto3.client("dynamodb"), table)
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in found}


def unmarked(items: dict[tuple[str, str], dict[str, Any]]) -> dict[tuple[str, str], Any]:
    return {
        key: {name: value for name, value in item.items() if name != "nonce"}
        for key, item in items.items()
        if key[0] != "RESTORATION"
    }


def restore(aws: Aws, *more: str) -> int:
    return main(["--stack", "dunlin-prod", LOCATION, *more], connect=aws)
