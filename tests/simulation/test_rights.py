"""Each function's policy grants exactly what the function calls, found by letting it live."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain.privacy import ErasureReason
from chalicelib.domain.tenant import tenant_of
from chalicelib.ports.messages import Delivery, EmailEventKind, Handover
from chalicelib.ports.storage import Write
from chalicelib.services.compare_payments import (
    Question,
    compare_balance,
    compare_payment,
    period_of,
)
from chalicelib.services.erase_customer import erase_customer
from chalicelib.services.nightly import ask_for_customers, look_after, nightly
from tests.api import a_customer_body, an_api, an_invoice_body
from tests.builders import CREDITOR_ID, LIVE, a_task
from tests.deeds import OFFICE
from tests.simulation.beside import privacy_work, segment_work
from tests.simulation.calls import (
    ANYTHING,
    IDEMPOTENCY,
    PRIVACY,
    SEGMENTS,
    WORKERS,
    Calls,
    Right,
)
from tests.simulation.life import Life
from tests.world import World, somebody

CHALICE = Path(__file__).parents[2] / ".chalice"
SEEDS = range(40)

OF_THE_PLATFORM = {
    "Consume", "KeepFailures", "ReadStream", "FindStream", "Log", "Trace", "Decrypt",
    "EncryptMessages",
}  # fmt: skip
"""What Lambda itself does with the function's role, and what the encryption takes."""

OF_THE_HANDLER = {
    "sweep": {("ses:GetAccount", ANYTHING)},
    "project_changes": {("dynamodb:GetItem", "Ledger")},
}
"""What a function calls for its metrics, outside of its use case, or only for what is told late."""

OF_THE_RELEASE_BEFORE = {"AskForBacklogAsBefore"}
"""What only the release before calls, which runs beside this one while a deployment moves on: the
straggler sweep of each shard asked its queues. To be taken away in the next release."""

NAMES = (
    (r"\$\{Ledger\.Arn\}/index/(\w+)", r"Ledger/index/\1"),
    (r".*:identity/\*", "identity"),
    (r".*:configuration-set/.*", "configuration set"),
    (r".*:secret:dunlin/\$\{Stage\}/stripe/\*", "stripe"),
    (r".*:secret:dunlin/\$\{Stage\}/lob/\*", "lob"),
    (r"\$\{Documents\.Arn\}/(\w+)/\*", r"\1"),
    (r"\*|.*:sns:\*:\*:\*", ANYTHING),
)


def name_of(resource: Any) -> str:
    """Return the name by which the calls know a resource."""
    if isinstance(resource, dict) and "Fn::GetAtt" in resource:
        return str(resource["Fn::GetAtt"][0])
    if isinstance(resource, dict) and "Ref" in resource:
        return str(resource["Ref"])
    text = resource["Fn::Sub"] if isinstance(resource, dict) else resource
    [name] = [re.sub(pattern, name, text) for pattern, name in NAMES if re.fullmatch(pattern, text)]
    return name


def granted(function: str) -> set[Right]:
    """Return what the function's policy grants to its code."""
    policy = json.loads((CHALICE / f"policy-{function.replace('_', '-')}.json").read_text())
    found: set[Right] = set()
    for statement in policy["Statement"]:
        if statement["Sid"] not in OF_THE_PLATFORM | OF_THE_RELEASE_BEFORE:
            resources = statement.get("Resource", statement.get("NotResource"))
            for each in resources if isinstance(resources, list) else [resources]:
                found |= {(action, name_of(each)) for action in statement["Action"]}
    return found - {("ses:SendEmail", "configuration set")}


@pytest.fixture(scope="module")
def called() -> dict[str, set[Right]]:
    """Return what the functions called in many weeks of bad weather."""
    calls = Calls()
    for seed in SEEDS:
        life = Life(seed)
        life.ports = calls.recorded(life.ports)
        life.run()
    return dict(calls.by_function)


@pytest.mark.parametrize("function", ["sweep", "sweep_shard", "publish_event"])
def test_a_policy_grants_what_the_function_calls_and_no_more(
    called: dict[str, set[Right]], function: str
):
    assert granted(function) == called[function] | OF_THE_HANDLER.get(function, set())


def test_mail_events_may_also_finish_and_look_up_a_case_that_was_paid_before_them(
    called: dict[str, set[Right]],
):
    calls = Calls()
    world = World("2026-01-02 08:00")
    world.ports = calls.recorded(world.ports)
    invoice = world.post("R-1", due="2026-01-15")
    world.email.script(Handover(Delivery.UNKNOWN))
    world.until("2026-01-12 08:05")
    world.pay(invoice, 100_00)
    for kind in (EmailEventKind.SENT, EmailEventKind.BOUNCED):
        world.mail_event(world.email.attempts[0], kind)
    erase_customer(world.ports, LIVE, OFFICE, invoice.customer_id, ErasureReason.OBJECTION)
    world.mail_event(world.email.attempts[0], EmailEventKind.COMPLAINED)
    seldom = calls.by_function["receive_email_event"]

    assert ("dynamodb:DeleteItem", "Ledger") in seldom
    assert granted("receive_email_event") == called["receive_email_event"] | seldom


