"""What is sent to the webhook: real events, and ways to damage them.

Whatever once did harm, or is known to do so elsewhere, stands in the lists for ever; Hypothesis
thinks of more.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.unit.gateways.mangling import junk, mangle
from tests.unit.gateways.stripe_payloads import charge, dispute, event, intent, old_intent, session

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "stripe"

HARD_BODIES: list[bytes] = [
    b"",
    b"x",
    b"null",
    b"[]",
    b'""',
    b"0",
    b"{}",
    b"NaN",
    b'{"object": "event"}',
    b'{"object": "v2.core.event"}',
    b'{"id": "evt_1", "type": "payment_intent.succeeded", "created": 1, "data": null}',
    b'{"id": "evt_1", "type": "payment_intent.succeeded", "created": 1, "data": {"object": []}}',
    b'{"id": "evt_1", "type": "payment_intent.succeeded", "created": NaN, "data": {"object": {}}}',
    b'{"id": "evt_1", "type": "charge.refunded", "created": -1e400, "data": {"object": {}}}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"[" * 900 + b"]" * 900,
    b"9" * 10_000,
    b'{"id": ' + b"9" * 5_000 + b"}",
    b'{"id": "\\ud800", "type": "x", "created": 1, "data": {"object": {}}}',
    b'{"id": "evt_1", "type": "x", "created": 1e5, "data": {"object": {}}}',
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    '{"id": "evt_1"}'.encode("utf-16"),
    '{"id": "evt_1"}'.encode("utf-32"),
    b"\x00" * 1000,
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
    b"payload=%7B%7D&type=payment_intent.succeeded",
    b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
]
"""Bodies that parsers stumble over."""

HARD_SIGNATURES: list[str] = [
    "",
    " ",
    ",",
    "=",
    "t",
    "t=",
    "v1=",
    "t=1",
    "t=,v1=",
    "t=-1,v1=0",
    "t=1e9,v1=0",
    "t=\u0661,v1=0",
    "t=99999999999999999999999,v1=" + "0" * 64,
    "t=0,v0=" + "0" * 64,
    "t=NaN,v1=NaN",
    "t=1,t=2,v1=0,v1=1",
    "t==1,v1==1",
    "v1=0;t=1",
    "t=1\r\nSet-Cookie: a=b,v1=0",
    "t=1," + ",".join("v1=0" for _ in range(2_000)),
    "," * 9_000,
    "t=" + "9" * 5_000 + ",v1=0",
    "valid",
    "Bearer whsec_1",
]
"""Signatures of nobody."""

HARD_VALUES: list[Any] = [
    None, True, -1, 0, 0.5, 10**14, 10**14 + 1, 2**63, 10**400, "", " ", "x" * 300, "\x00",
    "\u2028", "\U0001f600", "<script>", "{{7*7}}", "119000", [], {}, [[]], {"id": None},
    {"id": "pi_1"}, {"$ref": "#"}, ["eur"], "zzz", "xau", "EUR", "../", "' OR 1=1",
]  # fmt: skip
"""Values of which each is put in the place of each field."""


def recorded() -> dict[str, dict[str, Any]]:
    """Return Stripe's recorded events by file, those of `pay_event_data` put into an envelope."""
    found = {}
    for path in sorted(RECORDED.glob("webhook_events/*.json")):
        found[path.stem] = json.loads(path.read_text())
    for path in sorted(RECORDED.glob("pay_event_data/*.json")):
        data = json.loads(path.read_text())
        data = data if isinstance(data["object"], dict) else {"object": data}
        found[f"today's {path.stem}"] = {**event(path.stem, {}), "data": data}
    return found


def ours(metadata: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return events about our own payment, in today's shapes and those of 2020-08-27."""
    known = {"metadata": metadata}
    return {
        "today": event("payment_intent.succeeded", intent("succeeded", **known)),
        "2020-08-27": event("payment_intent.succeeded", old_intent("succeeded", **known)),
        "processing": event("payment_intent.processing", intent("processing", **known)),
        "failed": event("payment_intent.payment_failed", intent("requires_payment_method",
                        last_payment_error={"code": "card_declined"}, **known)),
        "checkout": event("checkout.session.completed", session("paid", **known)),
        "refund": event("charge.refunded", charge(amount_refunded=500, **known)),
        "dispute": event("charge.dispute.created", dispute("needs_response")),
        "late refund": event("refund.updated", {"id": "re_1", "charge": "ch_1"}),
    }  # fmt: skip


def places(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the paths of all members of a document, at any depth."""
    members: list[tuple[Any, Any]] = []
    if isinstance(document, dict):
        members = list(document.items())
    elif isinstance(document, list):
        members = list(enumerate(document))
    found = []
    for key, value in members:
        found += [(*path, key), *places(value, (*path, key))]
    return found


def with_value(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a copy with something else in that place; `MISSING` takes the place away."""
    copy = deepcopy(document)
    place = copy
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


MISSING = object()


def damaged(data: st.DataObject, documents: Sequence[dict[str, Any]]) -> bytes:
    """Draw one of the documents with some places changed, written as JSON in one way or another."""
    document = deepcopy(documents[data.draw(st.integers(0, len(documents) - 1))])
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=8))
        mangle(document, path, deepcopy(data.draw(junk | st.sampled_from(HARD_VALUES))))
    indent = data.draw(st.sampled_from([None, 2]))
    text = json.dumps(document, ensure_ascii=data.draw(st.booleans()), indent=indent)
    body = text.encode("utf-8", errors="surrogatepass")
    if data.draw(st.integers(0, 9)) == 0:
        cut = data.draw(st.integers(0, len(body)))
        body = body[:cut] + data.draw(st.binary(max_size=4)) + body[cut:]
    return body
