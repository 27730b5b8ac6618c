"""When and on which channel what was agreed is confirmed: at once, by e-mail or else by SMS."""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.domain.case import Case, CustomerFile
from chalicelib.domain.customer import Customer
from chalicelib.domain.kinds import queue_of
from chalicelib.domain.route import address_on
from chalicelib.domain.sequence import Do

CHANNELS = (Do.EMAIL, Do.SMS)
"""In which order they are tried."""


def channel_of(customer: Customer) -> Do | None:
    """Return on which channel a customer is told, None where nothing reaches them."""
    return next((each for each in CHANNELS if address_on(each, customer)), None)


def only_tells(case: Case) -> bool:
    """Say whether a case is closed, with nothing left to do but to tell its customer something."""
    return not (case.is_open or case.claim or case.open_tasks or case.disputes)


def to_confirm(file: CustomerFile) -> Iterator[tuple[Case, str]]:
    """Yield the cases of which something is to be confirmed, with the queue of its channel."""
    for case in file.cases:
        if case.confirmations:
            yield case, queue_of(channel_of(file.customer))
