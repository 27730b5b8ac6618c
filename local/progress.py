"""One progress bar for a list of steps whose usual seconds are known."""

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tqdm import tqdm

_TICK_SECONDS = 0.25


def interval() -> float:
    """Seconds between two drawings: a terminal is redrawn, a log gets a line now and then."""
    return 0.1 if sys.stderr.isatty() else 10.0


class Progress:
    """`steps` are (name, usual seconds); the bar moves with time within a step."""

    def __init__(self, steps: Sequence[tuple[str, float]]) -> None:
        self._seconds = dict(steps)
        self._bar = tqdm(
            total=round(sum(self._seconds.values()), 1),
            bar_format="{desc:<34.34} |{bar:30}| {percentage:3.0f} %  {elapsed}",
            file=sys.stderr,
            leave=False,
            mininterval=interval(),
        )
        self._done = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Run one step under its name."""
        usual = self._seconds[name]
        self._bar.set_description(name)
        ended = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(usual, ended), daemon=True)
        ticker.start()
        try:
            yield
        finally:
            ended.set()
            ticker.join()
        self._done += usual
        self._move_to(self._done)

    def close(self) -> None:
        """Take the bar away."""
        self._bar.close()

    def _tick(self, usual: float, ended: threading.Event) -> None:
        passed = 0.0
        while not ended.wait(_TICK_SECONDS):
            passed += _TICK_SECONDS
            self._move_to(self._done + min(passed, usual * 0.95))

    def _move_to(self, seconds: float) -> None:
        self._bar.update(max(0.0, seconds - self._bar.n))
