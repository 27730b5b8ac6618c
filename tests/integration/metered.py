"""The real services on the real table with the meter on it; the rest of the world is fake.

`figures` runs each use case and access pattern once, and returns the units that each used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any

import boto3

from chalicelib.domain.configuration_facts import event_of_template
from chalicelib.domain.customer import Customer
from chalicelib.domain.due import wall_partition
from chalicelib.domain.facts import events_of
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import Money
from chalicelib.domain.payment import Method
from chalicelib.domain.test_clock import TestClock
from chalicelib.ports.lists import LOOKED_THROUGH
from chalicelib.ports.storage import Cursor, Record, Write
from chalicelib.services.follow_up import follow_up
from chalicelib.services.post_invoice import NewInvoice, post_invoice
from chalicelib.services.project_changes import CommittedChange, project_changes
from chalicelib.services.record_payment import NewPayment, record_payment
from chalicelib.services.sweep import sweep_shard
from chalicelib.storage.configuration import TableConfiguration
from chalicelib.storage.definition import table_definition
from chalicelib.storage.due_index import TableDueIndex
from chalicelib.storage.ledger import TableLedger
from chalicelib.storage.mapping import to_record
from chalicelib.storage.meter import Meter, use_case
from chalicelib.storage.payment_marks import TablePaymentMarks
from chalicelib.storage.table import Table
from chalicelib.storage.webhooks import TableWebhookEndpoints
from chalicelib.storage.worklist import TableWorklist
from tests.builders import (
    CREDITOR_ID,
    LIVE,
    TEST,
    a_case,
    a_charge,
    a_credit_note,
    a_creditor,
    a_task,
    an_invoice,
    an_own_template,
    case_of,
    customer_id,
    utc,
)
from tests.fakes.webhooks import unheard
from tests.fakes.world import FakeClock
from tests.integration.metered_configuration import reads_of_configuration
from tests.integration.metered_disputes import reads_of_disputes
from tests.integration.metered_numbers import numbers
from tests.integration.metered_promises import promises
from tests.integration.metered_webhooks import reads_of_webhooks, webhooks
from tests.integration.metered_worklist import reads_of_worklist, worklist
from tests.integration.recording import RecordingLedger
from tests.integration.stored import DUE_AT_ONCE, FAR, due_cases, stored_invoices
from tests.world import BILLING, World, somebody

Units = tuple[float, float]


class Metered:
    """A whole Dunlin on one table with the meter on every call to it."""

    def __init__(self, name: str) -> None:
        reader = boto3.client("dynamodb")
        reader.create_table(**table_definition(name))
        self.table = Table(name)
        self.unmetered = Table(name)
        self.meter = Meter(reader)
        self.meter.attach(self.table.connection.client)
        self.ledger = RecordingLedger(self.table, shards=1)
        self.due = TableDueIndex(self.table)
        self.configuration = TableConfiguration(self.table, FakeClock())
        self.marks = TablePaymentMarks(self.table, FakeClock())
        self.world = World("2026-01-12 10:00")
        self.endpoints = TableWebhookEndpoints(self.table, FakeClock(), shards=1, tell=unheard)
        self.ports = replace(
            self.world.ports,
            ledger=self.ledger,
            due=self.due,
            configuration=self.configuration,
            payment_marks=self.marks,
            endpoints=self.endpoints,
            worklist=TableWorklist(self.table),
            shards=1,
        )
        sequence = self.world.ledger.sequences_page(LIVE, Cursor(1)).data[0]
        self.configuration.add_sequence(LIVE, sequence)
        self.configuration.save_creditor(a_creditor(default_sequence=sequence.id))
        for tenant in (LIVE, TEST):
            self.marks.begin(tenant)
        self.marks.certain_until(LIVE)  # kept for a minute, so that a reminder doesn't read it
        self.endpoints.known(LIVE)  # kept for ten seconds
        self.configuration.own_words(LIVE, "email", "notice_due")  # and these for a minute

    def fill(self, invoices: int) -> None:
        """Store so many open invoices with cases that aren't due for years."""
        self.put(stored_invoices(invoices))
        customers = [each for each in stored_invoices(invoices) if isinstance(each, Customer)]
        told = [event for each in customers for event in events_of(None, each, FAR)]
        for number in range(LOOKED_THROUGH + 1):
            told += events_of(None, an_invoice(f"told {number}"), FAR)
        TableLedger(self.unmetered, shards=1).record_events(told)

    def put(self, records: Iterable[Record]) -> None:
        """Store records as they are, past the meter."""
        self.unmetered.put_all(to_record(each, shards=1) for each in records)

    def used(self, name: str, call: Callable[[], Any]) -> Units:
        """Make a call under a name of its own and return its read and write units."""
        with use_case(name):
            call()
        tally = self.meter.tallies[name]
        return tally.read, tally.write


