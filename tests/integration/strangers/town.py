"""Creditors side by side in one real table: each has a record of every kind, in both modes.

The API and the storage are the real ones; only what is outside (mail, Stripe, the clock) is fake.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import boto3
from moto.core import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

from chalicelib import bootstrap
from chalicelib.domain.default_sequence import DEFAULT
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.storage.configuration import TableConfiguration
from chalicelib.storage.configuration_keys import API_KEY
from chalicelib.storage.definition import table_definition
from chalicelib.storage.due_index import TableDueIndex
from chalicelib.storage.payment_marks import TablePaymentMarks
from chalicelib.storage.table import Table
from chalicelib.storage.webhooks import TableWebhookEndpoints
from chalicelib.storage.worklist import TableWorklist
from tests.api import OTHER_CREDITOR_ID, Api, a_customer_body, an_api, an_invoice_body
from tests.builders import CREDITOR_ID, a_creditor
from tests.builders.services import put_service
from tests.builders.templates import EMAIL
from tests.fakes.webhooks import unheard
from tests.fakes.world import FakeClock
from tests.integration.metered import RecordingLedger
from tests.integration.strangers.places import KIND_OF_PATH, Operation, Place, put

OWNER = Tenant(CREDITOR_ID, Mode.TEST)
TENANTS = [Tenant(each, mode) for each in (CREDITOR_ID, OTHER_CREDITOR_ID) for mode in Mode]
CENT = {"amount": 1, "currency": "eur"}
STEPS = [{"key": "notice_due", "offset_days": 0, "do": "email"},
         {"key": "call", "offset_days": 0, "do": "call"}]  # fmt: skip
SEQUENCE = {"name": "Both", "send_window": None, "min_gap_days": 0, "steps": STEPS}
SEGMENT = {"name": "French", "rank": 1, "condition": {"fact": "country", "in": ["FR"]},
           "sequence": DEFAULT.id}  # fmt: skip
OVERRIDE = {"sequence": DEFAULT.id, "reason": "x"}
NEW = "NEW-9"
"""Number and external id of what is posted; another for each request."""
NEW_INVOICE = an_invoice_body(NEW, customer=a_customer_body(external_id=NEW))
OF_WHOM = {"list_payments", "list_credit_notes", "list_charges"}
"""Lists that are somebody's: without a customer (or an invoice) there is no page to go on from."""
PROMISE = {"invoices": ["<in>"], "currency": "eur", "dates": [{"date": "2026-02-02", "amount": 1}],
           "source": "phone"}  # fmt: skip
MONTHLY = {"equal_instalments": {"first_date": "2026-03-02", "interval": "month", "count": 2}}
PLAN = {"invoices": ["<in>"], "currency": "eur", **MONTHLY}
WHERE = {"url": "https://billing.example.com/dunlin", "events": ["*"]}
PREVIEWED = {"number": "R-1", **CENT, "issue_date": "2026-01-02", "due_date": "2026-01-16"}

