"""What the API has said once, held against what it says later.

An erased customer has no name ever again, a void invoice stays void and takes no money, and every
invoice adds up whenever it is shown (I4).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

ID = re.compile(r"\b(?:cus|in|case|pay|cn|cm|evt|task|seq|clock)_[0-9A-Z]{16,}\b")
PERSONAL = ("external_id", "email", "phone")


class Memory:
    """Everything that one run of requests was told. `done` counts what was answered with 2xx."""

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.done: Counter[str] = Counter()
        self._erased: set[str] = set()
        self._void: set[str] = set()

    def hear(self, operation: str, status: int, body: bytes) -> None:
        """Hold an answer against all before it, and keep what it says."""
        if status >= 300 or not body.startswith(b"{"):
            return
        self.done[operation] += 1
        self.ids |= set(ID.findall(body.decode()))
        for each in _objects(json.loads(body)):
            kind = each.get("object")
            if kind == "customer":
                self._hear_of_customer(each)
            elif kind == "invoice":
                self._hear_of_invoice(each)

    def _hear_of_customer(self, customer: dict[str, Any]) -> None:
        if customer["erasure"]:
            self._erased.add(customer["id"])
        if customer["id"] in self._erased:
            assert customer["erasure"], f"{customer['id']} is no longer erased"
            assert customer["name"] == "", f"{customer['id']} is erased and has a name"
            left = {name: customer[name] for name in PERSONAL if customer[name] is not None}
            assert not left, f"{customer['id']} is erased and has {left}"

    def _hear_of_invoice(self, invoice: dict[str, Any]) -> None:
        asked = invoice["amount"] + invoice["amount_charged"]
        settled = ("amount_paid", "amount_credited", "amount_written_off", "amount_remaining")
        assert asked == sum(invoice[name] for name in settled), invoice
        assert min(invoice[name] for name in settled) >= 0, invoice
        if invoice["status"] == "void":
            self._void.add(invoice["id"])
        if invoice["id"] in self._void:
            assert invoice["status"] == "void", f"{invoice['id']} is no longer void"
            assert invoice["amount_paid"] == invoice["amount_remaining"] == 0, invoice


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a JSON document, at any depth."""
    if isinstance(value, dict):
        yield value
        for each in value.values():
            yield from _objects(each)
    elif isinstance(value, list):
        for each in value:
            yield from _objects(each)