def figures(name: str, stored: int) -> dict[str, Units]:
    """Return the units of every use case and access pattern, with so many invoices stored."""
    metered = Metered(name)
    metered.fill(stored)
    used = {**_use_cases(metered), **promises(metered), **webhooks(metered), **worklist(metered)}
    return {**used, **_patterns(metered)}


def _use_cases(metered: Metered) -> dict[str, Units]:
    found: dict[str, Units] = {}
    ports, clock, ledger = metered.ports, metered.world.clock, metered.ledger

    def posts(number: str, customer: Any) -> Callable[[], Invoice]:
        order = NewInvoice(
            number=number,
            customer=customer,
            currency=an_invoice().currency,
            amount=100_00,
            issue_date=utc("2026-01-12").date(),
            due_date=utc("2026-02-10").date(),
            metadata={"contract": "C-2025-0815"},
        )
        return lambda: post_invoice(ports, LIVE, BILLING, order).invoice

    anonymous = somebody("new", external_id=None)
    found["ingest with a new customer"] = metered.used("new", posts("N-1", anonymous))
    found["… that has an external id"] = metered.used("named", posts("N-2", somebody("named")))
    owners = {one.number: one.customer_id for _, one in ledger.changes if isinstance(one, Invoice)}
    found["ingest one invoice"] = metered.used("ingest", posts("N-3", owners["N-2"]))

    single = owners["N-1"]
    clock.set(ledger.file(LIVE, single).cases[0].due_at)
    ledger.changes.clear()
    reminder = metered.used("reminder", lambda: follow_up(ports, LIVE, single, "email"))
    found["one single-invoice reminder"] = reminder
    told = [CommittedChange(before, after, clock.now()) for before, after in ledger.changes]
    found["… its event"] = metered.used("event", lambda: project_changes(ports, told))
    assert len(metered.world.email.sent) == 1

    [case] = ledger.file(LIVE, single).cases
    order = NewPayment(case.invoice_id, Money(100_00, case.currency), clock.now(), Method.CASH)
    pays = partial(record_payment, ports, LIVE, BILLING, order)
    found["record one payment"] = metered.used("payment", pays)
    assert ledger.file(LIVE, single).cases == ()

    sweeps = partial(sweep_shard, ports, wall_partition(0))
    sweeps()
    clock.advance(minutes=1)
    found["sweep of a shard with nothing due"] = metered.used("idle", sweeps)
    metered.put(due_cases(clock.now()))
    clock.advance(hours=1)
    found[f"sweep of a shard with {DUE_AT_ONCE} due"] = metered.used("sweep", sweeps)
    return {**found, **numbers(metered)}


