"""GDPR article 17: whoever was erased stays erased, and whoever is being erased soon is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from chalicelib.domain.erasure import nameless
from chalicelib.domain.invariants.evidence import Evidence

DONE_WITHIN = timedelta(days=7)
"""A week of nights; article 12(3) allows a month."""


def erased_is_nameless(evidence: Evidence) -> Iterator[str]:
    """Their own record is nameless at once, every other one when it is said to be done.

    The worker goes by the wall clock, in which no time has passed when a test clock moved by weeks.
    """
    customer = evidence.file.customer
    erasure = customer.erasure
    if erasure is None:
        return
    pending = erasure.done_at is None and customer.test_clock is None
    late = pending and erasure.asked_at + DONE_WITHIN < evidence.now
    if late or nameless(customer) != customer:
        yield customer.id
    for record in evidence.file.records[1:] if erasure.done_at else ():
        if evidence.has_settled(record) and nameless(record) != record:
            yield record.id
