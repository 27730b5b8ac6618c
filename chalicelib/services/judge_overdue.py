"""Judge the promises and plans of a file whose days are over, before anything else is decided."""

from __future__ import annotations

from datetime import datetime

from chalicelib.domain.case import CustomerFile
from chalicelib.domain.customer import Change
from chalicelib.domain.promise import AGREED, to_be_judged
from chalicelib.ports.all import Ports
from chalicelib.services.bookkeeping import books_on

DAY_PASSED = Change(by="system", why="promised day is over")


def judge_overdue(ports: Ports, file: CustomerFile | None) -> CustomerFile | None:
    """Write what became of those that are over, and return the file as it then stands.

    Raises WriteConflictError where somebody changed one of the records meanwhile.
    """
    while file and (moments := _moments(file)):
        opened = books_on(ports, DAY_PASSED, file)
        if min(moments) > opened.books.now:
            break
        ports.ledger.commit(opened.close())
        file = ports.ledger.file(file.customer.tenant, file.customer.id)
    return file


def _moments(file: CustomerFile) -> list[datetime]:
    return [each for kind in AGREED for each in to_be_judged(file.cases, kind).values()]
