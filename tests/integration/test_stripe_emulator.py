"""The Stripe emulator, held to what the real SDK sends, reads and verifies."""

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
import stripe

from local.ports import free_port
from local.stripe_emulator.shapes import API_VERSION

pytestmark = pytest.mark.enable_socket

SECRET = "whsec_of_the_test"
ROOT = Path(__file__).parents[2]


@dataclass
class Receiver:
    """Takes webhooks; answers `status`."""

    port: int = 0
    status: int = 200
    got: list[tuple[str, bytes, str]] = field(default_factory=list)

    def events(self, path: str | None = None) -> list[Any]:
        return [
            stripe.Webhook.construct_event(body, signature, SECRET)
            for at, body, signature in self.got
            if path in {None, at}
        ]

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for _, body, _ in self.got]

    def wait_for(self, type_: str, *, times: int = 1) -> Any:
        until(lambda: self.types().count(type_) >= times, f"{type_} in {self.types()}")
        return [event for event in self.events() if event.type == type_][-1]


@dataclass
class Emulator:
    """The process and a real client of it."""

    port: int
    state: Path
    webhook_url: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def client(self, key: str = "sk_test_one") -> stripe.StripeClient:
        return stripe.StripeClient(key, base_addresses={"api": self.url})

    def start(self) -> None:
        arguments = {
            "--port": str(self.port),
            "--state": str(self.state),
            "--webhook-url": self.webhook_url,
            "--webhook-secret": SECRET,
            "--retry-seconds": "0.2",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "local.stripe_emulator", *chain(*arguments.items())],
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        until(self._answers, "the emulator to answer")

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        assert self.process.wait(10) == 0

    def post(self, path: str, **form: str) -> Any:
        data = urllib.parse.urlencode(form).encode()
        with urllib.request.urlopen(self.url + path, data=data) as answer:
            return json.load(answer)

    def pay(self, session_id: str, **form: str) -> tuple[int, str]:
        """What the customer's browser gets: the status, and where it is sent or what it shows."""
        data = urllib.parse.urlencode({"email": "payer@example.com", **form}).encode()
        request = urllib.request.Request(f"{self.url}/checkout/{session_id}/pay", data=data)
        try:
            with urllib.request.build_opener(NoRedirect).open(request) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.headers.get("Location") or error.read().decode()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/_emulator/health") as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    taken = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if taken.status == 200:
                taken.got.append((self.path, body, self.headers["Stripe-Signature"]))
            self.send_response(taken.status)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        taken.port = server.server_port
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield taken
        server.shutdown()
        thread.join()


@pytest.fixture
def emulator(receiver: Receiver, tmp_path: Path) -> Iterator[Emulator]:
    url = f"http://127.0.0.1:{receiver.port}/webhooks/stripe/{{creditor_id}}"
    running = Emulator(free_port(), tmp_path / "stripe.json", url)
    running.start()
    yield running
    running.stop()


def until(done: Callable[[], bool], what: str, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.02)


def session_params(**changes: Any) -> dict[str, Any]:
    facts = {"dunlin_creditor": "cred_1", "dunlin_customer": "cus_1"}
    return {
        "mode": "payment",
        "line_items": [
            {
                "price_data": {
                    "currency": "eur",
                    "product_data": {"name": "Invoice R-1001"},
                    "unit_amount": 119000,
                },
                "quantity": 1,
            },
            {
                "price_data": {
                    "currency": "eur",
                    "product_data": {"name": "Invoice <R-1002>"},
                    "unit_amount": 1000,
                },
                "quantity": 1,
            },
        ],
        "client_reference_id": "com_1",
        "metadata": facts,
        "payment_intent_data": {"metadata": {**facts, "dunlin_invoices": "in_1,in_2"}},
        "success_url": "https://pay.example.com/thanks?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "https://pay.example.com/",
        "customer_email": "payer@example.com",
        "expires_at": int(time.time()) + 3600,
        "locale": "de",
        **changes,
    }


