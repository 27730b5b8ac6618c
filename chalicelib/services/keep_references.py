"""Lets customers be found by their numbers: off the stream, and by night where one is missing.

    customer committed ── stream ── the number that they have now leads to them, another no longer
                                        └ was the number refused since? then it isn't written to

Who creates a customer doesn't wait for it, so a text message may come before. A STOP is kept in
mind by its number before it is asked who has that, and the number's refusal is asked for after the
reference is written: so one of the two sees the other. What is told twice, or late, is held against
the customer as they are stored now.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.errors import CustomerErasedError
from chalicelib.ports.all import Ports
from chalicelib.services.phone_references import is_there, phone_reference
from chalicelib.services.refused_addresses import refused_since
from chalicelib.services.update_customer import edit_customer

REFUSED = Change(by="system", why="number refused before it led to the customer")


def follow_number(ports: Ports, before: Customer | None, after: Customer, at: datetime) -> None:
    """Let the customer be found by the number that they have now; a change was committed at `at`.

    Does nothing where the number stayed the same. The same change again changes nothing.
    """
    if before and before.phone == after.phone:
        return
    stored = ports.ledger.customer(after.tenant, after.id)
    _let_go(ports, filter(None, (before, after)), stored)
    if stored:
        _refer(ports, stored)
        _hear(ports, stored, at)


def find_again(ports: Ports, customer: Customer) -> None:
    """Let a customer be found whose reference is missing: one stored before there were any.

    A refusal of their number counts then, whatever they said before: nobody knows which came first.
    """
    for reference in phone_reference(ports, customer):
        if not is_there(ports, reference):
            _hear(ports, customer, None)  # who dies behind the next line is followed by nobody
            _refer(ports, customer)
            _hear(ports, customer, None)


def _let_go(ports: Ports, known: Iterable[Customer], stored: Customer | None) -> None:
    """Take away what led to the customer by a number that they have no longer."""
    kept = stored.phone if stored else None  # erased, they have none
    for customer in known:
        for reference in phone_reference(ports, customer) if customer.phone != kept else ():
            if is_there(ports, reference):
                ports.ledger.commit([], (), released=[reference])


def _refer(ports: Ports, customer: Customer) -> None:
    for reference in phone_reference(ports, customer):
        if not is_there(ports, reference):
            ports.ledger.commit([], [reference])


def _hear(ports: Ports, customer: Customer, since: datetime | None) -> None:
    """Let nothing be sent any more to a number that was refused since it was stored."""

    def edit(before: Customer) -> Customer:
        reason = refused_since(ports, before, since)
        if reason is None or before.phone is None:
            return before
        return replace(before, suppressed={**before.suppressed, before.phone.lower(): reason})

    if refused_since(ports, customer, since) is None:
        return
    try:
        edit_customer(
            ports, customer.tenant, REFUSED, customer.id, edit, reschedules=True, stops=True
        )
    except CustomerErasedError:
        return  # in between: nothing is sent to them either
