"""1,000 due invoices through the package as it is deployed, on an embedded stack of its own.

All become due at the same minute, so that finding and sending aren't mixed with posting. The
processor time is that of the Lambdas' worker processes; what the stand-ins for AWS take is shown
beside it and would be AWS's own.
"""

import json
import tempfile
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.measure import Row
from local.api import Api
from local.layout import Layout
from local.run import bring_up
from local.stack import Stack
from local.workers import processor_time, seconds

COUNT = 1_000
BATCH = 100
LEAD = timedelta(minutes=2)
"""Time to post everything in before it becomes due."""
PATIENCE_SECONDS = 300.0
FUNCTIONS = ("sweep", "sweep_shard", "send_email", "project_changes", "receive_email_event")


def run(count: int = COUNT) -> list[Row]:
    """Post, wait for the minute, and measure until the last mail and its records are there."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        stack = Stack(Layout.on_free_ports(Path(home)))
        try:
            credentials, _ = bring_up(stack)
            return _measure(stack.layout, Api(stack.layout.api_url, credentials.api_key), count)
        finally:
            stack.stop()


def _measure(layout: Layout, api: Api, count: int) -> list[Row]:
    start = (datetime.now(UTC) + LEAD).replace(second=0, microsecond=0)
    began = time.monotonic()
    _post(api, start, count)
    posted = time.monotonic() - began
    if datetime.now(UTC) >= start:
        raise AssertionError(f"posting took {posted:.0f} s, longer than {LEAD}")
    _wait(lambda: datetime.now(UTC) >= start, "the minute")
    before, emulators = processor_time(layout), _emulators_time(layout)
    _wait(lambda: _mails(layout) > 0, "the first mail")
    first = time.monotonic()
    _wait(lambda: _mails(layout) >= count, "all mails")
    sending = time.monotonic() - first
    _wait(lambda: not _is_busy(layout), "the records")
    spent = _since(before, layout)
    lambdas = [Row(f"{n}, processor", count, spent[n]) for n in FUNCTIONS if spent.get(n)]
    return [
        Row("post, in batches of 100, wall", count, posted),
        Row("from the first mail to the last, wall", count, sending),
        *lambdas,
        Row("stand-ins for AWS, processor", count, _emulators_time(layout) - emulators),
    ]


def _post(api: Api, start: datetime, count: int) -> None:
    zone, local = _where_it_is_noon(start)
    sequence = api.post(
        "/v1/sequences",
        {
            "name": "On the minute",
            "min_gap_days": 0,
            "send_window": {
                "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"],
                "from": local.strftime("%H:%M"),
                "to": "23:59",
                "skip_holidays": False,
            },
            "steps": [{"key": "reminder_first", "offset_days": 1, "do": "email"}],
        },
    )
    bodies = [
        {
            "number": f"B-{number}",
            "customer": {
                "external_id": f"B-{number}",
                "name": f"Customer {number}",
                "email": f"b{number}@customer.example.com",
                "country": "GB",
                "locale": "en-GB",
                "timezone": zone,
            },
            "currency": "gbp",
            "amount": 10_000 + number,
            "issue_date": (local.date() - timedelta(days=15)).isoformat(),
            "due_date": (local.date() - timedelta(days=1)).isoformat(),
            "sequence": sequence["id"],
        }
        for number in range(count)
    ]
    for first in range(0, count, BATCH):
        api.post("/v1/invoices/batch", {"invoices": bodies[first : first + BATCH]})


def _where_it_is_noon(moment: datetime) -> tuple[str, datetime]:
    """A zone whose day isn't about to end. `Etc/GMT+5` is five hours behind, as POSIX has it."""
    behind = moment.hour - 12
    return f"Etc/GMT{behind:+d}", moment - timedelta(hours=behind)


def _mails(layout: Layout) -> int:
    address = f"{layout.mail_url}/api/messages?limit=1"
    with urllib.request.urlopen(address) as answer:  # noqa: S310 -- our own stack
        return int(json.load(answer)["total"])


def _is_busy(layout: Layout) -> bool:
    """Whether any worker spent processor time just now."""
    before = processor_time(layout)
    time.sleep(2)
    return sum(_since(before, layout).values()) > 0.1  # noqa: PLR2004 -- polling itself


def _since(before: dict[str, float], layout: Layout) -> dict[str, float]:
    after = processor_time(layout)
    return {name: spent - before.get(name, 0.0) for name, spent in after.items()}


def _wait(done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {PATIENCE_SECONDS:.0f} s in vain for {what}")
        time.sleep(0.05)


def _emulators_time(layout: Layout) -> float:
    processes: dict[str, Any] = json.loads((layout.home / "processes.json").read_text())
    return sum(seconds(pid) for pid, _ in processes.values())
