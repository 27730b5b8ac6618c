"""See to a customer's service where the cases ask for it: what is paid for is given back, and what
nobody acknowledged is asked again.

Whoever looks at a customer's file does this. A payment closes the case of what it settles, which
stays in the file and is looked at at once; so no payment has to know of services, and none is lost:
as long as the case restricts, it is looked at.
"""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.customer import Change
from chalicelib.domain.schedule import unscheduled
from chalicelib.domain.service import needs_a_look
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import books_on
from chalicelib.services.serving import commit_service, service_of, serving


def see_to_service(ports: Ports, file: CustomerFile, now: datetime, change: Change) -> bool:
    """Do what is due about the customer's service; True where something changed.

    The request is written with the case that bears it. Raises WriteConflictError where the file was
    changed in between.
    """
    if not any(needs_a_look(case, now) for case in file.cases):
        return False
    opened = books_on(ports, change, file)
    before = service_of(ports, file.customer, now)
    seen = serving(ports, before, file.cases, now, opened.books.change)
    for case in seen.cases.values():
        opened.books.cases[case.invoice_id] = case if case.is_unfinished else unscheduled(case)
    commit_service(ports, seen.writes, opened.close())
    return True
