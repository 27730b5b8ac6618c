"""A record that can't be made out is one kind of error, wherever and however it is damaged."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib.domain.case import Case
from chalicelib.domain.invoice import Invoice
from chalicelib.ports.filed import Unreadable, UnreadableRecordError
from chalicelib.ports.storage import Cursor
from chalicelib.storage.table import Table
from tests.builders import utc
from tests.contract.conftest import Store
from tests.contract.ingested import damage, ingest
from tests.fakes.ledger import InMemoryLedger


@pytest.fixture
def spoil(store: Store, request: pytest.FixtureRequest) -> Callable[[Case | Invoice, str], None]:
    """Return what makes a record unreadable in either store."""

    def spoil(record: Case | Invoice, attribute: str = "amount") -> None:
        if isinstance(store.ledger, InMemoryLedger):
            store.ledger.unreadable.add(record.id)
            return
        table: Table = request.getfixturevalue("table")
        sort = "FILE#CASE#" if isinstance(record, Case) else "INVOICE#"
        damage(table, store, record.customer_id, sort + record.id[-16:], attribute)

    return spoil


@pytest.mark.parametrize("attribute", ["amount", "pauses", "status", "results"])
def test_a_damaged_case_spoils_the_file_and_nothing_beside(
    store: Store, spoil: Callable[..., None], attribute: str
):
    customer, invoice, case = ingest(store)
    other, _, _ = ingest(store, "R-2", customer="two")
    spoil(case, attribute)

    with pytest.raises(UnreadableRecordError):
        store.ledger.file(store.live, customer.id)
    with pytest.raises(UnreadableRecordError):
        store.ledger.whole_file(store.live, customer.id)
    with pytest.raises(UnreadableRecordError):
        store.ledger.case(store.live, case.id)
    with pytest.raises(UnreadableRecordError):
        store.ledger.cases_page(store.live, Cursor(10), customer_id=customer.id)

    assert store.ledger.customer(store.live, customer.id) == customer
    assert store.ledger.invoice(store.live, invoice.id) == invoice
    assert store.ledger.file(store.live, other.id)
    assert store.ledger.due_cases(store.live, customer.id, utc("2026-01-16")) == (case.id,)
    filed = store.ledger.filed(store.live, customer.id, after=None, limit=10)
    assert sum(isinstance(each.content, Unreadable) for each in filed) == 1


def test_a_damaged_invoice_is_none_to_read(store: Store, spoil: Callable[..., None]):
    customer, invoice, _ = ingest(store)
    spoil(invoice)

    with pytest.raises(UnreadableRecordError):
        store.ledger.invoice(store.live, invoice.id)
    with pytest.raises(UnreadableRecordError):
        store.ledger.invoices(store.live, [invoice.id])
    with pytest.raises(UnreadableRecordError):
        store.ledger.whole_file(store.live, customer.id)
    assert store.ledger.file(store.live, customer.id)


@pytest.mark.parametrize("store", ["table"], indirect=True)
@pytest.mark.parametrize(
    ("attribute", "fault"),
    [
        ("amount", "AttributeDeserializationError"),
        ("pauses", "ValidationError"),
        ("status", "ValueError"),
    ],
)
def test_the_error_names_the_place_and_nothing_of_what_is_there(
    store: Store, spoil: Callable[..., None], attribute: str, fault: str
):
    customer, _, case = ingest(store)
    spoil(case, attribute)
    with pytest.raises(UnreadableRecordError) as error:
        store.ledger.file(store.live, customer.id)
    assert str(error.value) == f"{fault} at FILE#CASE#{case.id[-16:]}"