BODIES: dict[str, Any] = {
    "add_customer": a_customer_body(),
    "change_customer": {"name": "Other"},
    "add_invoice": NEW_INVOICE,
    "add_invoices": {"invoices": [NEW_INVOICE]},
    "add_payment": {**CENT, "paid_at": "2026-01-02T08:00:00Z", "method": "cash"},
    "add_credit_note": {**CENT, "reason": "x"},
    "add_dispute": {"invoice": "", "reason": "damaged"},
    "assign_dispute": {"assignee": "ana"},
    "extend_dispute": {"deadline": "2026-05-01"},
    "acknowledge_service": {"number": 1},
    "resolve": {"outcome": "rejected"},
    "charge": {"kind": "fee", **CENT},
    "waive": {"reason": "x", "amount": 1},
    "add_promise": PROMISE,
    "add_payment_plan": PLAN,
    "add_replan": MONTHLY,
    "create_sequence": SEQUENCE,
    "replace_sequence": SEQUENCE,
    "create_segment": SEGMENT,
    "replace_segment": SEGMENT,
    "preview_moves": {"segments": [SEGMENT]},
    "override_customer": OVERRIDE,
    "override_invoice": OVERRIDE,
    "replace_text": {"text": EMAIL},
    "preview_text": {"text": EMAIL},
    "preview": {
        "sequence": SEQUENCE,
        "customer": {"country": "DE", "timezone": "Europe/Berlin", "locale": "de-DE"},
        "invoices": [PREVIEWED],
        "from": "2026-01-02T08:00:00Z",
        "until": "2026-02-02T08:00:00Z",
    },
    "pause": {"reason": "x"},
    "complete": {"outcome": "done"},
    "claim": {"assignee": "x"},
    "assign_to": {"assignee": "x"},
    "snooze": {"until": "2036-01-02T08:00:00Z"},
    "called": {"result": "reached"},
    "approve": {"approver": "x", "role": "x"},
    "refuse": {"approver": "x", "role": "x", "reason": "x"},
    "add_contact": {"channel": "call", "direction": "in"},
    "add_consent": {"channel": "sms", "given": False, "source": "phone"},
    "erase": {"reason": "objection"},
    "add_test_clock": {"frozen_time": "2026-01-02T08:00:00Z"},
    "create_webhook_endpoint": WHERE,
    "change_endpoint": {"description": "Billing"},
    "advance_test_clock": {"frozen_time": "2026-02-02T08:00:00Z"},
}
"""A valid body of each operation that takes one."""

_names = count(1)


@dataclass(frozen=True, slots=True)
class Town:
    """The table with what everybody has in it: `ids` by tenant and kind, `keys` by tenant."""

    api: Api
    table: str
    ids: dict[Tenant, dict[str, str]]
    keys: dict[Tenant, str]

    def items(self) -> dict[tuple[str, str], Any]:
        """Return every item, but for when keys were last used."""
        return {
            key: item for key, item in self.all_items().items() if not key[1].startswith(API_KEY)
        }

    def all_items(self) -> dict[tuple[str, str], Any]:
        """Return every item.

        Straight from moto: its answer to a scan takes longer than all else that a test does.
        """
        stored = dynamodb_backends[DEFAULT_ACCOUNT_ID]["eu-central-1"].tables[self.table]
        found = [item.to_json()["Attributes"] for item in stored.all_items()]
        return {(each["pk"]["S"], each["sk"]["S"]): each for each in found}

    @contextmanager
    def tidied(self) -> Iterator[Town]:
        """Take out in the end what came in meanwhile: moto sorts the whole table at each query."""
        before = self.all_items().keys()
        yield self
        for pk, sk in self.all_items().keys() - before:
            key = {"pk": {"S": pk}, "sk": {"S": sk}}
            boto3.client("dynamodb").delete_item(TableName=self.table, Key=key)

    def ask(self, place: Place, identifier: str, tenant: Tenant) -> tuple[int, str]:
        """Send the operation with the id in that place, as a tenant; its status and body.

        Whatever else the request names is the tenant's own.
        """
        operation, own = place.operation, self.ids[tenant]
        given = {name: own.get(kind, "none") for name, kind in _kinds(operation).items()}
        if place.where == "path":
            given[str(place.name)] = identifier
        path = operation.path.format(**given)
        if place.where == "query":
            path += f"?{place.name}={identifier}"
            if operation.name in OF_WHOM and place.kind not in {"cus", "in"}:
                path += f"&customer={own['cus']}"
        name = f"NEW-{next(_names)}"
        text = json.dumps(BODIES.get(operation.name)).replace(NEW, name)
        body = json.loads(text.replace("<in>", own["in"]))
        if place.where == "body" and not isinstance(place.name, str):
            body = put(body, place.name, identifier)
        reply = self.api.call(operation.method, path, body, key=self.keys[tenant])
        return reply.status, reply.body.decode().replace(identifier, "<id>").replace(name, NEW)


