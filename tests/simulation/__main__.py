"""`python -m tests.simulation`: live through many seeds, and tell the story of one that fails.

python -m tests.simulation --seeds 2000 --from 0     what `make simulate` runs
python -m tests.simulation --seed 7                  one seed, with its story
python -m tests.simulation --keep 7 --as NAME        a story of it to be told for ever, if it fails
python -m tests.simulation --story NAME              a story that was kept
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from tqdm import tqdm

from tests.simulation.guards import GUARDS, MENDED, take_out

TOLD = 60
"""Lines of a failing seed's story that are shown; `--seed` shows all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a seed. `violation` is None where all invariants held."""

    seed: int
    violation: str | None
    story: list[str]
    customer_days: int
    messages: int
    faults: Counter[str] = field(default_factory=Counter)
    erased: int = 0


def live(seed: int) -> Outcome:
    """Live through one seed."""
    from tests.endings import Violation
    from tests.simulation.life import Life

    life = Life(seed)
    violation = None
    try:
        life.run()
    except Violation as found:
        violation = str(found)
    messages, days = life.checker.messages, life.customer_days
    return Outcome(seed, violation, life.lines, days, messages, life.faults.counts, life.erased)


def main(words: list[str]) -> int:
    """Do what the command line says, and return the exit status."""
    asked = _parser().parse_args(words)
    if asked.story:
        return _retell(asked.without, asked.story)
    if asked.keep is not None:
        return _keep(asked.without, asked.keep, asked.name)
    if asked.seed is not None:
        outcome = _prepared(asked.without, asked.seed)
        print("\n".join(outcome.story))
        print(outcome.violation or "all invariants hold")
        return 1 if outcome.violation else 0
    began = time.monotonic()
    seeds = range(asked.start, asked.start + asked.seeds)
    failed, total = _all(_outcomes(seeds, asked.jobs, asked.without, stop=bool(asked.without)))
    print(
        f"{total.seed} seeds, {total.customer_days:,} customer-days, {total.messages:,} messages, "
        f"{total.erased:,} customers erased, "
        f"{total.faults.total():,} faults of {len(total.faults)} kinds, "
        f"{len(failed)} violations, {time.monotonic() - began:.0f} s"
    )
    if asked.faults:
        print("\n".join(f"{count:8,}  {kind}" for kind, count in sorted(total.faults.items())))
    for outcome in failed[:1]:
        print(f"\nThe end of seed {outcome.seed}'s story:", *outcome.story[-TOLD:], sep="\n  ")
    for outcome in failed:
        print(f"seed {outcome.seed}: {outcome.violation}")
    return 1 if failed else 0


def _prepared(without: str | None, seed: int) -> Outcome:
    if without:
        take_out(without)
    return live(seed)


def _retell(without: str | None, name: str) -> int:
    """Live through a story that was kept."""
    if without:
        take_out(without)
    from tests.simulation.stories import read, violation_of

    violation, lines = violation_of(read(name))
    print("\n".join(lines))
    print(violation or "all invariants hold")
    return 1 if violation else 0


def _keep(without: str | None, seed: int, name: str) -> int:
    """Make a story of a seed that fails, and keep it."""
    if without:
        take_out(without)
    from tests.simulation.stories import keep, write

    story = keep(seed, f"Seed {seed}, when it was kept.", without)
    if story is None:
        print("It holds, or fails only at just these latencies: write a test of its own by hand.")
        return 1
    print(f"{write(name, story)}: {story.violation}")
    return 0


def _outcomes(seeds: range, jobs: int, without: str | None, *, stop: bool) -> Iterator[Outcome]:
    """Yield what becomes of the seeds, in their order; up to the first failure with `stop`."""
    initializer, arguments = (take_out, (without,)) if without else (None, ())
    with ProcessPoolExecutor(jobs, initializer=initializer, initargs=arguments) as pool:
        done = pool.map(live, seeds, chunksize=1 if stop else 8)
        for outcome in tqdm(done, total=len(seeds), unit="seed", disable=not sys.stderr.isatty()):
            yield outcome
            if stop and outcome.violation:
                pool.shutdown(cancel_futures=True)
                return


def _all(outcomes: Iterable[Outcome]) -> tuple[list[Outcome], Outcome]:
    """Return those that failed, and one that holds the sums; its seed is their number."""
    failed: list[Outcome] = []
    count = days = messages = erased = 0
    faults: Counter[str] = Counter()
    for outcome in outcomes:
        count, days = count + 1, days + outcome.customer_days
        messages += outcome.messages
        erased += outcome.erased
        faults.update(outcome.faults)
        if outcome.violation:
            failed.append(outcome)
    return failed, Outcome(count, None, [], days, messages, faults, erased)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seeds", type=int, default=200, help="how many")
    parser.add_argument("--from", dest="start", type=int, default=0, help="the first one")
    parser.add_argument("--seed", type=int, help="one seed only, with its whole story")
    parser.add_argument("--story", help="a story that was kept")
    parser.add_argument("--keep", type=int, help="a seed that fails, to be kept as a story")
    parser.add_argument("--as", dest="name", default="unnamed", help="the name of the story")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--faults", action="store_true", help="list every kind of fault")
    parser.add_argument("--without", choices=sorted(GUARDS | MENDED), help="take a guard out first")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
