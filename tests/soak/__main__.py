"""`python -m tests.soak`: a large load while workers are killed; ends by itself, with a verdict."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from local.layout import Layout
from local.run import bring_up, heed_signals
from local.stack import Stack
from tests.soak.soak import Size, Verdict, soak
from tests.stack import Running


def main(words: list[str]) -> int:
    """Run one soak on a stack of its own. Returns 1 if anything is wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--invoices", type=int, default=20_000)
    parser.add_argument("--webhooks", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(words)
    heed_signals()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        stack = Stack(Layout.on_free_ports(Path(home)))
        try:
            running = Running(stack, *bring_up(stack))
            size = Size(asked.invoices, asked.webhooks, seed=asked.seed)
            print(report(verdict := soak(running, size)), flush=True)
        finally:
            stack.stop()
    return 1 if verdict.faults else 0


def report(verdict: Verdict) -> str:
    """Say what was done, what came of it, and how long it took by the clock on the wall."""
    notes, counts = verdict.notes, verdict.counts
    lines = [
        "planned: " + _list(verdict.planned),
        "workers killed: " + _list(notes.killed),
        "answers: " + _list(notes.answers) + " (`none`: the connection broke or timed out)",
        "stored: " + _list(counts),
        f"mails: {verdict.mails:,} of {verdict.reminded:,} invoices",
        f"claims that still wait for the provider's word: {verdict.unsettled}",
        f"dead letters redriven: {verdict.redriven}",
        "seconds: " + ", ".join(f"{name} {each:.0f}" for name, each in notes.seconds.items()),
        f"invoices a second while posting: {len(notes.invoices) / notes.seconds['posting']:.1f}",
        f"webhooks a second: {notes.deliveries / notes.seconds['all requests']:.1f}",
        *verdict.faults,
        "nothing lost, nothing twice, the books equal" if not verdict.faults else "WRONG",
    ]
    return "\n".join(lines)


def _list(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items())) or "none"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