def _patterns(metered: Metered) -> dict[str, Units]:
    ledger, configuration, ten = metered.ledger, metered.configuration, Cursor(10)
    rest = TableConfiguration(metered.table, FakeClock())
    unread = TablePaymentMarks(metered.table, FakeClock())
    owner, first = customer_id("stored 0"), an_invoice("stored 0", customer="stored 0")
    second = an_invoice("stored 1", customer="stored 0")
    task = a_task(a_case("stored 0", customer="stored 0"))
    sent = ledger.communications_page(LIVE, Cursor(1)).data[0]
    reminded, of = sent.customer_id, {"customer_id": sent.customer_id}
    at_once: dict[str, Any] = {"after": None, "limit": 500}
    payment = ledger.payments_of(LIVE, reminded)[0]
    sequence = configuration.sequences_page(LIVE, Cursor(1)).data[0]
    clock, own = TestClock("clock_1", LIVE, FAR, FAR, FAR, version=1), an_own_template()
    configuration.save_own_template(LIVE, own, event_of_template(LIVE, own.name, own, BILLING, FAR))
    note, fee = a_credit_note(customer="stored 0"), a_charge(customer="stored 0")
    ledger.commit([Write(None, each) for each in (task, clock, note, fee)])
    happened = ledger.events_page(LIVE, Cursor(2))
    calls: dict[str, Callable[[], Any]] = {
        "working file": lambda: ledger.file(LIVE, owner),
        "whole file": lambda: ledger.whole_file(LIVE, reminded),
        "on through a file, 500 at once": partial(ledger.filed, LIVE, reminded, **at_once),
        "customer by id": lambda: ledger.customer(LIVE, owner),
        "invoice by id": lambda: ledger.invoice(LIVE, first.id),
        "two invoices by id": lambda: ledger.invoices(LIVE, [first.id, second.id]),
        "case by id": lambda: ledger.case(LIVE, case_of(first).id),
        "payment by id": lambda: ledger.payment(LIVE, payment.id),
        "credit note by id": lambda: ledger.credit_note(LIVE, note.id),
        "charge by id": lambda: ledger.charge(LIVE, fee.id),
        "communication by id": lambda: ledger.communication(LIVE, sent.id),
        "task by id": lambda: ledger.task(LIVE, task.id),
        "test clock by id": lambda: ledger.test_clock(LIVE, clock.id),
        "two events by id, in a replay": lambda: ledger.told(happened.data[:2]),
        "unique value": lambda: ledger.reference(LIVE, "invoice_number", "N-1"),
        "customers with a number": lambda: ledger.sharing(LIVE, "customer_phone", "none"),
        "ten customers": lambda: ledger.customers_page(LIVE, ten),
        "ten open invoices": lambda: ledger.invoices_page(LIVE, ten, status="open"),
        "ten invoices": lambda: ledger.invoices_page(LIVE, ten),
        "invoices of a customer": lambda: ledger.invoices_page(LIVE, ten, customer_id=owner),
        "ten open cases": lambda: ledger.cases_page(LIVE, ten, status="open"),
        "cases of a customer": lambda: ledger.cases_page(LIVE, ten, customer_id=owner),
        "payments of a customer": lambda: ledger.payments_of(LIVE, payment.customer_id),
        "credit notes of a customer": lambda: ledger.credit_notes_of(LIVE, owner),
        "charges of a customer": lambda: ledger.charges_of(LIVE, owner),
        "tasks of a customer": lambda: ledger.tasks_of(LIVE, task.customer_id),
        "due cases of a customer": lambda: ledger.due_cases(LIVE, owner, FAR),
        "ten communications": lambda: ledger.communications_page(LIVE, ten),
        "communications of a customer": partial(ledger.communications_page, LIVE, ten, **of),
        "ten open tasks": lambda: ledger.tasks_page(LIVE, ten, status="open"),
        "ten events": lambda: ledger.events_page(LIVE, ten),
        "ten events of a type": lambda: ledger.events_page(LIVE, ten, of_type="invoice.created"),
        "a type of event, in vain": lambda: ledger.events_page(LIVE, ten, of_type="task.created"),
        "timeline of a customer": lambda: ledger.events_page(LIVE, ten, customer_id=reminded),
        "mark of a shard": lambda: metered.due.mark(wall_partition(0)),
        "marks of payments, two": metered.marks.all,
        "mark of payments, once a minute": lambda: unread.certain_until(LIVE),
        "mark of payments, at a checkout": lambda: unread.get(LIVE),
        "creditor, once a minute": lambda: rest.creditor(CREDITOR_ID),
        "all creditors, once a night": rest.creditors,
        "sequence version, once": lambda: rest.sequence(LIVE, sequence.id, sequence.version),
        "newest version": lambda: rest.sequence(LIVE, sequence.id),
        "own texts, once a minute": lambda: rest.own_words(LIVE, "email", "notice_due"),
        "own text by name": lambda: rest.own_template(LIVE, own.name),
        "all own texts": lambda: rest.own_templates(LIVE),
        "event by id": lambda: ledger.event(LIVE, happened.data[0].id),
        **reads_of_disputes(ledger, "stored 0"),
        **reads_of_configuration(configuration, rest),
        **reads_of_webhooks(metered),
        **reads_of_worklist(metered),
    }
    return {name: metered.used(name, call) for name, call in calls.items()}
