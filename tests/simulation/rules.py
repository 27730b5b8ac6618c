"""Draws the rules of a creditor's sequence."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.simulation.scene import CHARGING, SERVING

CAPS: tuple[dict[str, int], ...] = ({"any": 1}, {"any": 2, "call": 1}, {"email": 1, "sms": 2})
NEED_APPROVAL = (
    *("reminder_first", "reminder_third", "notice_final", "late_fee", "interest"),
    *("call_7", "notice_upcoming", "agency"),
)
REGULATION = "us_regulation_f"
SERVES = 0.4


def rules_of_sequence(random: Random) -> dict[str, Any]:
    """Return what a creditor's sequence changes of the default one."""
    rules: tuple[tuple[float, dict[str, Any]], ...] = (
        (0.4, {"scope": "account"}),
        (0.3, {"window": None}),
        (0.3, {"catch_up": "next"}),
        (0.3, {"bundle": False}),
        (0.3, {"min_gap_days": random.choice((0, 1, 7))}),
        (0.2, {"grace_days": 3}),
        (0.5, {"charging": random.sample(sorted(CHARGING), random.randint(1, 4))}),
        (0.3, {"of_messages": {"pay_within_days": random.choice((1, 5, 9))}}),
        (0.3, {"max_contacts": random.choice(CAPS)}),
        (0.2, {"quiet_days": random.choice((1, 2))}),
        (0.3, {"calls": (2, 7, 12), "call_rules": random.choice((None, REGULATION))}),
        (0.4, {"letters": random.choice((("reminder_third",), ("notice_final",)))}),
        (0.4, {"approvals": random.sample(NEED_APPROVAL, random.randint(1, 4))}),
        (0.25, {"hand_over": random.choice((15, 25, 36))}),
        (0.2, {"of_steps": {"min_amounts": {"eur": random.choice((0, 20_00, 80_00))}}}),
    )
    changes: dict[str, Any] = {}
    for share, change in rules:
        if random.random() < share:
            changes |= change
    if random.random() < SERVES:
        changes["serving"] = random.sample(sorted(SERVING), random.randint(1, 4))
    return changes
