"""When and on which channel what was agreed is confirmed: at once, by e-mail or else by SMS."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

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


def carrier_of(about: str, cases: Iterable[Case]) -> Case | None:
    """Return an open case that the record to be confirmed holds back, None where there is none."""
    open_ = (case for case in cases if case.is_open)
    return next((c for c in open_ if any(p.reference == about for p in c.pauses)), None)


def to_confirm(file: CustomerFile) -> Iterator[tuple[Case, str]]:
    """Yield the cases of which something is to be confirmed, with the queue of its channel."""
    for case in file.cases:
        if case.confirmations and case.is_open:
            yield case, queue_of(channel_of(file.customer))
