"""Services of customers, and a sequence that takes them away."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.restriction import ServiceAction
from chalicelib.domain.sequence import Do, Sequence, Step
from chalicelib.domain.service import Service, ServiceStatus, service_id
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.storage import Ledger, Write
from tests.builders.basics import LIVE, customer_id, record_id, utc
from tests.builders.sequences import a_sequence, a_step


def a_service(number: str = "R-1", *, customer: str = "one", **facts: Any) -> Service:
    """Return a service that is to be suspended for the invoice of that number."""
    service = Service(
        id=service_id(customer_id(customer)),
        tenant=LIVE,
        customer_id=customer_id(customer),
        created_at=utc("2026-02-01 08:00"),
        action=ServiceAction.SUSPEND,
        number=1,
        status=ServiceStatus.REQUESTED,
        invoices=(record_id(ids.INVOICE, number, customer=customer),),
        requested_at=utc("2026-02-01 08:00"),
        asked=1,
        asked_at=utc("2026-02-01 08:00"),
        bearer=record_id(ids.CASE, number, customer=customer),
        version=1,
    )
    return replace(service, **facts)


def a_service_step(
    key: str = "cut_off", offset_days: int = 20, action: str = "suspend", **facts: Any
) -> Step:
    """Return a step that the message `warning` announces two weeks before."""
    said: dict[str, Any] = {"action": action}
    if action != "restore":
        said["announced_by"] = "warning"
    return a_step(key, offset_days, Do.SERVICE, parameters=said, **facts)


def a_cutting_sequence(*steps: Step, **rules: Any) -> Sequence:
    """Return a sequence that warns on day 5 and, unless said otherwise, suspends on day 20."""
    return a_sequence(a_step("warning", 5), *(steps or (a_service_step(),)), **rules)


def put_service(ledger: Ledger, tenant: Tenant, invoice_id: str) -> str:
    """Store that an invoice's customer is to be suspended; return the id."""
    invoice = ledger.invoice(tenant, invoice_id)
    assert invoice
    owner = invoice.customer_id
    about = {"invoices": (invoice.id,), "bearer": invoice.case_id, "tenant": invoice.tenant}
    service = a_service(id=service_id(owner), customer_id=owner, **about)
    ledger.commit([Write(None, service)])
    return service.id
