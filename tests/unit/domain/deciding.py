"""What the examples of `decide()` share: a Monday, three e-mails, and one case to decide about."""

from __future__ import annotations

from chalicelib.domain.decide import decide
from tests.builders import a_file, a_sequence, a_step, rules, utc

MONDAY = utc("2026-01-19 10:00")
THREE = a_sequence(a_step("first", 1), a_step("second", 4), a_step("third", 8))


def decided(case, now, *, sequence=THREE, customer=None):
    """Return what is decided about a case at that moment."""
    return decide(a_file(case, customer=customer), rules(sequence), now)
