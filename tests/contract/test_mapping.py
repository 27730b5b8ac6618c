"""Every record comes back from storage exactly as it was, and the frequent ones stay small."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.domain import ids
from chalicelib.domain.case import Case, CaseStatus, Claim, Outcome, Pause, PauseKind, StepResult
from chalicelib.domain.communication import (
    Communication,
    CommunicationStatus,
    Direction,
    Task,
    TaskStatus,
)
from chalicelib.domain.customer import Change, Customer, Suppression
from chalicelib.domain.decisions import Part, Reason
from chalicelib.domain.event import Event
from chalicelib.domain.invoice import Invoice, InvoiceStatus, Line
from chalicelib.domain.money import currency
from chalicelib.domain.payment import Allocation, CreditNote, Method, Payment, PaymentStatus
from chalicelib.domain.sequence import Sequence
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.domain.test_clock import ClockStatus, TestClock
from chalicelib.storage import keys
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
maps = st.dictionaries(texts.filter(bool), texts, max_size=4)
amounts_by_currency = st.dictionaries(st.sampled_from(["eur", "jpy", "kwd"]), amounts)
versions = st.tuples(slugs.map(lambda each: f"seq_{each}"), st.integers(1, 10**9))
tenants = st.builds(Tenant, parts.map(lambda each: f"cr_{each}"), st.sampled_from(Mode))
changes = st.builds(Change, texts, texts, st.none() | instants)
currencies = st.sampled_from(["eur", "usd", "jpy", "kwd"]).map(currency)
common = {"tenant": tenants, "version": st.integers(0, 10**12), "change": changes}


def perhaps(of: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return the strategy or None."""
    return st.none() | of


def child(prefix: str) -> st.SearchStrategy[str]:
    """Return ids in the one customer's partition."""
    return parts.map(lambda own: f"{prefix}_{CUSTOMER}{own}")


def many(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return tuples."""
    return st.lists(of, max_size=3).map(tuple)


results = st.builds(
    StepResult,
    outcome=st.sampled_from(Outcome),
    reason=texts,
    at=instants,
    channel=perhaps(slugs),
    communication=perhaps(child(ids.COMMUNICATION)),
    reroute=st.booleans(),
)
owned = {"customer_id": st.just(f"cus_{CUSTOMER}")}
RECORDS: dict[type, st.SearchStrategy[Any]] = {
    Customer: st.builds(
        Customer,
        **common,
        id=st.just(f"cus_{CUSTOMER}"),
        name=texts,
        country=texts,
        locale=texts,
        timezone=texts,
        created_at=instants,
        external_id=perhaps(texts),
        email=perhaps(texts),
        phone=perhaps(texts),
        test_clock=perhaps(slugs),
        metadata=maps,
        balance=amounts_by_currency,
        credit=amounts_by_currency,
        credit_payments=many(child(ids.PAYMENT)),
        suppressed=st.dictionaries(texts.filter(bool), st.sampled_from(Suppression), max_size=2),
        last_contact_at=perhaps(instants),
        visited_at=perhaps(instants),
        checkouts=many(texts),
    ),
    Invoice: st.builds(
        Invoice,
        **common,
        **owned,
        id=child(ids.INVOICE),
        number=texts,
        currency=currencies,
        amount=amounts,
        issue_date=dates(),
        due_date=dates(),
        sequence=versions,
        created_at=instants,
        status=st.sampled_from(InvoiceStatus),
        charges=amounts,
        paid=amounts,
        credited=amounts,
        written_off=amounts,
        lines=many(st.builds(Line, texts, amounts, st.integers(-5, 10**6))),
        pdf_url=perhaps(texts),
        metadata=maps,
        settled_at=perhaps(instants),
    ),
    Case: st.builds(
        Case,
        **common,
        **owned,
        id=child(ids.CASE),
        number=texts,
        currency=currencies,
        amount=amounts,
        remaining=amounts,
        issue_date=dates(),
        due_date=dates(),
        sequence=versions,
        created_at=instants,
        status=st.sampled_from(CaseStatus),
        closed_reason=perhaps(texts),
        results=st.dictionaries(texts.filter(bool), results, max_size=3),
        pauses=many(
            st.builds(
                Pause,
                st.sampled_from(PauseKind),
                texts,
                instants,
                perhaps(instants),
                perhaps(texts),
            )
        ),
        claim=perhaps(
            st.builds(
                Claim,
                step=texts,
                communication=child(ids.COMMUNICATION),
                channel=slugs,
                at=instants,
            )
        ),
        due_at=perhaps(instants),
        channel=perhaps(slugs),
        test_clock=perhaps(slugs),
    ),
    Payment: st.builds(
        Payment,
        **common,
        **owned,
        id=child(ids.PAYMENT),
        currency=currencies,
        amount=amounts,
        method=st.sampled_from(Method),
        paid_at=instants,
        created_at=instants,
        status=st.sampled_from(PaymentStatus),
        refunded=amounts,
        disputed=amounts,
        named=many(child(ids.INVOICE)),
        allocations=many(st.builds(Allocation, child(ids.INVOICE), amounts)),
        reference=perhaps(texts),
        provider_reference=perhaps(texts),
        provider_events=many(texts),
        communication=perhaps(child(ids.COMMUNICATION)),
    ),
    CreditNote: st.builds(
        CreditNote,
        **common,
        id=child(ids.CREDIT_NOTE),
        invoice_id=child(ids.INVOICE),
        currency=currencies,
        amount=amounts,
        reason=texts,
        created_at=instants,
        number=perhaps(texts),
    ),
    Communication: st.builds(
        Communication,
        **common,
        **owned,
        id=child(ids.COMMUNICATION),
        channel=slugs,
        status=st.sampled_from(CommunicationStatus),
        parts=many(st.builds(Part, child(ids.CASE), texts, st.sampled_from(Reason))),
        template=texts,
        locale=texts,
        to=texts,
        subject=texts,
        amounts=amounts_by_currency,
        created_at=instants,
        direction=st.sampled_from(Direction),
        reason=perhaps(texts),
        provider_id=perhaps(texts),
        sent_at=perhaps(instants),
    ),
    Task: st.builds(
        Task,
        **common,
        **owned,
        id=child(ids.TASK),
        case_id=child(ids.CASE),
        step=texts,
        do=texts,
        reason=texts,
        created_at=instants,
        status=st.sampled_from(TaskStatus),
        outcome=perhaps(texts),
        note=perhaps(texts),
        done_at=perhaps(instants),
    ),
    TestClock: st.builds(
        TestClock,
        **common,
        id=parts.map(lambda each: f"clock_{each}"),
        now=instants,
        target=instants,
        created_at=instants,
        name=perhaps(texts),
        status=st.sampled_from(ClockStatus),
    ),
}
event_data = st.dictionaries(
    texts,
    texts | amounts | st.none() | st.lists(st.dictionaries(slugs, texts, max_size=2)),
    max_size=3,
)


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_a_record_comes_back_as_it_was(kind: type, data: st.DataObject):
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
        **owned,
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
    key = keys.sequence(Tenant("cr_1", Mode.LIVE), sequence.id, sequence.version)
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
    """Return a case with everything on it: seven results, a claim, a pause, a test clock."""
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
