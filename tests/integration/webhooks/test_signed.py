"""Events that Stripe signed, damaged in every place: no fault of ours, and the books stay whole.

A signature says who speaks, not that they speak sense. So whatever is signed is either taken or
refused with a reason, once and for all: coming again, it changes nothing more.
"""

from __future__ import annotations

import base64
import json
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.integration.webhooks.attacker import Attacker, an_attacker
from tests.integration.webhooks.corpus import (
    HARD_BODIES,
    HARD_VALUES,
    MISSING,
    RECORDED,
    damaged,
    ours,
    places,
    recorded,
    with_value,
)
from tests.integration.webhooks.test_forged import assert_quiet
from tests.invariants.effort import effort

ANSWERS = {200, 400, 413, 422}
KINDS = list(ours({}))


def deliver(attacker: Attacker, body: bytes) -> int:
    """Deliver a signed body twice, and return the first answer's status."""
    attacker.log[:] = []
    before = attacker.stored()
    statuses = []
    for _ in range(2):
        status, _, told = attacker.post(body, {"Stripe-Signature": attacker.sign(body)})
        assert status in ANSWERS, (status, told)
        statuses.append(status)
        if len(statuses) == 1:
            once = attacker.stored()
    assert statuses[0] == statuses[1]
    assert attacker.stored() == once
    assert statuses[0] == 200 or once == before
    assert_quiet(attacker)
    return statuses[0]


def written(document: Any) -> bytes:
    return json.dumps(document).encode("utf-8")


@pytest.mark.parametrize("body", HARD_BODIES, ids=lambda body: repr(body[:24]))
def test_signed_nonsense_is_refused_or_says_nothing(body: bytes):
    with an_attacker() as attacker:
        before = attacker.stored()
        deliver(attacker, body)
        assert attacker.stored() == before


@pytest.mark.parametrize("kind", KINDS)
def test_undamaged_events_are_taken(kind: str):
    with an_attacker() as attacker:
        before = attacker.stored()
        assert deliver(attacker, written(ours(attacker.metadata)[kind])) == 200
        assert attacker.stored() != before
        assert attacker.violations() == []


@pytest.mark.parametrize("kind", KINDS)
def test_a_hard_value_in_the_place_of_any_other_does_no_harm(kind: str):
    with an_attacker() as attacker:
        document = ours(attacker.metadata)[kind]
        tried = product(places(document), (MISSING, *HARD_VALUES))
        for number, (path, value) in enumerate(tried):
            own = {**document, "id": f"evt_{number}"}
            if path == ("id",) and isinstance(value, str):
                continue  # an id that was an event's and is a payment's next would be our own doing
            deliver(attacker, written(with_value(own, path, value)))
        assert attacker.violations() == []


@pytest.mark.parametrize("kind", KINDS)
def test_two_fields_of_one_name_count_once(kind: str):
    with an_attacker() as attacker:
        text = written(ours(attacker.metadata)[kind]).decode()
        twice = text.replace('"amount": ', '"amount": 1, "amount": ')
        assert deliver(attacker, twice.encode()) in {200, 422}
        assert attacker.violations() == []


def test_metadata_names_any_number_of_invoices():
    """Stripe keeps values to 500 characters; a payment that names more must still be storable."""
    with an_attacker() as attacker:
        invoice = attacker.metadata["dunlin_invoices"]
        for count in (2, 15, 1_000, 20_000):
            named = ",".join([invoice] * count)
            metadata = {**attacker.metadata, "dunlin_invoices": named}
            body = written(ours(metadata)["today"])
            assert deliver(attacker, body) in {200, 413}
        assert attacker.violations() == []


def test_other_letters_of_the_header_and_base64_are_the_same_event():
    with an_attacker() as attacker:
        body = written(ours(attacker.metadata)["today"])
        for name in ("stripe-signature", "STRIPE-SIGNATURE", "Stripe-Signature"):
            assert attacker.post(body, {name: attacker.sign(body)})[0] == 200
        encoded = base64.b64encode(body).decode()
        signed = {"Stripe-Signature": attacker.sign(body)}
        assert attacker.post(encoded, signed, encoded=True)[0] == 200
        assert attacker.api.done("GET", "/v1/invoices")["data"][0]["amount_paid"] == 119000
        assert attacker.violations() == []


@pytest.mark.parametrize("ahead", [-300, 0, 300])
def test_several_signatures_of_which_one_is_true_will_do(ahead: int):
    """As Stripe sends them while a secret is rotated; within the tolerance, both ways."""
    with an_attacker() as attacker:
        body = written(ours(attacker.metadata)["today"])
        true = attacker.sign(body, ahead=ahead)
        header = true.replace(",v1=", f",v1={'0' * 64},v0=1,v1=") + ",v1=x"
        assert attacker.post(body, {"Stripe-Signature": header})[0] == 200


@given(data=st.data())
@effort(80)
def test_whatever_is_damaged_does_no_harm(data: st.DataObject):
    with an_attacker() as attacker:
        for number in range(4):
            documents = ours(attacker.metadata).values()
            named = [{**each, "id": f"evt_{number}"} for each in documents]
            deliver(attacker, damaged(data, named))
        assert attacker.violations() == []


@pytest.mark.realdata
@pytest.mark.skipif(not RECORDED.exists(), reason="../shared/data is absent")
def test_recorded_events_do_no_harm_ours_or_not():
    with an_attacker() as attacker:
        for document in recorded().values():
            deliver(attacker, written(document))
            document["data"]["object"]["metadata"] = attacker.metadata
            deliver(attacker, written(document))
        assert attacker.violations() == []


@pytest.mark.realdata
@pytest.mark.skipif(not RECORDED.exists(), reason="../shared/data is absent")
@given(data=st.data())
@effort(40)
def test_recorded_events_may_be_damaged_anywhere(data: st.DataObject):
    with an_attacker() as attacker:
        documents = list(recorded().values())
        for document in documents:
            document["data"]["object"]["metadata"] = attacker.metadata
        for number in range(4):
            named = [{**each, "id": f"evt_{number}"} for each in documents]
            deliver(attacker, damaged(data, named))
        assert attacker.violations() == []
