"""Stages to be restored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import boto3
import pytest
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.domain.invoice import Invoice
from chalicelib.domain.money import currency
from chalicelib.services.create_creditor import create_creditor
from chalicelib.services.follow_up import follow_up
from chalicelib.services.post_invoice import NewInvoice, post_invoice
from chalicelib.storage.definition import table_definition
from tests.builders import LIVE, a_creditor, utc
from tests.deeds import BILLING
from tests.environment import COMPLETE, pretend_aws
from tests.exported import write_export
from tests.unit.manage.restoring import EXPORTED, NEW, OLD, Aws, on, stored
from tests.world import World, somebody


@pytest.fixture
def empty(monkeypatch: pytest.MonkeyPatch) -> Iterator[Aws]:
    """Return a stack whose table is empty, and that is reached as an operator reaches it."""
    pretend_aws(monkeypatch)
    bootstrap.settings.cache_clear()
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    with mock_aws():
        for table in (OLD, NEW):
            boto3.client("dynamodb").create_table(**table_definition(table))
        bootstrap.use(on(NEW))
        yield Aws()
    bootstrap.use(None)
    bootstrap.settings.cache_clear()


@pytest.fixture
def invoice(empty: Aws) -> Invoice:
    """Return an invoice of an old stage, due on the 16th, that was reminded of and exported."""
    world = World("2026-03-01 08:00")
    ports = on(OLD, world)
    create_creditor(ports, a_creditor())
    order = NewInvoice(
        number="R-1",
        customer=somebody(),
        currency=currency("eur"),
        amount=100_00,
        issue_date=utc("2026-03-01 08:00").date(),
        due_date=utc("2026-03-16 08:00").date(),
    )
    invoice = post_invoice(ports, LIVE, BILLING, order).invoice
    world.clock.set(EXPORTED)
    mark = ports.payment_marks.all()[0]
    ports.payment_marks.move(mark, replace(mark, known_until=EXPORTED))
    follow_up(ports, LIVE, invoice.customer_id)
    assert len(world.email.sent) == 1
    write_export(empty.s3, stored(OLD).values(), at=EXPORTED)
    return invoice
