"""What the OpenAPI document says is what the API does, for whatever a generator thinks of.

Schemathesis sends valid and invalid requests to every operation of the real app. Nothing may end
in a server error, every status and media type must be documented, every body must have its shape,
and invalid data must be refused. Half of the ids in paths are those of real records.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import ignored_auth

from tests.api import Api, an_invoice_body
from tests.builders import TEST
from tests.builders.services import put_service
from tests.described import CHECKS, answering, described, excluded

EXAMPLES = 15

_records: dict[str, str] = {}

schema = described()


@pytest.fixture(autouse=True)
def api() -> Iterator[Api]:
    with answering() as each:
        invoice = each.done("POST", "/v1/invoices", an_invoice_body())
        clock = each.done("POST", "/v1/test_clocks", {"frozen_time": "2026-01-01T09:00:00Z"})
        path = f"/v1/invoices/{invoice['id']}"
        cent = {"amount": 1, "currency": "eur"}
        where = {"url": "https://billing.example.com/dunlin", "events": ["*"]}
        each.world.work()
        other = each.done("POST", "/v1/invoices", an_invoice_body("R-3"))["id"]
        planned = each.done("POST", "/v1/invoices", an_invoice_body("R-4"))["id"]
        objection = {"invoice": other, "reason": "damaged"}
        paid = {**cent, "paid_at": "2026-01-02T08:00:00Z", "method": "cash"}
        _records.update(
            customer_id=invoice["customer"],
            invoice_id=invoice["id"],
            case_id=invoice["case"],
            payment_id=each.done("POST", f"{path}/payments", paid)["id"],
            credit_note_id=each.done("POST", f"{path}/credit_notes", {**cent, "reason": "x"})["id"],
            dispute_id=each.done("POST", "/v1/disputes", objection)["id"],
            service_id=put_service(each.world.ledger, TEST, other),
            charge_id=each.done("POST", f"{path}/charges", {**cent, "kind": "fee"})["id"],
            promise_id=each.done(
                "POST",
                "/v1/promises",
                {
                    "invoices": [invoice["id"]],
                    "currency": "eur",
                    "dates": [{"date": "2026-02-02", "amount": 1}],
                    "source": "phone",
                },
            )["id"],
            payment_plan_id=each.done(
                "POST",
                "/v1/payment_plans",
                {
                    "invoices": [planned],
                    "currency": "eur",
                    "equal_instalments": {
                        "first_date": "2026-02-02",
                        "interval": "week",
                        "count": 3,
                    },
                },
            )["id"],
            sequence_id="seq_default",
            clock_id=clock["id"],
            endpoint_id=each.done("POST", "/v1/webhook_endpoints", where)["id"],
            event_id=each.done("GET", "/v1/events")["data"][0]["id"],
            token=invoice["pay_url"].rpartition("/")[2],
            key=each.key,
        )
        yield each


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_does_what_its_description_says(case: schemathesis.Case) -> None:
    for name, value in (case.path_parameters or {}).items():
        if name in _records and len(str(value)) % 2:
            case.path_parameters[name] = _records[name]
    case.call_and_validate(
        checks=[*CHECKS, ignored_auth],
        excluded_checks=excluded(case),
        headers={"Authorization": f"Bearer {_records['key']}"},
    )