def paid_charge(emulator: Emulator, **changes: Any) -> Any:
    session = emulator.client().v1.checkout.sessions.create(params=session_params(**changes))
    assert emulator.pay(session.id, number="4242424242424242")[0] == 303
    found = emulator.client().v1.checkout.sessions.retrieve(
        session.id, params={"expand": ["payment_intent.latest_charge"]}
    )
    return found.payment_intent.latest_charge


def test_the_version_is_the_one_that_the_sdk_speaks() -> None:
    assert stripe.api_version == API_VERSION


def test_a_card_pays_a_session(emulator: Emulator, receiver: Receiver) -> None:
    client = emulator.client()
    session = client.v1.checkout.sessions.create(params=session_params())
    assert (session.status, session.payment_status, session.amount_total) == (
        "open",
        "unpaid",
        120000,
    )
    assert session.payment_intent is None
    with urllib.request.urlopen(session.url) as answer:
        page = answer.read().decode()
    assert "1.200,00\xa0€" in page
    assert "Invoice &lt;R-1002&gt;" in page
    status, location = emulator.pay(session.id, number="4242 4242 4242 4242")
    assert (status, location) == (303, f"https://pay.example.com/thanks?session={session.id}")

    done = client.v1.checkout.sessions.retrieve(session.id)
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    intent = client.v1.payment_intents.retrieve(done.payment_intent)
    assert (intent.status, intent.amount_received) == ("succeeded", 120000)
    assert intent.metadata["dunlin_invoices"] == "in_1,in_2"
    lines = client.v1.checkout.sessions.line_items.list(session.id)
    assert [line.amount_total for line in lines.data] == [119000, 1000]

    completed = receiver.wait_for("checkout.session.completed")
    assert completed.data.object.client_reference_id == "com_1"
    assert (completed.api_version, completed.livemode) == (API_VERSION, False)
    succeeded = receiver.wait_for("payment_intent.succeeded")
    assert succeeded.data.object.latest_charge == intent.latest_charge
    assert {path for path, _, _ in receiver.got} == {"/webhooks/stripe/cred_1"}


def test_a_declined_card_leaves_the_session_open(emulator: Emulator, receiver: Receiver) -> None:
    session = emulator.client().v1.checkout.sessions.create(params=session_params())
    status, page = emulator.pay(session.id, number="4000000000000002")
    assert status == 402
    assert "Your card was declined." in page
    failed = receiver.wait_for("payment_intent.payment_failed").data.object
    assert failed.last_payment_error.decline_code == "generic_decline"
    assert failed.status == "requires_payment_method"

    assert emulator.pay(session.id, number="4242424242424242")[0] == 303
    again = receiver.wait_for("payment_intent.succeeded").data.object
    assert again.id == failed.id
    assert again.latest_charge != failed.latest_charge


@pytest.mark.parametrize(("verdict", "payment_status"), [("settle", "paid"), ("fail", "unpaid")])
def test_a_debit_is_decided_later(
    emulator: Emulator, receiver: Receiver, verdict: str, payment_status: str
) -> None:
    client = emulator.client()
    session = client.v1.checkout.sessions.create(params=session_params())
    assert emulator.pay(session.id, method="debit")[0] == 303
    completed = receiver.wait_for("checkout.session.completed").data.object
    assert (completed.status, completed.payment_status) == ("complete", "unpaid")
    intent = receiver.wait_for("payment_intent.processing").data.object
    assert intent.status == "processing"

    emulator.post(f"/_emulator/payment_intents/{intent.id}/{verdict}")
    ending = "succeeded" if verdict == "settle" else "failed"
    later = receiver.wait_for(f"checkout.session.async_payment_{ending}").data.object
    assert (later.id, later.payment_status) == (session.id, payment_status)
    charge = client.v1.charges.retrieve(client.v1.payment_intents.retrieve(intent.id).latest_charge)
    assert charge.status == ending
    assert charge.payment_method_details.type == "sepa_debit"


