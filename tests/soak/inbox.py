"""What arrived: each invoice at most once at each address, and nothing after it was paid."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator

from local.layout import Layout
from tests.soak.driver import Notes
from tests.soak.plan import Plan

LEAVES_WITHIN = 2.0
"""Seconds from a claim to the message (I1); a claim before the payment is no fault."""


def messages(layout: Layout, prefix: str) -> list[dict[str, object]]:
    """Return the mails that name invoices of the soak, in the order in which they came."""
    found: dict[str, dict[str, object]] = {}
    for line in (layout.home / "mail" / "messages.jsonl").read_text().splitlines():
        message = json.loads(line)
        numbers = sorted(set(re.findall(rf"\b{prefix}\d{{6}}\b", message["text"])))
        if numbers:
            found[message["id"]] = {"to": message["to"][0], "at": message["at"], "of": numbers}
    return list(found.values())


def wrong(layout: Layout, plan: Plan, notes: Notes, prefix: str) -> Iterator[str]:
    """Say what shouldn't have been sent."""
    owners = {each.number: each for each in plan.invoices}
    times: Counter[tuple[str, str]] = Counter()
    for message in messages(layout, prefix):
        to, at, numbers = str(message["to"]), float(str(message["at"])), message["of"]
        assert isinstance(numbers, list)
        for number in numbers:
            times[number, to] += 1
            if f"{owners[number].external_id.lower()}@" not in to:
                yield f"{number} was shown to {to}"
            if not owners[number].overdue:
                yield f"{number} isn't due yet"
            settled = plan.settled_by.get(number)
            if settled and all(name in notes.taken for name in settled):
                paid = max(notes.taken[name] for name in settled)
                if at > paid + LEAVES_WITHIN:
                    yield f"{number} was reminded of {at - paid:.1f} s after its payment was taken"
    yield from (f"{key} {count} times" for key, count in times.items() if count > 1)
