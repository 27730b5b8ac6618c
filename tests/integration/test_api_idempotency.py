"""First answers in the real table (moto): kept, guarded, and cheap."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.handlers import idempotency
from chalicelib.settings import QUEUES
from tests.api import Api, a_customer_body, an_api, an_invoice_body

TABLE = "idempotency"
KEY = {"Idempotency-Key": "order-17"}
ENVIRONMENT = {
    "STAGE": "test",
    "TABLE": TABLE,
    "SES_CONFIGURATION_SET": "test",
    "SECRETS_PREFIX": "test/",
    "DOCUMENTS_BUCKET": "test-documents",
    **{f"{queue.upper()}_QUEUE_URL": "https://queue.test/1" for queue in QUEUES},
}


@pytest.fixture
def api(dynamodb: Any, new_table: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    new_table(TABLE)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(f"DUNLIN_{name}", value)
    bootstrap.settings.cache_clear()
    with an_api() as each:
        idempotency.use(None)
        yield each
    bootstrap.settings.cache_clear()
    dynamodb.delete_table(TableName=TABLE)


def items(dynamodb: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = dynamodb.scan(TableName=TABLE)["Items"]
    return found


def test_the_table_keeps_the_first_answer(api: Api, dynamodb: Any):
    first = api.post("/v1/customers", a_customer_body(), headers=KEY)
    again = api.post("/v1/customers", a_customer_body(), headers=KEY)
    other = api.post("/v1/customers", a_customer_body(name="Other"), headers=KEY)

    assert (first.status, again.status, other.status) == (201, 201, 409)
    assert again.json == first.json
    [item] = items(dynamodb)
    assert "#IDEMPOTENCY#" in item["pk"]["S"]
    assert item["sk"]["S"].startswith("REQUEST#")
    assert item["status"]["S"] == "COMPLETED"
    assert item["expires_at"]["N"]
    assert "order-17" not in json.dumps(item)


def test_what_may_be_tried_again_leaves_nothing(api: Api, dynamodb: Any):
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("the table is on fire")

    api.world.ledger.commit = broken
    assert api.post("/v1/customers", a_customer_body(), headers=KEY).status == 500
    assert items(dynamodb) == []


def test_a_kept_invoice_costs_two_write_units(api: Api, dynamodb: Any):
    api.done("POST", "/v1/invoices", an_invoice_body(), headers=KEY)
    [item] = items(dynamodb)

    size = sum(len(name) + len(next(iter(value.values()))) for name, value in item.items())
    assert size <= 1024  # of one unit; the item in progress is smaller still


def test_an_answer_that_fits_no_item_is_given_all_the_same(api: Api, dynamodb: Any):
    chance = random.Random(7)
    lines = [
        [{"description": f"{chance.getrandbits(760):0190x}", "amount": 1} for _ in range(60)]
        for _ in range(70)
    ]
    batch = {"invoices": [an_invoice_body(f"B-{at}", lines=of) for at, of in enumerate(lines)]}
    first = api.post("/v1/invoices/batch", batch, headers=KEY)
    again = api.post("/v1/invoices/batch", batch, headers=KEY)

    assert {item["status"] for item in first.json["data"]} == {201}
    assert {item["status"] for item in again.json["data"]} == {200}
    assert items(dynamodb) == []