def test_the_catch_up_keeps_the_books_as_a_webhook_does(called: dict[str, set[Right]]):
    assert granted("catch_up_payments") == called["catch_up_payments"]


def test_the_night_reads_files_and_takes_in_what_nobody_heard_of(
    called: dict[str, set[Right]],
):
    calls = Calls()
    world = World("2026-01-02 08:00")
    world.ports = calls.recorded(world.ports)
    world.void(world.post("R-1", due="2026-01-15"))
    world.payments.settle(world.card(world.post("R-2", due="2026-01-15", customer=somebody("two"))))
    owed = world.post("R-3", due="2026-01-15", customer=somebody("three"))
    task = a_task(world.ledger.case(LIVE, owed.case_id))  # it stands nowhere yet
    world.ledger.commit([Write(None, task)])
    period = period_of(world.clock.advance(days=1))
    nightly(world.ports)
    world.clock.advance(days=8 * 365)
    while messages := world.queues.drain("nightly"):
        for message in messages:
            tenant, payment = tenant_of(message["tenant"]), message.get("payment")
            if payment:
                compare_payment(world.ports, Question(tenant, payment, is_again="again" in message))
            elif "since" in message:
                compare_balance(world.ports, tenant, period)
            elif "customer" in message:
                look_after(world.ports, tenant, message["customer"])
            else:
                ask_for_customers(world.ports, tenant)
    seen = calls.by_function

    assert granted("nightly") == seen["nightly"]
    assert granted("check_invariants") == seen["check_invariants"] | called["check_invariants"]


@pytest.mark.parametrize("worker", WORKERS.values())
def test_a_worker_may_keep_the_books_and_send_by_its_own_channel(
    called: dict[str, set[Right]], worker: str
):
    """The three run the same use case, so the books that one was seen to keep, all may keep.

    What is due by another channel than its own, or carried out by Dunlin itself, a worker hands
    over to that queue's worker. What a provider doesn't take now goes back to its own.
    """
    books = {
        right
        for each in WORKERS.values()
        for right in called[each]
        if right[0].startswith("dynamodb:") or right[1] == "stripe"
    }
    others = {("sqs:SendMessage", f"{channel.title()}Queue") for channel in WORKERS}

    beside = privacy_work() | called[PRIVACY] | segment_work() | called[SEGMENTS]
    more = beside if worker == "run_action" else set()

    assert granted(worker) == called[worker] | books | others | more


def test_a_clock_may_do_what_workers_do_at_once(called: dict[str, set[Right]]):
    """It follows customers up itself, so it enqueues for nobody but itself."""
    workers = {
        right
        for function in WORKERS.values()
        for right in called[function]
        if not right[0].startswith("sqs:")
    }
    own = {("dynamodb:Query", "Ledger/index/due"), ("sqs:SendMessage", "ClockQueue")}

    assert granted("advance_clock") == workers | own | called["advance_clock"]
    assert own <= called["advance_clock"]


def test_the_api_may_do_what_its_routes_do(called: dict[str, set[Right]]):
    calls = Calls(only="api")
    with an_api() as api:
        api.new_key()
        bootstrap.use(calls.recorded(api.world.ports))
        invoice = api.done("POST", "/v1/invoices", an_invoice_body())
        clock = api.done("POST", "/v1/test_clocks", {"frozen_time": "2026-01-02T08:00:00Z"})["id"]
        later = {"frozen_time": "2026-02-02T08:00:00Z"}
        api.done("POST", f"/v1/test_clocks/{clock}/advance", later)
        steps = [{"key": "notice_due", "offset_days": 0, "do": "email"}]
        api.done("POST", "/v1/sequences", {"name": "One", "steps": steps})
        api.done("GET", f"/v1/cases/{invoice['case']}/explain")
        for name in ("customers", "invoices", "sequences", "cases", "events", "tasks"):
            api.done("GET", f"/v1/{name}")
        whoever = f"/v1/customers/{api.done('POST', '/v1/customers', a_customer_body())['id']}"
        api.done("GET", f"{whoever}/export")
        refused = {"channel": "sms", "given": False, "source": "phone"}
        api.done("POST", f"{whoever}/consents", refused)
        api.done("POST", f"{whoever}/erase", {"reason": "objection"})
        where = {"url": "https://billing.example.com/dunlin", "events": ["*"]}
        endpoint = f"/v1/webhook_endpoints/{api.done('POST', '/v1/webhook_endpoints', where)['id']}"
        recorded = bootstrap.ports().documents
        assert recorded.link(LIVE, "cm_none", api.world.now()) is None
        api.world.work()
        event = api.done("GET", "/v1/events")["data"][0]["id"]
        api.done("GET", f"{endpoint}/deliveries")
        api.done("POST", f"{endpoint}/deliveries/{event}/retry")
        api.done("DELETE", endpoint)
        page = invoice["pay_url"].partition("/pay/")[2]
        assert api.get(f"/pay/{page}", key="").status == 200
        assert api.post(f"/webhooks/stripe/{CREDITOR_ID}", {}, key="").status == 400
    routes = calls.by_function["api"]

    assert granted("api") == called["api"] | routes | IDEMPOTENCY