def test_refunds_add_up(emulator: Emulator, receiver: Receiver) -> None:
    client = emulator.client()
    charge = paid_charge(emulator)
    part = client.v1.refunds.create(
        params={"payment_intent": charge.payment_intent, "amount": 20000}
    )
    assert (part.status, part.amount) == ("succeeded", 20000)
    first = receiver.wait_for("charge.refunded")
    assert (first.data.object.amount_refunded, first.data.object.refunded) == (20000, False)
    assert first.data.previous_attributes["amount_refunded"] == 0
    assert not hasattr(first.data.object, "refunds")

    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        client.v1.refunds.create(params={"charge": charge.id, "amount": 100001})
    client.v1.refunds.create(params={"charge": charge.id})
    second = receiver.wait_for("charge.refunded", times=2)
    assert (second.data.object.amount_refunded, second.data.object.refunded) == (120000, True)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.refunds.create(params={"charge": charge.id})
    assert refused.value.code == "charge_already_refunded"

    listed = client.v1.charges.retrieve(charge.id, params={"expand": ["refunds"]})
    assert [refund.amount for refund in listed.refunds.data] == [100000, 20000]
    moved = client.v1.balance_transactions.list(params={"limit": 100})
    assert sorted(row.amount for row in moved.data) == [-100000, -20000, 120000]


@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_a_dispute_opens_and_closes(emulator: Emulator, receiver: Receiver, verdict: str) -> None:
    charge = paid_charge(emulator)
    opened = emulator.post(f"/_emulator/charges/{charge.id}/dispute")
    created = receiver.wait_for("charge.dispute.created").data.object
    assert (created.id, created.amount, created.status) == (opened["id"], 120000, "needs_response")
    assert (created.charge, created.payment_intent) == (charge.id, charge.payment_intent)
    emulator.post(f"/_emulator/disputes/{created.id}/{verdict}")
    closed = receiver.wait_for("charge.dispute.closed").data.object
    assert closed.status == verdict
    assert ("charge.dispute.funds_reinstated" in receiver.types()) is (verdict == "won")
    # A dispute has no metadata of ours: its creditor is the charge's.
    assert {path for path, _, _ in receiver.got} == {"/webhooks/stripe/cred_1"}


def test_an_idempotency_key_replays_the_first_answer(emulator: Emulator) -> None:
    sessions = emulator.client().v1.checkout.sessions
    params, key = session_params(), {"idempotency_key": "once"}
    first = sessions.create(params=params, options=key)
    assert sessions.create(params=params, options=key).id == first.id
    with pytest.raises(stripe.IdempotencyError, match="same parameters"):
        sessions.create(params={**params, "locale": "fr"}, options=key)
    other = emulator.client("sk_test_two").v1.checkout.sessions
    assert other.create(params=params, options=key).id != first.id


