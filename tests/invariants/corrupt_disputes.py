"""Files of a customer in which something about a dispute can't be right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from chalicelib.domain.dispute import DisputeOutcome
from chalicelib.domain.invariants import Rule
from chalicelib.domain.whole_file import WholeFile
from tests.invariants.corrupt_files import FILE, HOURS, LATE, NOW, case, changed
from tests.invariants.corruption import without_record

HELD = case("objected")
DECIDED, OBJECTION = sorted(FILE.disputes, key=lambda each: each.is_open)
TOMORROW = NOW + 24 * HOURS

FOUND_BY: list[tuple[Rule, str, Callable[[], WholeFile]]] = [
    (Rule.DISPUTE_IS_HELD, "asked for", lambda: changed(case("objected"), pauses=())),
    (Rule.DISPUTE_IS_HELD, "no dispute", lambda: without_record(FILE, OBJECTION)),
    (Rule.DISPUTE_IS_HELD, "of another case", lambda: changed(LATE, pauses=HELD.pauses)),
    (Rule.DISPUTE_IS_HELD, "another part", lambda: changed(OBJECTION, amount=20_01)),
    (Rule.DISPUTE_IS_HELD, "nothing", lambda: changed(OBJECTION, amount=0)),
    (Rule.DISPUTE_IS_HELD, "over", lambda: changed(OBJECTION, deadline=date(2026, 3, 9))),
    (Rule.DISPUTE_IS_HELD, "later", lambda: changed(OBJECTION, deadline=date(2026, 4, 9))),
    (Rule.DISPUTE_IS_HELD, "never warned", lambda: changed(OBJECTION, warned=False)),
    (Rule.DISPUTE_IS_HELD, "open, ended", lambda: changed(OBJECTION, ended_at=NOW)),
    (
        Rule.DISPUTE_IS_HELD,
        "rejected and credited",
        lambda: changed(DECIDED, outcome=DisputeOutcome.REJECTED),
    ),
    (Rule.DISPUTE_IS_HELD, "no note", lambda: changed(DECIDED, credit_note=None)),
    (
        Rule.DISPUTE_IS_HELD,
        "for ever",
        lambda: changed(HELD, pauses=(replace(HELD.pauses[0], until=None),)),
    ),
    (Rule.STAYS_IN_ITS_FILE, "another's task", lambda: changed(OBJECTION, task="task_x")),
    (Rule.HAPPENED_ALREADY, "decided tomorrow", lambda: changed(DECIDED, ended_at=TOMORROW)),
]
"""What the rules are there for."""
