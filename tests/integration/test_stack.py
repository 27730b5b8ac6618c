"""The embedded stack, whole: a posted invoice becomes a mail, its link a payment, and then silence.

One stack serves all tests (tests/stack.py), with the package that `make run` deploys.
"""

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import pytest

from local.api import Api, Refused
from local.run import bring_up, write_contract
from local.stack import client
from tests.stack import Running, paid, post_invoice
from tests.waiting import until
from tests.web import NoRedirect

pytestmark = [pytest.mark.stack, pytest.mark.enable_socket]


def checkout_of(running: Running, invoice: Any) -> str:
    """Press the button on the customer's page; returns the address of the hosted page."""
    with urllib.request.urlopen(invoice["pay_url"]) as answer:
        page = answer.read().decode()
    action = re.search(r'<form method="post" action="([^"]+)"', page)
    assert action is not None, page
    address = urllib.parse.urljoin(invoice["pay_url"], action.group(1))
    form = urllib.parse.urlencode({"currency": "eur", "invoice": invoice["id"]}).encode()
    return location(address, form)


def location(address: str, form: bytes) -> str:
    """Where a POST sends the browser."""
    with pytest.raises(urllib.error.HTTPError) as redirected:
        urllib.request.build_opener(NoRedirect).open(address, form)
    with redirected.value as answer:
        assert answer.code == 303, answer.read().decode()[:2000]
        return str(answer.headers["Location"])


def pay(checkout: str, **form: str) -> str:
    fields = urllib.parse.urlencode({"email": "payer@example.com", **form}).encode()
    return location(f"{checkout}/pay", fields)


def test_a_reminder_arrives_and_paying_it_ends_the_case(running: Running) -> None:
    invoice = post_invoice(running, "T-1")
    running.sweep_until_mail("t-1@")
    [mail] = running.mail("t-1@")
    assert "T-1" in mail["subject"]
    assert "1.190,00" in mail["text"]
    assert "/pay/" in mail["text"]
    until(lambda: running.mail("t-1@")[0]["events"] == ["Send", "Delivery"], "SES's events")

    back = pay(checkout_of(running, invoice), method="card", number="4242424242424242")
    assert back.startswith(running.layout.api_url)
    until(lambda: paid(running, invoice), "the payment")
    assert running.api.get(f"/v1/cases/{invoice['case']}")["status"] == "closed"
    for _ in range(20):
        running.sweep()
    running.until_quiet()
    assert len(running.mail("t-1@")) == 1


def test_a_debit_settles_later(running: Running) -> None:
    invoice = post_invoice(running, "T-2")
    session = checkout_of(running, invoice)
    pay(session, method="debit")
    [intent] = [
        charge["payment_intent"]
        for charge in stripe_charges(running)
        if charge["status"] == "pending"
    ]
    assert not paid(running, invoice)
    running.control(f"payment_intents/{intent}/settle")
    until(lambda: paid(running, invoice), "the debit's payment")


def test_a_payment_of_which_no_webhook_comes_is_found_in_stripes_list(running: Running) -> None:
    invoice = post_invoice(running, "T-7")
    checkout = checkout_of(running, invoice)
    running.control("settings", webhooks="off")
    pay(checkout, method="card", number="4242424242424242")
    running.control("settings", webhooks="on")
    assert not paid(running, invoice)
    time.sleep(1)  # the list is read up to the last whole second
    running.catch_up_payments()
    assert paid(running, invoice)
    assert running.api.get(f"/v1/cases/{invoice['case']}")["status"] == "closed"


def test_a_bounce_is_heard_of(running: Running) -> None:
    customer = {
        "external_id": "C-T-3",
        "name": "Gone Ltd",
        "email": "bounce+t3@simulator.amazonses.com",
        "country": "GB",
    }
    post_invoice(running, "T-3", customer=customer)
    running.sweep_until_mail("bounce+t3@")

    def bounced() -> bool:
        listed = running.api.get("/v1/communications?limit=100")["data"]
        return any(row["to"].startswith("bounce+t3") and "bounce" in str(row) for row in listed)

    until(bounced, "the bounce in the log")


def test_what_the_contract_promises(running: Running) -> None:
    write_contract(running.stack, running.credentials, running.deployment)
    contract = json.loads(running.layout.contract.read_text())
    assert {"sweep", "email", "sms", "letter", "action", "webhook"} <= contract["queues"].keys()
    assert "sweep" in contract["functions"]
    sqs = client(running.layout, "sqs")
    for url in contract["queues"].values():
        got = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
        assert got["Attributes"]["RedrivePolicy"]
    with pytest.raises(Refused, match="401"):
        Api(contract["api_url"], "dk_live_wrong").get("/v1/invoices")


def test_the_stage_has_an_encryption_key_of_its_own_that_turns(running: Running) -> None:
    """What it encrypts is checked in the template: MiniStack encrypts nothing."""
    kms, key = client(running.layout, "kms"), running.deployment.outputs["EncryptionKeyArn"]

    assert kms.describe_key(KeyId="alias/dunlin-local")["KeyMetadata"]["Arn"] == key
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"]


def test_a_restart_loses_nothing(running: Running) -> None:
    first = post_invoice(running, "T-4")
    until(lambda: is_announced(running, first), "the event before the restart", seconds=15)
    last = post_invoice(running, "T-5")
    running.stack.stop()  # at once: the stream may not have been read to its end
    deployed = running.layout.home / "deployed.json"
    at = deployed.stat().st_mtime_ns
    again, _ = bring_up(running.stack)
    assert deployed.stat().st_mtime_ns == at  # nothing is deployed again: that is what takes long
    assert again == running.credentials
    assert running.api.get(f"/v1/invoices/{last['id']}")["number"] == "T-5"
    assert is_announced(running, first)
    until(lambda: is_announced(running, last), "the event that the stop came before", seconds=15)
    new = post_invoice(running, "T-6")
    until(lambda: is_announced(running, new), "the event of a new invoice", seconds=15)


def is_announced(running: Running, invoice: Any) -> bool:
    """Whether the feed says that the invoice was created."""
    events = running.api.get(f"/v1/events?customer={invoice['customer']}&limit=100")["data"]
    return ("invoice.created", invoice["id"]) in {(e["type"], e["object_id"]) for e in events}


def stripe_charges(running: Running) -> list[Any]:
    request = urllib.request.Request(
        f"{running.layout.stripe_url}/v1/charges",
        headers={"Authorization": "Bearer sk_test_dunlin_local_live"},
    )
    with urllib.request.urlopen(request) as answer:
        return list(json.load(answer)["data"])
