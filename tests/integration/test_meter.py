"""The meter on real clients, PynamoDB's and plain ones, against figures reckoned by hand."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from pynamodb.connection import Connection
from pynamodb.connection.base import MetaTable

from chalicelib.storage.definition import table_definition
from chalicelib.storage.meter import Meter, Tally, use_case

TABLE = "metered"


@pytest.fixture(scope="module")
def table(new_table) -> str:
    """Return the module's table."""
    return new_table(TABLE)


@pytest.fixture
def client(table: str) -> Any:
    """Return a client of its own for each test."""
    return boto3.client("dynamodb")


@pytest.fixture
def meter(client: Any, dynamodb: Any) -> Meter:
    """Return a meter on that client."""
    meter = Meter(dynamodb)
    meter.attach(client)
    return meter


def item(pk: str, size: int = 100, **attributes: str) -> dict[str, Any]:
    """Return an item of exactly that many bytes."""
    values = {"pk": pk, "sk": "s", **attributes, "x": ""}
    known = sum(len(name) + len(value) for name, value in values.items())
    values["x"] = "x" * (size - known)
    due_at = values.pop("due_at", None)
    made: dict[str, Any] = {name: {"S": value} for name, value in values.items()}
    return {**made, "due_at": {"N": due_at}} if due_at else made


def key(pk: str) -> dict[str, Any]:
    """Return the key of such an item."""
    return {"pk": {"S": pk}, "sk": {"S": "s"}}


def used(meter: Meter, name: str = "other") -> tuple[float, float]:
    """Return the read and write units of a use case, and forget them."""
    tally = meter.tallies.pop(name, Tally())
    return tally.read, tally.write


def test_single_writes(client: Any, meter: Meter):
    client.put_item(TableName=TABLE, Item=item("w1", 2000))
    assert used(meter) == (0, 2)
    client.put_item(TableName=TABLE, Item=item("w1", 100))
    assert used(meter) == (0, 2)
    client.update_item(
        TableName=TABLE,
        Key=key("w1"),
        UpdateExpression="SET y = :y",
        ExpressionAttributeValues={":y": {"S": "y" * 3000}},
    )
    assert used(meter) == (0, 4)
    client.delete_item(TableName=TABLE, Key=key("w1"))
    assert used(meter) == (0, 4)
    client.delete_item(TableName=TABLE, Key=key("w1"))
    assert used(meter) == (0, 1)


def test_a_condition_that_fails_costs_too_and_no_index(client: Any, meter: Meter):
    client.put_item(TableName=TABLE, Item=item("w2", 1500))
    assert used(meter) == (0, 2)
    with pytest.raises(client.exceptions.ConditionalCheckFailedException):
        client.put_item(
            TableName=TABLE,
            Item=item("w2", 100, due_pk="d", due_at="5"),
            ConditionExpression="attribute_not_exists(pk)",
        )
    assert used(meter) == (0, 2)


def test_what_dynamodb_refuses_outright_costs_nothing(client: Any, meter: Meter):
    with pytest.raises(client.exceptions.ClientError):
        client.put_item(TableName=TABLE, Item=item("w4"), ReturnValues="NONSENSE")
    assert used(meter) == (0, 0)


def test_index_entries(client: Any, meter: Meter):
    client.put_item(TableName=TABLE, Item=item("w3", due_pk="d", due_at="5"))
    assert used(meter) == (0, 1 + 1)
    client.put_item(TableName=TABLE, Item=item("w3", 200, due_pk="d", due_at="5"))
    assert used(meter) == (0, 1)
    client.put_item(TableName=TABLE, Item=item("w3", due_pk="d", due_at="6"))
    assert used(meter) == (0, 1 + 2)
    client.put_item(TableName=TABLE, Item=item("w3"))
    assert used(meter) == (0, 1 + 1)


def test_a_transaction_costs_twice_but_not_in_the_index(client: Any, meter: Meter):
    client.put_item(TableName=TABLE, Item=item("t0", 1500))
    used(meter)
    writes = [
        {"Put": {"TableName": TABLE, "Item": item("t1", 2000, due_pk="d", due_at="5")}},
        {"Delete": {"TableName": TABLE, "Key": key("t0")}},
        {
            "ConditionCheck": {
                "TableName": TABLE,
                "Key": key("t9"),
                "ConditionExpression": "attribute_not_exists(pk)",
            }
        },
    ]
    client.transact_write_items(TransactItems=writes)
    assert used(meter) == (0, 2 * 2 + 1 + 2 * 2 + 2 * 1)
    refused = {**writes[0]["Put"], "ConditionExpression": "attribute_not_exists(pk)"}
    with pytest.raises(client.exceptions.TransactionCanceledException):
        client.transact_write_items(TransactItems=[{"Put": refused}, writes[2]])
    assert used(meter) == (0, 2 * 2 + 2 * 1)


