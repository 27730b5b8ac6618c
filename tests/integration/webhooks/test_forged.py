"""Whoever can't sign has no effect, whatever they send: always a refusal, never a trace of it."""

from __future__ import annotations

import gzip
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.handlers.webhooks import EVENT_LIMIT
from tests.api import OTHER_CREDITOR_ID
from tests.integration.webhooks.attacker import SECRET, Attacker, an_attacker
from tests.integration.webhooks.corpus import HARD_BODIES, HARD_SIGNATURES, damaged, ours
from tests.invariants.effort import effort

REFUSALS = {400, 413}
HEADERS = st.dictionaries(
    st.sampled_from(
        ["stripe-signature", "STRIPE-SIGNATURE", "Stripe-Signature ", "Content-Type",
         "Content-Encoding", "Transfer-Encoding", "X-Request-Id", "Authorization", "Host", "Accept"]
    ),
    st.sampled_from([*HARD_SIGNATURES, "gzip", "application/json", "text/xml", "chunked"])
    | st.text(max_size=40),
    max_size=5,
)  # fmt: skip


@pytest.fixture(scope="module")
def attacker() -> Iterator[Attacker]:
    with an_attacker() as each:
        yield each


def refused(attacker: Attacker, body: Any, headers: Any, **how: Any) -> None:
    """Send what nobody signed, and see that it is as if it had never come."""
    before, attacker.log[:] = attacker.stored(), []
    status, told, problem = attacker.post(body, headers, **how)
    assert status in REFUSALS, (status, problem)
    assert told["content-type"] == "application/problem+json"
    assert problem["code"] in {"signature_invalid", "malformed_body", "body_too_large"}
    assert attacker.stored() == before
    assert_quiet(attacker)


def assert_quiet(attacker: Attacker) -> None:
    """No stack trace, nothing above a warning, and no secret in the log."""
    for line in attacker.log:
        assert line.levelno <= logging.WARNING, line.getMessage()
        assert line.exc_info is None
        assert SECRET not in f"{line.getMessage()} {line.__dict__}"


def an_event(attacker: Attacker) -> bytes:
    return json.dumps(ours(attacker.metadata)["today"]).encode()


@pytest.mark.parametrize("body", HARD_BODIES, ids=lambda body: repr(body[:24]))
def test_what_is_not_signed_has_no_effect(attacker: Attacker, body: bytes):
    for headers in (None, {}, {"Stripe-Signature": "t=1,v1=0"}):
        refused(attacker, body, headers)


@pytest.mark.parametrize("signature", HARD_SIGNATURES, ids=lambda text: repr(text[:24]))
def test_odd_signatures_open_nothing(attacker: Attacker, signature: str):
    refused(attacker, an_event(attacker), {"Stripe-Signature": signature})


def test_a_true_signature_opens_nothing_else(attacker: Attacker):
    """Neither another body, moment, secret, scheme nor creditor, nor the same put differently."""
    body = an_event(attacker)
    true = attacker.sign(body)
    stamp, _, mac = true.partition(",")
    for header in (
        attacker.sign(b"another body"),
        attacker.sign(body, ahead=-301),
        attacker.sign(body, ahead=301),
        attacker.sign(body, ahead=60 * 60 * 24 * 400),
        attacker.sign(body, secret="whsec_of_another"),
        attacker.sign(body, secret=""),
        true.replace("v1=", "v0="),
        true.replace("v1=", "v2="),
        true.replace("t=", "T="),
        true.replace(",", ";"),
        f"{stamp},{mac[:-1]}",
        f"{stamp},{mac}0",
        f"{stamp},{mac.upper()}",
        f"t=1,{true}",
        mac,
        stamp,
    ):
        refused(attacker, body, {"Stripe-Signature": header})
    signed = {"Stripe-Signature": true}
    for changed in (body + b" ", b" " + body, body[:-1], b"\xef\xbb\xbf" + body, body * 2, b""):
        refused(attacker, changed, signed)
    refused(attacker, gzip.compress(body), {**signed, "Content-Encoding": "gzip"})
    refused(attacker, body.decode().encode("utf-16"), signed)
    refused(attacker, body, signed, creditor_id=OTHER_CREDITOR_ID)
    refused(attacker, body, {"X-Stripe-Signature": true})


@pytest.mark.parametrize("body", ["not base64!", "e30", "====", "\u00fc", "e30=\n" * 3])
def test_what_only_says_that_it_is_base64_is_refused(attacker: Attacker, body: str):
    refused(attacker, body, {"Stripe-Signature": "t=1,v1=0"}, encoded=True)


def test_no_body_at_all_is_refused(attacker: Attacker):
    refused(attacker, None, {})


@pytest.mark.parametrize("size", [EVENT_LIMIT, EVENT_LIMIT + 1, 6 * 1024 * 1024])
def test_whatever_is_too_large_is_refused_unread(attacker: Attacker, size: int):
    body = b"{" + b" " * (size - 2) + b"}"
    signed = {"Stripe-Signature": attacker.sign(b"x")}
    status, _, problem = attacker.post(body, signed)
    too_large = size > EVENT_LIMIT
    assert (status, problem["code"]) == (
        (413, "body_too_large") if too_large else (400, "signature_invalid")
    )


@given(data=st.data(), headers=HEADERS)
@effort(60)
def test_nothing_that_anybody_thinks_of_has_an_effect(
    attacker: Attacker, data: st.DataObject, headers: dict[str, str]
):
    events = list(ours(attacker.metadata).values())
    damage = data.draw(st.booleans())
    body = damaged(data, events) if damage else data.draw(st.binary(max_size=200))
    refused(attacker, body, headers)


@given(parts=st.lists(st.sampled_from(["t=1", "v1=0", "t=x", "v1=", "v0=1", "", "=", "t", " t=1"])))
@effort(60)
def test_signatures_put_together_at_random_open_nothing(attacker: Attacker, parts: list[str]):
    refused(attacker, an_event(attacker), {"Stripe-Signature": ",".join(parts)})


@pytest.mark.parametrize(
    ("small", "large"),
    [
        ((b"[" * 10_000, "t=1,v1=0"), (b"[" * 100_000, "t=1,v1=0")),
        ((b"{}", "t=1" + ",v1=0" * 200), (b"{}", "t=1" + ",v1=0" * 2_000)),
        ((b"{}", "," * 1_000), (b"{}", "," * 10_000)),
        ((b"{}", "t=" + "9" * 1_000), (b"{}", "t=" + "9" * 10_000)),
    ],
)
def test_ten_times_as_much_costs_at_most_ten_times_as_much(
    attacker: Attacker, small: tuple[bytes, str], large: tuple[bytes, str]
):
    costs = [_calls(attacker, *each) for each in (small, large)]
    assert costs[1] <= 10 * costs[0]


def _calls(attacker: Attacker, body: bytes, signature: str) -> int:
    """Count the calls of functions that a request takes, Python's own included."""
    made = 0

    def count(_frame: object, what: str, _argument: object) -> None:
        nonlocal made
        made += what in {"call", "c_call"}

    headers = {"Stripe-Signature": signature}
    attacker.post(body, headers)  # what is made once is made
    sys.setprofile(count)
    try:
        attacker.post(body, headers)
    finally:
        sys.setprofile(None)
    return made
