"""Take in that the billing system has carried out what was asked of a customer's service.

Requests are numbered, and the newest holds. Whoever says that an older one was done only now, may
have undone what the newest asked for: so that is asked once more.
"""

from __future__ import annotations

from dataclasses import replace

from chalicelib.domain import ids
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import FieldError, InvalidError
from chalicelib.domain.restriction import Restriction
from chalicelib.domain.schedule import unscheduled
from chalicelib.domain.service import Service, ServiceStatus, acknowledged, asked_anew, see_to
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import OpenBooks, open_books
from chalicelib.services.common import changing, load_service, retrying
from chalicelib.services.serving import commit_service, end_task

DONE = "acknowledged"
"""How the task about a request ends that was carried out."""


def acknowledge_service(
    ports: Ports, tenant: Tenant, change: Change, service_id: str, number: int
) -> Service:
    """Note that the request of that number was carried out; the same again changes nothing.

    The answer is what is asked now. Raises NotFoundError, InvalidError for a number that no request
    had.
    """

    def attempt() -> Service:
        before = load_service(ports, tenant, service_id)
        if not 1 <= number <= before.number:
            fault = FieldError("/number", f"must be between 1 and {before.number}")
            raise InvalidError("There is no such request.", fields=(fault,))
        is_done = before.status is ServiceStatus.ACKNOWLEDGED
        if is_done is (number == before.number):
            return before  # the same again, or one that a request in force has replaced
        opened = open_books(ports, tenant, change, before.customer_id)
        now = opened.books.now
        after = _asked_anew(opened, before) if is_done else acknowledged(before, now)
        seen = see_to(after, tuple(opened.books.cases.values()), now)
        for case in seen.cases.values():
            kept = case if case.is_unfinished else unscheduled(case)
            opened.books.cases[case.invoice_id] = kept
        write = changing(before, seen.service, opened.books.change)
        tasks = end_task(ports, before, DONE, now, opened.books.change)
        commit_service(ports, [write, *tasks], opened.close())
        return write.after

    return retrying(attempt)


def _asked_anew(opened: OpenBooks, before: Service) -> Service:
    """Ask once more. Where no case restricts any more, that which bore the request last does so."""
    if before.bearer and not any(case.restriction for case in opened.books.cases.values()):
        invoice_id = ids.sibling(before.bearer, ids.INVOICE)
        opened.load_cases([invoice_id])
        case = opened.books.cases[invoice_id]
        lifted = Restriction(before.action, 1, lifted=True)
        opened.books.cases[invoice_id] = replace(case, restriction=lifted)
    return asked_anew(before, opened.books.now)
