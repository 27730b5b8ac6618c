"""A stored record that lost something is an error, never a record with gaps, and never nobody.

Only the table can hold such: the fake keeps the domain's own objects.
"""

from __future__ import annotations

import pytest

from chalicelib.ports.filed import UnreadableRecordError
from chalicelib.storage.table import Table
from tests.contract.conftest import Store
from tests.contract.ingested import ingest

pytestmark = pytest.mark.parametrize("store", ["table"], indirect=True)


def change(table: Table, store: Store, customer_id: str, place: str, update: str) -> None:
    table.connection.client.update_item(
        TableName=table.name,
        Key={"pk": {"S": f"{store.live.key}#{customer_id}"}, "sk": {"S": place}},
        UpdateExpression=update,
        ExpressionAttributeNames={"#kind": "kind"} if "#kind" in update else {},
    )


@pytest.mark.parametrize(
    ("place", "update", "what"),
    [
        ("FILE#CUSTOMER", "REMOVE country", "FILE#CUSTOMER lacks country"),
        ("FILE#CUSTOMER", "REMOVE #kind", "FILE#CUSTOMER is of no known kind"),
        ("FILE#CASE#{case}", "REMOVE amount", "lacks amount"),
    ],
)
def test_half_a_file_is_no_file(store: Store, table: Table, place: str, update: str, what: str):
    customer, _, case = ingest(store)
    change(table, store, customer.id, place.format(case=case.id[-16:]), update)
    with pytest.raises(UnreadableRecordError, match=what):
        store.ledger.file(store.live, customer.id)


def test_a_file_without_its_customer_is_an_error_for_the_night_too(store: Store, table: Table):
    customer, _, _ = ingest(store)
    key = {"pk": {"S": f"{store.live.key}#{customer.id}"}, "sk": {"S": "FILE#CUSTOMER"}}
    table.connection.client.delete_item(TableName=table.name, Key=key)
    for read in (store.ledger.file, store.ledger.whole_file):
        with pytest.raises(UnreadableRecordError, match="has no customer"):
            read(store.live, customer.id)


def test_nobody_is_still_nobody(store: Store):
    customer, _, _ = ingest(store)
    assert store.ledger.file(store.test, customer.id) is None
    assert store.ledger.whole_file(store.test, customer.id) is None