def _kinds(operation: Operation) -> dict[str, str]:
    return {name: KIND_OF_PATH[name] for name in operation.path_names}


@contextmanager
def a_town() -> Iterator[Town]:
    """Build one in moto's DynamoDB, which must be on."""
    name = f"town-{next(_names)}"
    boto3.client("dynamodb").create_table(**table_definition(name))
    table = Table(name)
    with an_api() as api:
        configuration = TableConfiguration(table, FakeClock())
        api.world.ledger = RecordingLedger(table, shards=2)  # type: ignore[assignment]
        api.world.ports = replace(
            api.world.ports,
            ledger=api.world.ledger,
            due=TableDueIndex(table),
            configuration=configuration,
            payment_marks=TablePaymentMarks(table, FakeClock()),
            endpoints=TableWebhookEndpoints(table, FakeClock(), shards=2, tell=unheard),
            worklist=TableWorklist(table),
        )
        bootstrap.use(api.world.ports)
        for creditor in (CREDITOR_ID, OTHER_CREDITOR_ID):
            configuration.save_creditor(a_creditor(id=creditor, default_sequence=DEFAULT.id))
        for tenant in TENANTS:
            configuration.add_sequence(tenant, DEFAULT)
        keys = {each: api.new_key(mode=each.mode, creditor=each.creditor_id) for each in TENANTS}
        posted = {each: _post(api, keys[each], each) for each in TENANTS}
        api.world.clock.advance(days=1)
        api.world.sweep()
        api.world.sweep()
        ids = {each: posted[each] | _found(api, keys[each]) for each in TENANTS}
        yield Town(api, name, ids, keys)


def _post(api: Api, key: str, tenant: Tenant) -> dict[str, str]:
    """Make what a creditor makes by the API, and return the ids by kind."""

    def made(path: str, body: Any) -> Any:
        return api.done("POST", path, body, key=key)

    sequence = made("/v1/sequences", SEQUENCE)["id"]
    segment = made("/v1/segments", SEGMENT)["id"]
    ids = {"seq": sequence, "seg": segment, "we": made("/v1/webhook_endpoints", WHERE)["id"]}
    if tenant.mode is Mode.TEST:
        ids["clock"] = made("/v1/test_clocks", BODIES["add_test_clock"])["id"]
    invoice = made("/v1/invoices", an_invoice_body(due_date="2026-01-02", sequence=sequence))
    later = made("/v1/invoices", an_invoice_body("R-2", due_date="2026-02-02"))
    path = f"/v1/invoices/{invoice['id']}"
    other = made("/v1/invoices", an_invoice_body("R-3"))["id"]
    planned = made("/v1/invoices", an_invoice_body("R-4", due_date="2026-02-02"))["id"]
    return ids | {
        "cus": invoice["customer"],
        "in": invoice["id"],
        "case": invoice["case"],
        "pay": made(f"{path}/payments", BODIES["add_payment"])["id"],
        "cn": made(f"{path}/credit_notes", BODIES["add_credit_note"])["id"],
        "dis": made("/v1/disputes", {**BODIES["add_dispute"], "invoice": other})["id"],
        "svc": put_service(api.world.ledger, tenant, other),
        "chg": made(f"{path}/charges", {**BODIES["charge"], "amount": 10_00})["id"],
        "prm": made("/v1/promises", {**PROMISE, "invoices": [later["id"]]})["id"],
        "plan": made("/v1/payment_plans", {**PLAN, "invoices": [planned]})["id"],
    }


def _found(api: Api, key: str) -> dict[str, str]:
    """Return the ids of what came about by itself."""
    lists = {"cm": "communications", "task": "tasks", "evt": "events"}
    return {
        kind: api.done("GET", f"/v1/{name}", key=key)["data"][0]["id"]
        for kind, name in lists.items()
    }
