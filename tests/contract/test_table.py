"""What only the real table can meet: lost answers, batches half done, endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from pynamodb.exceptions import TransactWriteError
from pynamodb.expressions.condition import Condition

from chalicelib.domain import ids
from chalicelib.domain.event import Event
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.ports.storage import Cursor, Write, WriteConflictError
from chalicelib.storage import table as tables
from chalicelib.storage.batches import BatchUnfinishedError
from chalicelib.storage.items import Item
from chalicelib.storage.ledger import TableLedger
from chalicelib.storage.table import Table
from tests.builders import LIVE, a_case, a_claim, an_invoice, record_id, utc

FEED = Tenant("cr_" + "F" * ids.PART, Mode.LIVE)


class RepeatingTable(Table):
    """Sends each put twice, as botocore does when the first answer is lost."""

    def put(self, item: Item, condition: Condition | None = None) -> None:
        super().put(item, condition)
        super().put(item, condition)


@pytest.fixture
def ledger(table: Table) -> TableLedger:
    """Return a ledger on the module's table."""
    return TableLedger(table, shards=1)


def test_a_repeated_put_knows_its_own_write(table: Table, ledger: TableLedger):
    repeating = TableLedger(RepeatingTable(table.name), shards=1)
    case = a_case("repeated")
    repeating.commit([Write(None, case)])
    claimed = replace(case, claim=a_claim(), version=2)
    repeating.commit([Write(case, claimed)])
    assert ledger.case(LIVE, case.id) == claimed
    with pytest.raises(WriteConflictError):
        repeating.commit([Write(case, claimed)])


@pytest.fixture
def partly(table: Table, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Let the table leave the last of each batch undone as often as the list's number says."""
    monkeypatch.setattr(tables, "PAUSES", (0.0, 0.0, 0.0))
    left = [0]

    def leave_undone(parsed: dict[str, Any], **_: Any) -> None:
        if left[0] == 0:
            return
        left[0] -= 1
        if responses := parsed.get("Responses"):
            item = responses[table.name].pop()
            key = {name: item[name] for name in ("pk", "sk")}
            parsed["UnprocessedKeys"] = {table.name: {"Keys": [key]}}

    def leave_unwritten(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        if left[0]:
            left[0] -= 1
            context["unwritten"] = params["RequestItems"][table.name].pop()

    def say_so(parsed: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        if unwritten := context.get("unwritten"):
            parsed["UnprocessedItems"] = {table.name: [unwritten]}

    events = table.connection.client.meta.events
    hooks = {
        "after-call.dynamodb.BatchGetItem": leave_undone,
        "before-parameter-build.dynamodb.BatchWriteItem": leave_unwritten,
        "after-call.dynamodb.BatchWriteItem": say_so,
    }
    for name, hook in hooks.items():
        events.register(name, hook)
    yield left
    for name, hook in hooks.items():
        events.unregister(name, hook)


def test_what_a_batch_left_unread_is_read_again(ledger: TableLedger, partly: list[int]):
    invoices = [an_invoice(f"batch {each}") for each in range(3)]
    ledger.commit([Write(None, each) for each in invoices])
    wanted = [each.id for each in invoices]
    partly[0] = 2
    assert len(ledger.invoices(LIVE, wanted)) == 3
    partly[0] = 3
    with pytest.raises(BatchUnfinishedError):
        ledger.invoices(LIVE, wanted)


def test_what_a_batch_left_unwritten_is_written_again(ledger: TableLedger, partly: list[int]):
    happened = [
        Event(
            id=record_id(ids.EVENT, f"event {each}"),
            tenant=FEED,
            customer_id="",
            type="invoice.paid",
            object_id=an_invoice().id,
            at=utc("2026-01-01"),
            by="system",
            why="",
            data={},
        )
        for each in range(30)
    ]
    partly[0] = 2
    ledger.record_events(happened)
    assert len(ledger.events_page(FEED, Cursor(50)).data) == 30


def test_more_than_a_batch_is_read_in_several(ledger: TableLedger):
    invoices = [an_invoice(f"many {each}") for each in range(120)]
    for start in (0, 60):
        ledger.commit([Write(None, each) for each in invoices[start : start + 60]])
    assert ledger.invoices(LIVE, [each.id for each in invoices]) == {
        each.id: each for each in invoices
    }


def test_the_client_follows_the_environment_and_gives_up_soon(
    aws: None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    client = Table("elsewhere").connection.client
    assert client.meta.endpoint_url == "http://127.0.0.1:4566"
    config = client.meta.config
    assert (config.connect_timeout, config.read_timeout) == (1.0, 3.0)
    assert config.retries["total_max_attempts"] == 4
    assert config.retries["mode"] == "standard"


def test_of_a_transaction_that_stays_under_way_nobody_says_that_it_was_lost(
    table: Table, ledger: TableLedger
):
    """It may still be written: to do it again under another id would do it twice."""

    def say_so(**_: Any) -> tuple[Any, dict[str, Any]]:
        error = {"Code": "TransactionInProgressException", "Message": "wait"}
        return SimpleNamespace(status_code=400), {"Error": error, "ResponseMetadata": {}}

    events = table.connection.client.meta.events
    events.register("before-call.dynamodb.TransactWriteItems", say_so)
    try:
        with pytest.raises(TransactWriteError):
            ledger.commit([Write(None, an_invoice(f"stuck {each}")) for each in range(2)])
    finally:
        events.unregister("before-call.dynamodb.TransactWriteItems", say_so)
