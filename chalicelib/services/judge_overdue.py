"""Judge the promises of a file whose days are over, before anything else is decided on it."""

from __future__ import annotations

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.customer import Change
from chalicelib.domain.promise import to_be_judged
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import books_on

DAY_PASSED = Change(by="system", why="promised day is over")


def judge_overdue(ports: Ports, file: CustomerFile | None) -> CustomerFile | None:
    """Write what became of the promises that are over, and return the file as it then stands.

    Raises WriteConflictError where somebody changed one of the records meanwhile.
    """
    while file and (moments := to_be_judged(file.cases)):
        opened = books_on(ports, DAY_PASSED, file)
        if min(moments.values()) > opened.books.now:
            break
        ports.ledger.commit(opened.close())
        file = ports.ledger.file(file.customer.tenant, file.customer.id)
    return file
