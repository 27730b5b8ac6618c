"""A filled table is migrated while others write to it, and no update is lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.domain.customer import Change
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.storage import Write, WriteConflictError
from chalicelib.storage.definition import table_definition
from chalicelib.storage.ledger import TableLedger
from chalicelib.storage.migrations import Migration, Raw
from chalicelib.storage.table import Table
from manage.migrating import SEGMENTS, Progress, migrate_page
from tests.builders import LIVE, an_invoice, utc
from tests.exported import items_of
from tests.integration.stored import stored_invoices
from tests.ministack import CREDENTIALS, ministack

NOW = utc("2026-03-01 08:00")
STORED = 600
HOT = 20
"""Invoices to which somebody writes all the time."""
WRITERS = 2


def _noted(invoice: Raw) -> Iterator[Raw]:
    if "metadata" not in invoice:
        yield {**invoice, "metadata": {"M": {"shape": {"S": "new"}}}}


NOTED = Migration("9999-noted", frozenset({"invoice"}), "a test", _noted)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TableLedger]:
    """Return a table on MiniStack with STORED invoices, their cases and customers."""
    import boto3

    with (
        pytest.MonkeyPatch.context() as environment,
        ministack(tmp_path_factory.mktemp("ministack")) as endpoint,
    ):
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
            environment.setenv(name, value)
        boto3.client("dynamodb").create_table(**table_definition("filled"))
        ledger = TableLedger(Table("filled"), shards=1)
        records = [*stored_invoices(STORED), *(an_invoice(f"hot {each}") for each in range(HOT))]
        for first in range(0, len(records), 100):
            ledger.commit([Write(None, each) for each in records[first : first + 100]])
        yield ledger


class Writer(threading.Thread):
    """Somebody who uses the new release: counts invoices up, and writes the new shape."""

    def __init__(self, ledger: TableLedger, ended: threading.Event) -> None:
        super().__init__()
        self._ledger, self._ended = ledger, ended
        self.written = dict.fromkeys((an_invoice(f"hot {each}").id for each in range(HOT)), 0)

    def run(self) -> None:
        while not self._ended.is_set():
            for invoice_id in self.written:
                stored = self._ledger.invoice(LIVE, invoice_id)
                assert stored is not None
                try:
                    self._ledger.commit([Write(stored, _counted(stored))])
                except WriteConflictError:
                    continue
                self.written[invoice_id] += 1


def _counted(invoice: Invoice) -> Invoice:
    count = int(invoice.metadata.get("count", "0")) + 1
    metadata = {"shape": "new", "count": str(count)}
    change = Change(by="test", why="counted")
    return replace(invoice, metadata=metadata, version=invoice.version + 1, change=change)


@pytest.mark.enable_socket
def test_no_update_is_lost_while_a_filled_table_is_migrated(ledger: TableLedger):
    table, progress, ended = Table("filled"), Progress(), threading.Event()
    writers = [Writer(TableLedger(Table("filled"), shards=1), ended) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for segment in range(SEGMENTS):
        while migrate_page(table, NOTED, segment, NOW, progress):
            pass
    ended.set()
    for writer in writers:
        writer.join()

    invoices = [
        item
        for item in items_of(table.connection.client, "filled")
        if item["kind"]["S"] == "invoice"
    ]
    assert len(invoices) == STORED + HOT
    assert {item["metadata"]["M"]["shape"]["S"] for item in invoices} == {"new"}
    for invoice_id in writers[0].written:
        stored = ledger.invoice(LIVE, invoice_id)
        counted = sum(writer.written[invoice_id] for writer in writers)
        assert counted > 0
        assert stored is not None
        assert stored.metadata["count"] == str(counted)
    assert STORED <= progress.written <= STORED + HOT
