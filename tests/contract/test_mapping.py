"""Every record comes back from storage exactly as it was, and the frequent ones stay small."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time
from functools import partial
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import ids
from chalicelib.domain.case import Case
from chalicelib.domain.charge import Charge
from chalicelib.domain.choice import Choice, ChosenBy, Covered
from chalicelib.domain.communication import (
    Communication,
    Task,
)
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.dispute import Dispute
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Currency, currency
from chalicelib.domain.payment import CreditNote, Payment
from chalicelib.domain.payment_plan import PaymentPlan
from chalicelib.domain.promise import Promise
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.service import Service
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.test_clock import TestClock
from chalicelib.storage import configuration_keys, keys
from chalicelib.storage.items import Item, SequenceItem
from chalicelib.storage.mapping import event as events
from chalicelib.storage.mapping import from_image, from_record, to_record
from chalicelib.storage.units import item_size
from tests.builders import a_case, a_claim, a_communication, a_customer, a_result, record_id, utc
from tests.strategies import dates, sequences

CUSTOMER = "C" * ids.PART
NASTY = st.sampled_from(
    [
        "",
        "|",
        "a|b||c",
        "#",
        "@",
        "🦭 éß",
        "\u202eright to left",
        "مرحبا",
        "line\nbreak\0",
        '{"a":1}',
    ]
)
texts = NASTY | st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
slugs = st.from_regex(r"[a-z][a-z0-9_]{0,15}", fullmatch=True)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds it
amounts = st.integers(0, 10**30)
parts = st.text(ids.ALPHABET, min_size=ids.PART, max_size=ids.PART)
tenants = st.builds(Tenant, parts.map(lambda each: f"cr_{each}"), st.sampled_from(Mode))


def child(prefix: str) -> st.SearchStrategy[str]:
    """Return ids in the one customer's partition."""
    return parts.map(lambda own: f"{prefix}_{CUSTOMER}{own}")


OF_TYPE: dict[Any, st.SearchStrategy[Any]] = {
    str: texts,
    int: amounts,
    bool: st.booleans(),
    date: dates(),
    datetime: instants,
    time: st.times().map(lambda each: each.replace(microsecond=0)),
    Tenant: tenants,
    Currency: st.sampled_from(["eur", "usd", "jpy", "kwd"]).map(currency),
    dict[str, int]: st.dictionaries(st.sampled_from(["eur", "jpy", "kwd"]), amounts),
}
OF_NAME: dict[str, st.SearchStrategy[Any]] = {
    "customer_id": st.just(f"cus_{CUSTOMER}"),
    "case_id": child(ids.CASE),
    "invoice_id": child(ids.INVOICE),
    "sequence": st.tuples(slugs.map(lambda each: f"seq_{each}"), st.integers(1, 10**9)),
    "version": st.integers(0, 10**12),
    "quantity": st.integers(-5, 10**6),
    "choice": st.none()
    | st.sampled_from(sorted(set(ChosenBy) - {ChosenBy.SEGMENT})).map(Choice)
    | st.tuples(slugs.map(lambda each: f"seg_{each}"), st.integers(1, 10**9)).map(
        partial(Choice, ChosenBy.SEGMENT)
    ),
    "open_tasks": st.lists(child(ids.TASK), max_size=3).map(tuple),
}
OF_NAME_WHERE_SET: dict[str, st.SearchStrategy[Any]] = {
    "channel": slugs,
    "case": slugs,
    "test_clock": slugs,
    "communication": child(ids.COMMUNICATION),
}
IDS: dict[type, st.SearchStrategy[str]] = {
    Customer: OF_NAME["customer_id"],
    Invoice: child(ids.INVOICE),
    Case: child(ids.CASE),
    Payment: child(ids.PAYMENT),
    CreditNote: child(ids.CREDIT_NOTE),
    Charge: child(ids.CHARGE),
    Promise: child(ids.PROMISE),
    PaymentPlan: child(ids.PAYMENT_PLAN),
    Communication: child(ids.COMMUNICATION),
    Task: child(ids.TASK),
    Dispute: child(ids.DISPUTE),
    Service: child(ids.SERVICE),
    TestClock: parts.map(lambda each: f"clock_{each}"),
}


def whole(kind: type) -> st.SearchStrategy[Any]:
    """Return values of a dataclass with every one of its fields drawn, whichever it has."""
    hints = get_type_hints(kind)
    drawn = {each.name: named(each.name, hints[each.name]) for each in fields(kind)}
    return st.builds(kind, **(drawn | ({"id": IDS[kind]} if kind in IDS else {})))