@pytest.mark.parametrize(
    ("changes", "param", "code"),
    [
        ({"surprise": "x"}, "surprise", "parameter_unknown"),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
        ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
        ({"success_url": "/thanks"}, "success_url", "url_invalid"),
        ({"locale": "xx"}, "locale", None),
        ({"expires_at": 1}, "expires_at", None),
        ({"line_items": [{"quantity": 1}]}, "line_items[0][price_data]", "parameter_missing"),
    ],
)
def test_bad_parameters_are_refused(
    emulator: Emulator, changes: dict[str, Any], param: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.client().v1.checkout.sessions.create(params=session_params(**changes))
    assert (refused.value.param, refused.value.code, refused.value.http_status) == (
        param,
        code,
        400,
    )


def test_keys_and_accounts_are_kept_apart(emulator: Emulator) -> None:
    mine = emulator.client().v1.checkout.sessions.create(params=session_params())
    with pytest.raises(stripe.InvalidRequestError) as refused:
        emulator.client("sk_test_two").v1.checkout.sessions.retrieve(mine.id)
    assert (refused.value.http_status, refused.value.code) == (404, "resource_missing")
    with pytest.raises(stripe.AuthenticationError):
        emulator.client("sk_live_x").v1.checkout.sessions.retrieve(mine.id)


def test_an_expired_session_cannot_be_paid(emulator: Emulator, receiver: Receiver) -> None:
    sessions = emulator.client().v1.checkout.sessions
    session = sessions.create(params=session_params())
    assert sessions.expire(session.id).status == "expired"
    assert receiver.wait_for("checkout.session.expired").data.object.id == session.id
    status, page = emulator.pay(session.id, number="4242424242424242")
    assert (status, "This link has expired" in page) == (200, True)
    with pytest.raises(stripe.InvalidRequestError, match="status in `open`"):
        sessions.expire(session.id)


def test_events_are_listed_by_page_type_and_time(emulator: Emulator) -> None:
    client = emulator.client()
    before = int(time.time())
    for _ in range(3):
        paid_charge(emulator)
    everything = client.v1.events.list(params={"limit": 100, "created": {"gte": before}})
    walked = list(client.v1.events.list(params={"limit": 4}).auto_paging_iter())
    assert [event.id for event in walked] == [event.id for event in everything.data]
    of_two = client.v1.events.list(
        params={"types": ["payment_intent.succeeded", "checkout.session.completed"], "limit": 100}
    )
    assert len(of_two.data) == 6
    newer = client.v1.events.list(params={"ending_before": walked[5].id, "limit": 3})
    assert ([event.id for event in newer.data], newer.has_more) == (
        [event.id for event in walked[2:5]],
        True,
    )
    assert client.v1.events.list(params={"created": {"gt": before + 60}}).data == []
    assert client.v1.events.retrieve(walked[0].id).id == walked[0].id
    assert emulator.client("sk_test_two").v1.events.list().data == []


def test_a_failed_delivery_is_tried_again(emulator: Emulator, receiver: Receiver) -> None:
    receiver.status = 500
    paid_charge(emulator)
    until(lambda: tries(emulator) >= 2, "a second attempt")
    receiver.status = 200
    event = receiver.wait_for("checkout.session.completed")
    until(lambda: not pending(emulator), "an empty queue")
    assert emulator.client().v1.events.retrieve(event.id).pending_webhooks == 0
    emulator.post(f"/_emulator/events/{event.id}/resend")
    assert receiver.wait_for("checkout.session.completed", times=2).id == event.id


def test_outages(emulator: Emulator, receiver: Receiver) -> None:
    emulator.post("/_emulator/settings", webhooks="off")
    paid_charge(emulator)
    emulator.post("/_emulator/settings", webhooks="hold")
    paid_charge(emulator)
    emulator.post("/_emulator/settings", webhooks="on")
    receiver.wait_for("charge.updated")
    until(lambda: not pending(emulator), "an empty queue")
    assert receiver.types().count("checkout.session.completed") == 1
    listed = emulator.client().v1.events.list(params={"type": "checkout.session.completed"})
    assert len(listed.data) == 2
    emulator.post("/_emulator/settings", api="down")
    with pytest.raises(stripe.APIError):
        emulator.client().v1.events.list()


def test_a_restart_loses_nothing(emulator: Emulator, receiver: Receiver) -> None:
    emulator.post("/_emulator/settings", webhooks="hold")
    charge = paid_charge(emulator)
    emulator.stop()
    emulator.start()
    again = emulator.client().v1.charges.retrieve(charge.id)
    assert again.to_dict() == charge.to_dict()
    emulator.post("/_emulator/settings", webhooks="on")
    assert receiver.wait_for("charge.succeeded").data.object.id == charge.id


def test_ten_sessions_at_once(emulator: Emulator, receiver: Receiver) -> None:
    async def pay_all() -> None:
        await asyncio.gather(*(asyncio.to_thread(paid_charge, emulator) for _ in range(10)))

    asyncio.run(pay_all())
    receiver.wait_for("checkout.session.completed", times=10)
    assert len({event.id for event in receiver.events()}) == len(receiver.got)


def pending(emulator: Emulator) -> list[Any]:
    with urllib.request.urlopen(f"{emulator.url}/_emulator/deliveries?state=pending") as answer:
        return list(json.load(answer)["data"])


def tries(emulator: Emulator) -> int:
    return max((len(one["attempts"]) for one in pending(emulator)), default=0)
