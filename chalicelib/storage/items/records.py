"""The items of records: what the ledger writes, and the stream tells of."""

from __future__ import annotations

from pydantic import TypeAdapter
from pynamodb.attributes import UnicodeAttribute

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.approval import Approval, Question
from chalicelib.domain.calendar import SendWindow
from chalicelib.domain.case import Pause
from chalicelib.domain.charge import Basis, Waived
from chalicelib.domain.choice import Override
from chalicelib.domain.confirmation import Confirmation
from chalicelib.domain.history import History
from chalicelib.domain.instalment import InstalmentDue
from chalicelib.domain.invoice import Line
from chalicelib.domain.payment import Allocation
from chalicelib.domain.privacy import Consent, Erasure
from chalicelib.storage import keys
from chalicelib.storage.attributes import (
    Amounts,
    Day,
    Instant,
    Structured,
    TextList,
    Texts,
    Whole,
)
from chalicelib.storage.items.base import ListedItem, RecordItem


class CustomerItem(RecordItem, discriminator="customer"):
    """A customer."""

    name = UnicodeAttribute()
    country = UnicodeAttribute()
    locale = UnicodeAttribute()
    timezone = UnicodeAttribute()
    created_at = Instant()
    external_id = UnicodeAttribute(null=True)
    email = UnicodeAttribute(null=True)
    phone = UnicodeAttribute(null=True)
    address = Structured(TypeAdapter(PostalAddress), null=True)
    test_clock = UnicodeAttribute(null=True)
    meta = Texts(null=True, attr_name="metadata")
    balance = Amounts(null=True)
    credit = Amounts(null=True)
    credit_payments = TextList(null=True)
    suppressed = Texts(null=True)
    last_contact_at = Instant(null=True)
    visited_at = Instant(null=True)
    checkouts = TextList(null=True)
    request = UnicodeAttribute(null=True)
    consents = Structured(TypeAdapter(dict[str, Consent]), null=True)
    exported_at = Instant(null=True)
    contacts = TextList(null=True)
    contact_hours = Structured(TypeAdapter(SendWindow), null=True)
    erasure = Structured(TypeAdapter(Erasure), null=True)
    tags = TextList(null=True)
    risk_grade = UnicodeAttribute(null=True)
    credit_limit = Amounts(null=True)
    override = Structured(TypeAdapter(Override), null=True)
    history = Structured(TypeAdapter(History), null=True)
    buys_as = UnicodeAttribute(null=True)
    broken_promises = Whole(null=True)
    broken_plans = Whole(null=True)


class InvoiceItem(RecordItem, ListedItem, discriminator="invoice"):
    """An invoice."""

    number = UnicodeAttribute()
    currency = UnicodeAttribute()
    amount = Whole()
    issue_date = Day()
    due_date = Day()
    sequence = UnicodeAttribute()
    created_at = Instant()
    status = UnicodeAttribute()
    charges = Whole(null=True)
    paid = Whole(null=True)
    credited = Whole(null=True)
    written_off = Whole(null=True)
    lines = Structured(TypeAdapter(tuple[Line, ...]), null=True)
    pdf_url = UnicodeAttribute(null=True)
    meta = Texts(null=True, attr_name="metadata")
    settled_at = Instant(null=True)
    days_late = Whole(null=True)
    override = Structured(TypeAdapter(Override), null=True)


class CaseItem(RecordItem, discriminator="case"):
    """A case. `results` and `claim` are written as compact lines, see mapping/case.py."""

    number = UnicodeAttribute()
    currency = UnicodeAttribute(attr_name="cur")
    amount = Whole()
    remaining = Whole(attr_name="rest")
    issue_date = Day(attr_name="issued")
    due_date = Day(attr_name="due")
    sequence = UnicodeAttribute(attr_name="seq")
    created_at = Instant(attr_name="created")
    status = UnicodeAttribute()
    closed_reason = UnicodeAttribute(null=True)
    results = Texts(null=True)
    pauses = Structured(TypeAdapter(tuple[Pause, ...]), null=True, sparse=True)
    claim = UnicodeAttribute(null=True)
    deadlines = Texts(null=True, attr_name="pay_by")
    due_pk = UnicodeAttribute(null=True, attr_name=keys.DUE_PARTITION)
    due_at = Instant(null=True, attr_name=keys.DUE_AT)
    channel = UnicodeAttribute(null=True, attr_name=keys.DUE_CHANNEL)
    test_clock = UnicodeAttribute(null=True)
    open_tasks = TextList(null=True, attr_name="tasks")
    closed_version = Whole(null=True, attr_name="closed")
    reopened_at = Instant(null=True, attr_name="again")
    choice = UnicodeAttribute(null=True)
    covered = UnicodeAttribute(null=True)
    confirmations = Structured(TypeAdapter(tuple[Confirmation, ...]), null=True)
    approvals = Structured(TypeAdapter(tuple[Approval, ...]), null=True, sparse=True)
    charges = Whole(null=True, attr_name="extra")
    instalment = Structured(TypeAdapter(InstalmentDue), null=True)
    restriction = UnicodeAttribute(null=True, attr_name="restricts")


