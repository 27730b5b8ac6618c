"""Change a customer's details; what is scheduled follows a new calendar or address at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.customer import Change, Customer
from chalicelib.domain.schedule import reschedule
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.common import changing, load_customer, now_of, retrying, rules_for

MATTERS_TO_SCHEDULE = frozenset({"timezone", "country", "email", "phone"})


def update_customer(
    ports: Ports, tenant: Tenant, change: Change, customer_id: str, fields: Mapping[str, Any]
) -> Customer:
    """Store validated fields and return the customer. Raises NotFoundError."""

    def attempt() -> Customer:
        load_customer(ports, tenant, customer_id)
        file = ports.ledger.file(tenant, customer_id)
        if file is None:
            return load_customer(ports, tenant, customer_id)
        before, after = file.customer, replace(file.customer, **fields)
        if after != before:
            write = changing(before, after, change.when(now_of(ports, before)))
            ports.ledger.commit([write])
            after = write.after
        if MATTERS_TO_SCHEDULE & fields.keys():  # also after an attempt that lost a case's write
            _reschedule(ports, CustomerFile(after, file.cases), change)
        return after

    return retrying(attempt)


def _reschedule(ports: Ports, file: CustomerFile, change: Change) -> None:
    rules = rules_for(ports, file.customer.tenant, file.cases)
    now = now_of(ports, file.customer)
    anew = reschedule(file, rules, now)
    for before, after in zip(file.cases, anew.cases, strict=True):
        if before != after:
            ports.ledger.commit([changing(before, after, change.when(now))])