def test_batches_round_each_item(client: Any, meter: Meter):
    puts = [{"PutRequest": {"Item": item(f"b{each}", 5000)}} for each in range(3)]
    client.batch_write_item(RequestItems={TABLE: puts})
    assert used(meter) == (0, 3 * 5)
    wanted = [key("b0"), key("b1"), key("missing")]
    client.batch_get_item(RequestItems={TABLE: {"Keys": wanted}})
    assert used(meter) == (2 * 1.0 + 0.5, 0)
    client.batch_get_item(RequestItems={TABLE: {"Keys": wanted, "ConsistentRead": True}})
    assert used(meter) == (2 * 2 + 1, 0)


def test_single_reads(client: Any, meter: Meter):
    client.put_item(TableName=TABLE, Item=item("r1", 5000))
    used(meter)
    client.get_item(TableName=TABLE, Key=key("r1"))
    assert used(meter) == (1.0, 0)
    client.get_item(TableName=TABLE, Key=key("r1"), ConsistentRead=True)
    assert used(meter) == (2.0, 0)
    client.get_item(TableName=TABLE, Key=key("r1"), ProjectionExpression="pk")
    assert used(meter) == (1.0, 0)
    client.get_item(TableName=TABLE, Key=key("missing"))
    assert used(meter) == (0.5, 0)
    client.transact_get_items(TransactItems=[{"Get": {"TableName": TABLE, "Key": key("r1")}}])
    assert used(meter) == (4.0, 0)


def test_a_query_adds_up_before_it_rounds_and_pays_for_what_it_leaves_out(
    client: Any, meter: Meter
):
    for number in range(5):
        one = {**item("q", 2000), "sk": {"S": f"{number}"}}
        client.put_item(TableName=TABLE, Item=one)
    used(meter)
    query = {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "q"}},
        "ConsistentRead": True,
    }
    client.query(**query)
    assert used(meter) == (3.0, 0)
    filtered = {
        **query,
        "FilterExpression": "#x <> :pp",
        "ProjectionExpression": "sk",
        "ExpressionAttributeNames": {"#x": "x"},
        "ExpressionAttributeValues": {":p": {"S": "q"}, ":pp": {"S": "1"}},
    }
    client.query(**filtered)
    assert used(meter) == (3.0, 0)
    client.query(**query, Limit=2)
    assert used(meter) == (1.0, 0)
    nothing = {**query, "ExpressionAttributeValues": {":p": {"S": "none"}}}
    client.query(**nothing)
    assert used(meter) == (1.0, 0)


def test_an_index_is_read_by_the_size_of_its_entries(client: Any, meter: Meter):
    for number in range(40):
        client.put_item(TableName=TABLE, Item=item(f"i{number}", 3000, due_pk="many", due_at="5"))
    used(meter)
    client.query(
        TableName=TABLE,
        IndexName="due",
        KeyConditionExpression="due_pk = :p",
        ExpressionAttributeValues={":p": {"S": "many"}},
    )
    assert used(meter) == (0.5, 0)


def test_calls_are_counted_by_use_case_and_service(client: Any, meter: Meter):
    queues = boto3.client("sqs")
    meter.attach(queues)
    with use_case("outer"):
        queues.create_queue(QueueName="metered")
        with use_case("inner"):
            client.get_item(TableName=TABLE, Key=key("missing"))
        client.get_item(TableName=TABLE, Key=key("missing"), ConsistentRead=True)
    assert meter.tallies["outer"].calls == {"sqs:CreateQueue": 1, "dynamodb:GetItem": 1}
    assert meter.tallies["inner"].calls == {"dynamodb:GetItem": 1}
    assert used(meter, "outer") == (1.0, 0)
    assert used(meter, "inner") == (0.5, 0)


def test_pynamodb_is_metered_alike(meter: Meter, table: str):
    connection = Connection()
    connection.add_meta_table(MetaTable(table_definition(TABLE)))
    meter.attach(connection.client)
    connection.put_item(TABLE, "p1", "s", attributes=item("p1", 2000, due_pk="d", due_at="5"))
    assert used(meter) == (0, 2 + 1)
    connection.get_item(TABLE, "p1", "s", consistent_read=True)
    assert used(meter) == (1, 0)
