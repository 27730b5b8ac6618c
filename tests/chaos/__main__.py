"""`python -m tests.chaos`: live through many seeds on one stack, and tell of one that fails.

python -m tests.chaos --seeds 20 --from 0     what `make chaos` runs
python -m tests.chaos --seed 7                one seed, with its story
python -m tests.chaos --without "event dedup" a package without a guard, until it is found out
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tqdm import tqdm

from local.layout import ROOT, Layout
from local.run import heed_signals
from tests.chaos.checker import Checker
from tests.chaos.guards import GUARDS, without
from tests.chaos.life import Life
from tests.chaos.receiver import Receiver
from tests.chaos.stack import ChaosStack, clock_file
from tests.chaos.stage import Stage
from tests.chaos.weather import KILLED
from tests.endings import Violation
from tests.web import serving

Progress = Callable[[str], None]
TOLD = 80
"""Lines of a failing seed's story that are shown; `--seed` shows all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a seed. `violation` is None where all invariants held."""

    seed: int
    violation: str | None
    story: list[str]
    calls: int
    messages: int
    in_own_words: int
    dead_letters: int
    seconds: float
    killed: int
    webhooks: int
    deeds: Counter[str]
    faults: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return (
            f"seed {self.seed}: {self.faults.total()} faults of {len(self.faults)} kinds at "
            f"{self.calls:,} calls, {self.killed} workers killed, {self.deeds.total()} deeds, "
            f"{self.messages} messages ({self.in_own_words} in own words), "
            f"{self.webhooks} webhooks, "
            f"{self.dead_letters} dead letters redriven, {self.seconds:.0f} s: "
            f"{self.violation or 'all invariants hold'}"
        )


@contextmanager
def chaos_stage(project: Path = ROOT) -> Iterator[Stage]:
    """Run a stack with a proxy before its functions; its data go when it ends."""
    with tempfile.TemporaryDirectory(prefix="dunlin-chaos-") as folder:
        layout = Layout.on_free_ports(Path(folder))
        receiver = Receiver(clock_file(layout))
        with serving(receiver.answer) as address:
            stack = ChaosStack(layout, address)
            try:
                yield Stage(stack, receiver, project)
            finally:
                stack.stop()


def live(stage: Stage, seed: int, progress: Progress | None = None, **size: int) -> Outcome:
    """Live through one seed."""
    began = time.monotonic()
    violation, messages, in_own_words = None, 0, 0
    with stage.ports() as ports:
        life = Life(stage, ports, seed, **size)
        try:
            life.run(progress or (lambda _: None))
            checker = Checker(life)
            checker.check()
            messages, in_own_words = checker.messages, checker.in_own_words
        except (Violation, AssertionError) as found:
            violation = str(found)
    faults = Counter(life.storm["faults"])
    return Outcome(
        seed,
        violation,
        life.story,
        life.storm["calls"],
        messages,
        in_own_words,
        life.dead_letters,
        time.monotonic() - began,
        faults.pop(KILLED, 0),
        len(life.endpoint.came()),
        life.people.done,
        faults,
    )


def main(words: list[str]) -> int:
    """Do what the command line says, and return the exit status."""
    logging.disable(logging.INFO)
    asked = _parser().parse_args(words)
    heed_signals()
    seeds = range(asked.start, asked.start + asked.seeds)
    if asked.seed is not None:
        seeds = range(asked.seed, asked.seed + 1)
    began = time.monotonic()
    print("starting the stack")
    if asked.without:
        with without(asked.without) as project, chaos_stage(project) as stage:
            outcomes = _all(stage, seeds)
    else:
        with chaos_stage() as stage:
            outcomes = _all(stage, seeds)
    _sum_up(outcomes, time.monotonic() - began, kinds=asked.faults)
    last = outcomes[-1]
    if asked.seed is not None or last.violation:
        print(f"\nThe story of seed {last.seed}:")
        print("", *(last.story if asked.seed is not None else last.story[-TOLD:]), sep="\n  ")
    if last.violation:
        print(f"seed {last.seed}: {last.violation}")
        print(f"Again: .venv/bin/python -m tests.chaos --seed {last.seed}")
    return 1 if last.violation else 0


def _all(stage: Stage, seeds: range) -> list[Outcome]:
    """Live through seeds up to the first that fails: what it leaves behind would disturb others."""
    outcomes: list[Outcome] = []
    with tqdm(seeds, unit="seed", disable=not sys.stderr.isatty()) as bar:
        for seed in bar:
            bar.set_description(f"seed {seed}")
            outcomes.append(live(stage, seed, bar.set_postfix_str))
            tqdm.write(str(outcomes[-1]), file=sys.stdout)
            sys.stdout.flush()
            if outcomes[-1].violation:
                break
    return outcomes


def _sum_up(outcomes: list[Outcome], seconds: float, *, kinds: bool) -> None:
    faults = sum((each.faults for each in outcomes), Counter[str]())
    deeds = sum((each.deeds for each in outcomes), Counter[str]())
    violations = sum(1 for each in outcomes if each.violation)
    print(
        f"{len(outcomes)} seeds, {sum(each.calls for each in outcomes):,} calls, "
        f"{faults.total():,} faults of {len(faults)} kinds, "
        f"{sum(each.killed for each in outcomes)} workers killed, "
        f"{deeds.total():,} deeds, "
        f"{sum(each.messages for each in outcomes):,} messages "
        f"({sum(each.in_own_words for each in outcomes):,} in own words), "
        f"{sum(each.webhooks for each in outcomes):,} webhooks, "
        f"{sum(each.dead_letters for each in outcomes)} dead letters redriven, "
        f"{violations} violations, {seconds:.0f} s"
    )
    if kinds:
        both = sorted(faults.items()) + sorted(deeds.items())
        print("\n".join(f"{count:8,}  {kind}" for kind, count in both))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--seeds", type=int, default=20, help="how many")
    parser.add_argument("--from", dest="start", type=int, default=0, help="the first one")
    parser.add_argument("--seed", type=int, help="one seed only, with its whole story")
    parser.add_argument("--faults", action="store_true", help="list every kind of fault and deed")
    parser.add_argument("--without", choices=sorted(GUARDS), help="deploy without a guard")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