class PaymentItem(RecordItem, discriminator="payment"):
    """A payment."""

    currency = UnicodeAttribute()
    amount = Whole()
    method = UnicodeAttribute()
    paid_at = Instant()
    created_at = Instant()
    status = UnicodeAttribute()
    refunded = Whole(null=True)
    disputed = Whole(null=True)
    named = TextList(null=True)
    allocations = Structured(TypeAdapter(tuple[Allocation, ...]), null=True)
    reference = UnicodeAttribute(null=True)
    provider_reference = UnicodeAttribute(null=True)
    provider_events = TextList(null=True)
    provider_at = Instant(null=True)
    refunded_at = Instant(null=True)
    disputed_at = Instant(null=True)
    open_disputes = TextList(null=True)
    closed_disputes = TextList(null=True)
    held = TextList(null=True)
    communication = UnicodeAttribute(null=True)
    request = UnicodeAttribute(null=True)


class CreditNoteItem(RecordItem, discriminator="credit_note"):
    """A credit note."""

    invoice = UnicodeAttribute()
    currency = UnicodeAttribute()
    amount = Whole()
    reason = UnicodeAttribute()
    created_at = Instant()
    number = UnicodeAttribute(null=True)
    request = UnicodeAttribute(null=True)


class ChargeItem(RecordItem, discriminator="charge"):
    """A charge. `kind` is the item's own, so what kind of charge it is stands in `what`."""

    invoice = UnicodeAttribute()
    what = UnicodeAttribute()
    currency = UnicodeAttribute()
    amount = Whole()
    created_at = Instant()
    reason = UnicodeAttribute(null=True)
    basis = Structured(TypeAdapter(Basis), null=True)
    waives = Structured(TypeAdapter(tuple[Waived, ...]), null=True)
    step = UnicodeAttribute(null=True)
    request = UnicodeAttribute(null=True)


class CommunicationItem(RecordItem, discriminator="communication"):
    """A communication. `parts` are compact lines, see mapping/communication.py."""

    channel = UnicodeAttribute()
    status = UnicodeAttribute()
    parts = TextList()
    template = UnicodeAttribute()
    locale = UnicodeAttribute()
    to = UnicodeAttribute()
    subject = UnicodeAttribute()
    amounts = Amounts()
    created_at = Instant()
    direction = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    provider_id = UnicodeAttribute(null=True)
    sent_at = Instant(null=True)
    text = UnicodeAttribute(null=True)
    about = UnicodeAttribute(null=True)


class TaskItem(RecordItem, ListedItem, discriminator="task"):
    """A task."""

    case = UnicodeAttribute()
    step = UnicodeAttribute()
    do = UnicodeAttribute()
    reason = UnicodeAttribute()
    created_at = Instant()
    status = UnicodeAttribute()
    outcome = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)
    done_at = Instant(null=True)
    assignee = UnicodeAttribute(null=True)
    snoozed_until = Instant(null=True)
    attempts = Whole(null=True)
    question = Structured(TypeAdapter(Question), null=True, sparse=True)


class TestClockItem(RecordItem, discriminator="test_clock"):
    """A test clock."""

    __test__ = False  # the name is the API's; pytest shall not collect it

    now = Instant()
    target = Instant()
    created_at = Instant()
    name = UnicodeAttribute(null=True)
    status = UnicodeAttribute()
    held_until = Instant(null=True)
