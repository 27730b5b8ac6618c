"""MiniStack as `make run` has it, with as many workers as Lambda would start, and time to stop.

- MiniStack runs one call of a function at a time. Here a function has several workers, and a queue
  as many readers, so that two workers can be at one customer's file.
- While the clock of the stack jumps, no function may be at work: one that claimed before the jump
  would send hours later, which no function on earth can.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import LifoQueue
from typing import Any

from ministack.core import lambda_runtime

from local import event_sources, ministack

WORKERS = 3
"""How many calls of one function run at once."""
STILL = "still"
AT_WORK = "at_work"
_serve = event_sources._serve
_Single = lambda_runtime.Worker


class Crew(_Single):  # type: ignore[misc] # MiniStack has no types
    """The workers of one function. The one that was at work last is asked first, being warm."""

    def __init__(self, name: str, config: dict[str, Any], code: bytes) -> None:
        super().__init__(name, config, code)
        self._all = [_Single(name, config, code) for _ in range(WORKERS)]
        self._free: LifoQueue[Any] = LifoQueue()
        for worker in reversed(self._all):
            self._free.put(worker)

    def invoke(self, event: dict[str, Any], request_id: str) -> Any:
        """Run one call, as soon as time moves and a worker is free."""
        with at_work(Path(os.environ["DUNLIN_CLOCK"]).parent):
            worker = self._free.get()
            try:
                return worker.invoke(dict(event), request_id)
            finally:
                self._free.put(worker)

    def kill(self) -> None:
        """End all."""
        for worker in self._all:
            worker.kill()


@contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """Hold the clock while a function is at work; wait while somebody wants to move it."""
    while (folder / STILL).exists():
        time.sleep(0.05)
    with (folder / AT_WORK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield


def _serve_in_parallel(mapping: dict[str, Any]) -> None:
    """Read a queue with several readers; a stream, which has an order, with one."""
    if ":sqs:" in mapping["EventSourceArn"]:
        for _ in range(WORKERS - 1):
            threading.Thread(target=_serve, args=(mapping,), daemon=True).start()
    _serve(mapping)


def main() -> None:
    """Run MiniStack with both differences."""
    _Single._drain_stderr_bounded = _Single._drain_stderr
    lambda_runtime.Worker = Crew
    event_sources._serve = _serve_in_parallel
    ministack.main()


if __name__ == "__main__":
    main()
