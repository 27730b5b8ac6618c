"""Queues as SQS has them: at least once, in any order, late, and now and then never."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from random import Random

from chalicelib.domain.errors import DunlinError
from chalicelib.services.try_later import TryLaterError
from chalicelib.services.work_off import REDRIVEN, TRIES
from tests.simulation.faults import Faults, InjectedError
from tests.simulation.scheduler import Killed, Scheduler

HIDDEN_SECONDS, CLOCK_HIDDEN_SECONDS = 180.0, 360.0
"""How long a message that was handed out stays hidden; longer than its function may take."""
MOST_WORKERS = 4
BATCH = 10
FAILURES = (InjectedError, TryLaterError, DunlinError)
"""What a worker may meet; anything else is a bug and ends the run."""

Message = Mapping[str, str]


@dataclass(slots=True)
class Queued:
    """A message and how often it was received."""

    body: dict[str, str]
    receives: int = 0


class SimulatedQueues:
    """The queues between functions, and the workers that empty them.

    `workers` handle one message each, given how often it was handed out; what they raise brings the
    message back. `dead` are those that nobody could handle, with their queue.
    """

    def __init__(self, scheduler: Scheduler, random: Random, faults: Faults) -> None:
        self._scheduler, self._random, self._faults = scheduler, random, faults
        self.workers: dict[str, Callable[[Message, int], object]] = {}
        self.dead: list[tuple[str, dict[str, str]]] = []
        self._ready: dict[str, list[Queued]] = {}
        self._open: dict[str, int] = {}
        self._running: dict[str, int] = {}

    def put(self, queue: str, messages: Sequence[Message], *, delay: int = 0) -> None:
        for body in messages:
            if self._faults.happens("a message is lost", 0.005):
                continue
            copies = 2 if self._faults.happens("a message comes twice", 0.05) else 1
            for _ in range(copies):
                late = 0.0
                if self._faults.happens("a message is late", 0.03):
                    late = self._random.uniform(1, 900)
                self._open[queue] = self._open.get(queue, 0) + 1
                wait = delay + late + self._random.uniform(0.005, 0.2)
                self._scheduler.after(wait, partial(self._arrive, queue, Queued(dict(body))))

    def is_empty(self, queue: str) -> bool:
        return self._open.get(queue, 0) == 0

    def redrive(self) -> int:
        """Put what is dead back to work, as manage.dead_letters does; return how much it was."""
        again, self.dead = self.dead, []
        for queue, body in again:
            self.put(queue, [{**body, REDRIVEN: "yes"}])
        return len(again)

    def _arrive(self, queue: str, message: Queued) -> None:
        self._ready.setdefault(queue, []).append(message)
        self._work(queue)

    def _work(self, queue: str) -> None:
        """Be a worker: take messages in any order until none is left, or die."""
        if self._running.get(queue, 0) >= MOST_WORKERS:
            return
        self._running[queue] = self._running.get(queue, 0) + 1
        while ready := self._ready.get(queue):
            self._random.shuffle(ready)
            size = self._random.randint(1, BATCH)
            batch, self._ready[queue] = ready[:size], ready[size:]
            self._batch(queue, batch)
        self._running[queue] -= 1

    def _batch(self, queue: str, batch: list[Queued]) -> None:
        back: list[Queued] = []
        try:
            for message in sorted(batch, key=lambda each: each.receives):
                try:
                    self.workers[queue](message.body, message.receives + 1)
                except FAILURES:  # a batch item failure
                    back.append(message)
        except Killed:
            back = batch  # nobody answered for the batch
        for message in batch:
            if message in back:
                self._come_back(queue, message)
            else:
                self._open[queue] -= 1

    def _come_back(self, queue: str, message: Queued) -> None:
        message.receives += 1
        if message.receives >= TRIES:
            self.dead.append((queue, message.body))
            self._open[queue] -= 1
            return
        hidden = CLOCK_HIDDEN_SECONDS if queue == "clock" else HIDDEN_SECONDS
        self._scheduler.after(hidden, lambda: self._arrive(queue, message))