def named(name: str, hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a field: by its name where that says more than its type."""
    if name in OF_NAME:
        return OF_NAME[name]
    if get_origin(hint) in {Union, UnionType}:
        [inner] = [each for each in get_args(hint) if each is not NoneType]
        return st.none() | named(name, inner)
    if name in OF_NAME_WHERE_SET:
        return OF_NAME_WHERE_SET[name]
    return typed(hint)


def typed(hint: Any) -> st.SearchStrategy[Any]:
    """Return values of a type."""
    if hint in OF_TYPE:
        return OF_TYPE[hint]
    if get_origin(hint) is tuple:
        return st.lists(typed(get_args(hint)[0]), max_size=3).map(tuple)
    if get_origin(hint) is frozenset:
        return st.frozensets(typed(get_args(hint)[0]))
    if get_origin(hint) is dict:
        return st.dictionaries(texts.filter(bool), typed(get_args(hint)[1]), max_size=3)
    if is_dataclass(hint):
        return whole(hint)
    return st.sampled_from(list(hint))


RECORDS = {kind: whole(kind) for kind in IDS}
event_data = st.dictionaries(
    texts,
    texts | amounts | st.none() | st.lists(st.dictionaries(slugs, texts, max_size=2)),
    max_size=3,
)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_record_comes_back_with_every_field_as_it_was(kind: type, data: st.DataObject):
    record = data.draw(RECORDS[kind])
    stored = to_record(record, shards=8).serialize()
    assert from_record(Item.from_raw_data(stored)) == record
    assert from_image(stored) == record
    assert stored["kind"]["S"]
    assert stored["by"] == {"S": record.change.by}
    assert stored["why"] == {"S": record.change.why}


@settings(deadline=None, max_examples=60)
@given(
    event=st.builds(
        Event,
        id=child(ids.EVENT),
        tenant=tenants,
        customer_id=OF_NAME["customer_id"],
        type=slugs,
        object_id=child(ids.INVOICE),
        at=instants,
        by=texts,
        why=texts,
        data=event_data,
    )
)
def test_an_event_comes_back_as_it_was(event: Event):
    stored = events.to_record(event).serialize()
    assert events.from_record(Item.from_raw_data(stored)) == event
    assert from_image(stored) is None


@settings(deadline=None, max_examples=60)
@given(sequence=sequences())
def test_a_sequence_comes_back_as_it_was(sequence: Sequence):
    key = configuration_keys.sequence(Tenant("cr_1", Mode.LIVE), sequence.id, sequence.version)
    stored = SequenceItem(pk=key.pk, sk=key.sk, body=sequence).serialize()
    item = Item.from_raw_data(stored)
    assert item.body == sequence
    assert from_image(stored) is None


@pytest.mark.parametrize("image", [None, {}, {"pk": {"S": "x"}, "sk": {"S": "y"}}])
def test_images_of_other_items_are_no_records(image: dict[str, Any] | None):
    assert from_image(image) is None


def test_a_case_that_is_not_due_has_no_attribute_of_the_due_index():
    stored = to_record(a_case(), shards=8).serialize()
    assert not {keys.DUE_PARTITION, keys.DUE_AT, keys.DUE_CHANNEL} & stored.keys()


def full_case() -> Case:
    """Return a case with everything on it: seven results, a claim, a test clock, a segment and
    what was done under another sequence before."""
    steps = [f"reminder_step_{number}" for number in range(7)]
    communication = record_id(ids.COMMUNICATION, "M")
    result = replace(a_result(), reason="caught_up", communication=communication)
    return a_case(
        "INVOICE-2026-000123",
        tenant=Tenant("cr_" + "C" * ids.PART, Mode.TEST),
        results=dict.fromkeys(steps, result),
        claim=a_claim(steps[-1]),
        due_at=utc("2026-01-16 09:00"),
        channel="email",
        test_clock="clock_" + "0" * ids.PART,
        sequence=("seq_" + "0" * ids.PART, 12),
        choice=Choice(ChosenBy.SEGMENT, ("seg_" + "0" * ids.PART, 12)),
        covered=Covered(34, utc("2026-01-16 09:00")),
        change=Change("system", "reminder_step_6 is due", utc("2026-01-16 09:00")),
        version=30,
    )


def size(record: Any) -> int:
    """Return the stored size of a record in bytes, with the nonce of its write."""
    item = to_record(record, shards=8)
    item.nonce = "0" * 12
    return item_size(item.serialize())


def test_what_a_reminder_writes_stays_under_a_kilobyte():
    assert size(full_case()) <= 1024
    cases = [a_case(str(number)) for number in range(5)]
    subject = "Erinnerung: Rechnung INVOICE-2026-000123 und vier weitere sind überfällig"
    assert size(a_communication(*cases, subject=subject, provider_id="0" * 60)) <= 1024
    assert size(a_customer(metadata={"crm": "x" * 100})) <= 1024
