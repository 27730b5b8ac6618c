"""Kills a Lambda worker every few seconds, in the middle of whatever it is doing (SIGKILL).

Only workers of the one stack are touched, and each is looked at again right before: an id may have
gone to somebody else. `receive_email_event` is spared: SNS calls it asynchronously, which AWS does
again after a failure and MiniStack does not, so killing it would only show what the stand-in lacks.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from types import TracebackType
from typing import Self

from local.layout import Layout
from local.workers import workers

SPARED = frozenset({"receive_email_event"})


class Killer:
    """Within its `with`, a worker dies every few seconds; `killed` counts them by function."""

    def __init__(self, layout: Layout, *, seed: int, between: tuple[float, float]) -> None:
        self._layout = layout
        self._chance = Random(seed)
        self._between = between
        self._ended = threading.Event()
        self._thread = ThreadPoolExecutor(1, "killer")
        self.killed: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._running = self._thread.submit(self._run)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.shutdown()
        if error is None:
            self._running.result()  # raises what kept it from killing

    def _run(self) -> None:
        while not self._ended.wait(self._chance.uniform(*self._between)):
            self._kill_one()

    def _kill_one(self) -> None:
        there = {pid: name for pid, name in workers(self._layout).items() if name not in SPARED}
        if not there:
            return
        pid = self._chance.choice(sorted(there))
        if workers(self._layout).get(pid) == there[pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.killed[there[pid]] += 1
