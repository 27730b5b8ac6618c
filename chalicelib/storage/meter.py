"""The meter: which AWS calls a use case makes, and what they cost in DynamoDB's units.

It hangs on botocore clients (PynamoDB's too) and reckons from the real sizes of items, never from
`ConsumedCapacity`, which emulators get wrong. The rules (developer guide: "Read and write
operations", "Managing transactions", "Using global secondary indexes"):

- a strongly consistent read costs 1 unit per 4 KB, an eventually consistent one half, one in a
  transaction twice; a query adds its items up before it rounds, a batch rounds each item;
- a write costs 1 unit per KB of the larger of the item before and after, also when its condition
  fails; in a transaction twice;
- an index costs a write of its own when an item's entry appears, goes or changes, and two when
  its key changes, for it is deleted and put; an entry that stays as it was costs nothing.

Nothing of this runs in production: tests and benchmarks attach it.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from chalicelib.storage.units import Index, Raw, index_units, item_size, read_units, write_units

OTHER = "other"
CONDITIONS = {"ConditionalCheckFailedException", "TransactionCanceledException"}
_use_case: ContextVar[str] = ContextVar("use_case", default=OTHER)
_CALL = "dunlin_meter"


@contextmanager
def use_case(name: str) -> Iterator[None]:
    """Count what is called inside under this name."""
    token = _use_case.set(name)
    try:
        yield
    finally:
        _use_case.reset(token)


@dataclass(slots=True)
class Tally:
    """What a use case called, as `service:Operation`, and the units it used."""

    calls: Counter[str] = field(default_factory=Counter)
    read: float = 0.0
    write: float = 0.0


@dataclass(frozen=True, slots=True)
class Target:
    """An item that a call writes: before, and after if the call says so."""

    table: str
    key: Raw
    action: str
    before: Raw | None
    after: Raw | None


@dataclass(frozen=True, slots=True)
class Call:
    """A call under way."""

    use_case: str
    body: dict[str, Any]
    targets: tuple[Target, ...]


class Meter:
    """Counts by use case. `reader` is a DynamoDB client of its own, which isn't metered."""

    def __init__(self, reader: Any) -> None:  # noqa: ANN401 - boto3's clients have no type
        self._reader = reader
        self._keys: dict[str, tuple[str, ...]] = {}
        self._indexes: dict[str, tuple[Index, ...]] = {}
        self.tallies: defaultdict[str, Tally] = defaultdict(Tally)

    def attach(self, client: Any) -> None:  # noqa: ANN401 - boto3's clients have no type
        """Meter a client of any service from now on."""
        client.meta.events.register("before-call", self._before)
        client.meta.events.register("after-call", self._after)

    # botocore calls the handlers by keyword, with more than they need.

    def _before(self, *, model: Any, params: Raw, context: dict[str, Any], **_: object) -> None:  # noqa: ANN401 - botocore's model
        body: dict[str, Any] = {}
        targets: tuple[Target, ...] = ()
        if model.service_model.service_name == "dynamodb":
            body = json.loads(params["body"])
            targets = tuple(self._targets(model.name, body))
        context[_CALL] = Call(_use_case.get(), body, targets)

    def _after(self, *, model: Any, parsed: Raw, context: dict[str, Any], **_: object) -> None:  # noqa: ANN401 - botocore's model
        call: Call = context.pop(_CALL)
        service = model.service_model.service_name
        tally = self.tallies[call.use_case]
        tally.calls[f"{service}:{model.name}"] += 1
        if service != "dynamodb":
            return
        if call.targets:
            tally.write += self._written(model.name, call, parsed)
        elif "Error" not in parsed:
            tally.read += self._read(model.name, call.body, parsed)

    def _targets(self, operation: str, body: dict[str, Any]) -> Iterator[Target]:
        match operation:
            case "PutItem" | "DeleteItem" | "UpdateItem":
                yield self._target(operation.removesuffix("Item"), body)
            case "TransactWriteItems":
                for each in body["TransactItems"]:
                    [(action, request)] = each.items()
                    yield self._target(action, request)
            case "BatchWriteItem":
                for table, requests in body["RequestItems"].items():
                    for each in requests:
                        [(action, request)] = each.items()
                        named = {"TableName": table, **request}
                        yield self._target(action.removesuffix("Request"), named)

    def _target(self, action: str, request: dict[str, Any]) -> Target:
        table, item = request["TableName"], request.get("Item")
        key = request["Key"] if item is None else _chosen(item, self._keys_of(table))
        before = self._stored(table, key)
        return Target(table, key, action, before, before if action == "ConditionCheck" else item)

    def _written(self, operation: str, call: Call, parsed: Raw) -> float:
        factor = 2 if operation == "TransactWriteItems" else 1
        if error := parsed.get("Error"):
            if error["Code"] not in CONDITIONS:
                return 0
            return sum(factor * write_units(each.before, each.after) for each in call.targets)
        undone = [
            request
            for requests in parsed.get("UnprocessedItems", {}).values()
            for each in requests
            for request in each.values()
        ]
        units = 0
        for target in call.targets:
            if any(
                target.key.items() <= (each.get("Item") or each["Key"]).items() for each in undone
            ):
                continue
            after = target.after
            if target.action == "Update":
                after = self._stored(target.table, target.key)
            units += factor * write_units(target.before, after)
            units += sum(
                index_units(index, target.before, after) for index in self._indexes_of(target.table)
            )
        return units

    def _read(self, operation: str, body: dict[str, Any], parsed: Raw) -> float:
        match operation:
            case "GetItem":
                item = self._whole(body["TableName"], body, parsed.get("Item"))
                return read_units(item_size(item), consistent=body.get("ConsistentRead", False))
            case "BatchGetItem":
                return sum(
                    self._read_of_batch(table, request, parsed)
                    for table, request in body["RequestItems"].items()
                )
            case "TransactGetItems":
                gets = [each["Get"] for each in body["TransactItems"]]
                wholes = [self._stored(each["TableName"], each["Key"]) for each in gets]
                return sum(2 * read_units(item_size(each), consistent=True) for each in wholes)
            case "Query" | "Scan":
                size = sum(item_size(each) for each in self._evaluated(operation, body, parsed))
                return read_units(size, consistent=body.get("ConsistentRead", False))
            case _:
                return 0.0

    def _read_of_batch(self, table: str, request: dict[str, Any], parsed: Raw) -> float:
        unread = parsed.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
        consistent = request.get("ConsistentRead", False)
        if "ProjectionExpression" in request:
            found = [self._stored(table, key) for key in request["Keys"] if key not in unread]
            return sum(read_units(item_size(each), consistent=consistent) for each in found)
        items = parsed["Responses"].get(table, [])
        missing = len(request["Keys"]) - len(unread) - len(items)
        sizes = [*map(item_size, items), *([0] * missing)]
        return sum(read_units(size, consistent=consistent) for size in sizes)

    def _evaluated(self, operation: str, body: dict[str, Any], parsed: Raw) -> Iterable[Raw]:
        """Return the items that a query paid for: also those that a filter left out, and whole."""
        narrowed = {"FilterExpression", "ProjectionExpression", "Select"} & body.keys()
        if not narrowed or not parsed["ScannedCount"]:
            return list(parsed.get("Items", []))
        plain = {name: value for name, value in body.items() if name not in narrowed}
        used = re.findall(r"[#:]\w+", body.get("KeyConditionExpression", ""))
        for kind in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            if still_used := _chosen(plain.pop(kind, {}), used):
                plain[kind] = still_used
        plain["Limit"] = parsed["ScannedCount"]
        ask = self._reader.query if operation == "Query" else self._reader.scan
        return list(ask(**plain)["Items"])

    def _whole(self, table: str, body: dict[str, Any], item: Raw | None) -> Raw | None:
        return self._stored(table, body["Key"]) if "ProjectionExpression" in body else item

    def _stored(self, table: str, key: Raw) -> Raw | None:
        answer = self._reader.get_item(TableName=table, Key=key, ConsistentRead=True)
        item: Raw | None = answer.get("Item")
        return item

    def _keys_of(self, table: str) -> tuple[str, ...]:
        self._describe(table)
        return self._keys[table]

    def _indexes_of(self, table: str) -> tuple[Index, ...]:
        self._describe(table)
        return self._indexes[table]

    def _describe(self, table: str) -> None:
        if table in self._keys:
            return
        described = self._reader.describe_table(TableName=table)["Table"]
        own = _names(described["KeySchema"])
        self._keys[table] = own
        self._indexes[table] = tuple(
            _index(own, each) for each in described.get("GlobalSecondaryIndexes", [])
        )


def _index(own: tuple[str, ...], described: dict[str, Any]) -> Index:
    names = _names(described["KeySchema"])
    projection = described["Projection"]
    projected = frozenset({*own, *names, *projection.get("NonKeyAttributes", [])})
    everything = projection["ProjectionType"] == "ALL"
    return Index(described["IndexName"], names, None if everything else projected)


def _chosen(values: Raw, names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}


def _names(schema: Iterable[dict[str, str]]) -> tuple[str, ...]:
    return tuple(each["AttributeName"] for each in schema)
