"""Billing systems and customers: what they do over HTTP, again until they are answered.

A deed that gets no answer in a while is put off to the next day, with the same Idempotency-Key, as
billing systems do with what failed. A refusal (4xx) is an answer too.
"""

from __future__ import annotations

import json
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from local.api import Api
from tests.chaos.browser import AGAIN, PutOffError, browse
from tests.chaos.plan import Order
from tests.chaos.stage import Stage, get_json

TRIES = 4
REFUSED = 400
INSTANT = "%Y-%m-%dT%H:%M:%SZ"
GOOD_CARD, DECLINED_CARD = "4242424242424242", "4000000000000002"
_FORM = re.compile(r'<form method="post" action="([^"]+)"')


@dataclass
class People:
    """Everybody outside of Dunlin in one seed's life. `told` is the story of their deeds."""

    stage: Stage
    seed: int
    api_key: str
    stripe_key: str
    sequence: str = ""
    told: list[tuple[float, str]] = field(default_factory=list)
    taken: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    """Deeds that were answered with 2xx, with the answers."""
    refused: list[tuple[str, str]] = field(default_factory=list)
    """Deeds that were answered with 4xx, with the codes."""
    done: Counter[str] = field(default_factory=Counter)
    """How often each kind of deed took place."""

    def tell(self, line: str) -> None:
        """Note what was done, with the machine's time, for the story."""
        self.told.append((time.time(), line))

    def do(self, order: Order, deed: str) -> bool:
        """Do something about an invoice. Says whether it is over, whatever came of it."""
        if order.answer is None and deed != "post":
            return False
        try:
            getattr(self, f"_{deed}")(order)
        except PutOffError as why:
            self.tell(f"{deed} {order.number}: put off, {why}")
            return False
        return True

    def _post(self, order: Order) -> None:
        body = self._same(order, "post", order.body(self.stage.now(), self.sequence))
        order.answer = self._insist(f"post {order.number}", "POST", "/v1/invoices", body)

    def _transfer(self, order: Order) -> None:
        self._pay(order, "transfer", self._left(order) or 1)

    def _part(self, order: Order) -> None:
        self._pay(order, "part", max(1, order.amount // 3))

    def _too_much(self, order: Order) -> None:
        self._pay(order, "too_much", order.amount + 100)

    def _pay(self, order: Order, deed: str, amount: int) -> None:
        body = {
            "amount": amount,
            "currency": order.currency,
            "paid_at": self.stage.now().strftime(INSTANT),
            "method": "bank_transfer",
            "reference": f"{deed} {order.number}",
        }
        self._at_invoice(order, deed, "payments", self._same(order, deed, body))

    def _credit(self, order: Order) -> None:
        body = {"amount": max(1, order.amount // 4), "currency": order.currency, "reason": "back"}
        self._at_invoice(order, "credit", "credit_notes", body)

    def _void(self, order: Order) -> None:
        self._at_invoice(order, "void", "void", {})

    def _write_off(self, order: Order) -> None:
        self._at_invoice(order, "write_off", "write_off", {})

    def _hold(self, order: Order) -> None:
        until = self.stage.now() + timedelta(hours=self._chance(order, "hold").randint(1, 60))
        body = {"reason": "asked to wait", "until": until.strftime(INSTANT)}
        path = f"/v1/cases/{order.answer['case']}/pause"  # type: ignore[index] # it was posted
        self._insist(f"hold {order.number}", "POST", path, self._same(order, "hold", body))

    def _move(self, order: Order) -> None:
        """Correct the address, which lets a step that failed by it go out again."""
        name = order.customer["external_id"]
        body = {"email": f"{name}-{order.number[-1]}@moved.example.com"}
        path = f"/v1/customers/{order.answer['customer']}"  # type: ignore[index] # it was posted
        self._insist(f"move {order.number}", "PATCH", path, body)

    def _card(self, order: Order) -> None:
        if checkout := self._checkout(order):
            declined = self._chance(order, "card").random() < 0.2
            for number in (DECLINED_CARD, GOOD_CARD) if declined else (GOOD_CARD,):
                self._at_checkout(checkout, method="card", number=number)
            self.tell(f"card {order.number}: paid")
            self.done["card"] += 1

    def _debit(self, order: Order) -> None:
        if order.currency == "eur" and (checkout := self._checkout(order)):
            self._at_checkout(checkout, method="debit")
            self.tell(f"debit {order.number}: under way")
            self.done["debit"] += 1

    def _refund(self, order: Order) -> None:
        for charge in self.charges(order):
            if charge["status"] == "succeeded" and not charge["refunded"]:
                amount = charge["amount"] - charge["amount_refunded"]
                part = self._chance(order, "refund").choice((amount, max(1, amount // 3)))
                if self._bank(f"charges/{charge['id']}/refund", amount=str(part)):
                    self.done["refund"] += 1

    def _dispute(self, order: Order) -> None:
        for charge in self.charges(order):
            taken_back = charge["disputed"] or charge["refunded"]
            if charge["status"] != "succeeded" or taken_back:
                continue
            if opened := self._bank(f"charges/{charge['id']}/dispute"):
                verdict = self._chance(order, "dispute").choice(("won", "lost"))
                self._bank(f"disputes/{opened['id']}/{verdict}")
                self.done["dispute"] += 1

    def settle_debits(self) -> None:
        """Let every debit that is under way come to its end, one way or the other."""
        for charge in self.listed("charges"):
            if charge["status"] == "pending":
                what = Random(charge["id"]).choice(("settle", "fail"))
                self._bank(f"payment_intents/{charge['payment_intent']}/{what}")

    def set_webhooks(self, state: str) -> None:
        """Let the provider deliver webhooks from now on (`on`), or never those of now (`off`)."""
        self._bank("settings", webhooks=state)

    def charges(self, order: Order) -> list[dict[str, Any]]:
        """Return the provider's charges for an invoice."""
        wanted = order.answer["id"] if order.answer else "none"
        return [each for each in self.listed("charges") if wanted in str(each["metadata"])]

    def listed(self, kind: str) -> list[dict[str, Any]]:
        """Return everything of a kind that the provider has of this creditor."""
        url = f"{self.stage.stack.layout.stripe_url}/v1/{kind}?limit=100"
        page = get_json(url, {"Authorization": f"Bearer {self.stripe_key}"})
        assert not page["has_more"], f"a life has more {kind} than one page"
        return list(page["data"])

    def ask(
        self, method: str, path: str, body: dict[str, Any] | None, key: str | None
    ) -> tuple[int, dict[str, Any]]:
        """Ask the API once, with an Idempotency-Key or without. Returns status and answer."""
        headers = {"Authorization": f"Bearer {self.api_key}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key
        content = None if body is None else json.dumps(body).encode()
        return Api(self.stage.stack.gate("api"), "")._request(method, path, content, headers)

    def _left(self, order: Order) -> int:
        path = f"/v1/invoices/{order.answer['id']}"  # type: ignore[index] # it was posted
        status, answer = self.ask("GET", path, None, None)
        if status != 200:
            raise PutOffError(str(status))
        return int(answer["amount_remaining"])

    def _at_invoice(self, order: Order, deed: str, what: str, body: dict[str, Any]) -> None:
        path = f"/v1/invoices/{order.answer['id']}/{what}"  # type: ignore[index] # it was posted
        self._insist(f"{deed} {order.number}", "POST", path, body)

    def _insist(self, name: str, method: str, path: str, body: dict[str, Any]) -> Any:
        """Return the answer, None where it is a refusal. Raises PutOffError."""
        key = f"{self.seed}-{name}".replace(" ", "-")
        for attempt in range(TRIES):
            status, answer = self.ask(method, path, body, key)
            if status < 300:
                self.tell(f"{name}: done")
                self.taken.append((name, answer))
                self.done[name.partition(" ")[0]] += 1
                return answer
            if answer.get("code") == "request_in_progress":
                raise PutOffError("the first request is still under way")
            if status not in AGAIN:
                self.tell(f"{name}: refused, {status} {answer.get('code')}")
                self.refused.append((name, str(answer.get("code"))))
                return None
            time.sleep(0.2 * 2**attempt)
        raise PutOffError(str(status))

    def _checkout(self, order: Order) -> str | None:
        """Open the customer's page and press its button; None where nothing is to be paid."""
        page = order.answer["pay_url"].replace(  # type: ignore[index] # it was posted
            self.stage.stack.layout.api_url, self.stage.stack.gate("api")
        )
        found = _FORM.search(browse(page)[1])
        if found is None:
            return None
        form = {"currency": order.currency, "invoice": order.answer["id"]}  # type: ignore[index]
        address = urllib.parse.urljoin(page, found[1])
        status, back = browse(address, form)
        if status != 303 or "/checkout/" not in back:
            self.tell(f"checkout {order.number}: {status}")
            return None
        return back

    def _at_checkout(self, address: str, **form: str) -> None:
        browse(f"{address}/pay", {"email": "payer@example.com", "name": "P", **form})

    def _bank(self, path: str, **form: str) -> Any:
        """Return what the bank says; None where it refuses, since another deed was faster."""
        self.tell(f"at the bank: {path}")
        url = f"{self.stage.stack.layout.stripe_url}/_emulator/{path}"
        data = urllib.parse.urlencode(form).encode()
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data=data)) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                if refusal.code != REFUSED:
                    raise
                self.tell(f"the bank refuses: {refusal.read().decode()}")
        return None

    def _same(self, order: Order, deed: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the body of the first try: a key goes with one request only."""
        return self._bodies.setdefault((order.number, deed), body)

    def _chance(self, order: Order, deed: str) -> Random:
        return Random(f"{self.seed} {order.number} {deed}")

    def __post_init__(self) -> None:
        self._bodies: dict[tuple[str, str], dict[str, Any]] = {}
