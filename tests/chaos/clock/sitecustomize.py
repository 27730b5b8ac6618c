"""Loaded by every process of the stack as it starts: its clock follows the file DUNLIN_CLOCK names.

The file holds the seconds by which the stack is ahead of the machine. In the functions' workers the
monotonic clock moves along, since what they keep for a minute is old after an hour; in servers it
doesn't, so that no answer that is under way times out.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

LOOK_SECONDS = 0.1
_pause, _monotonic = time.sleep, time.monotonic


class Clock:
    """How far this process's time is ahead of the machine's."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = float(file.read_text())
        self._traveller = time_machine.travel(time.time() + self._ahead, tick=True).start()
        time.time()  # the journey begins with the first look

    def monotonic(self) -> float:
        """Return seconds that only go forward."""
        return _monotonic() + self._ahead

    def follow(self) -> None:
        """Move whenever the file says so."""
        while True:
            _pause(LOOK_SECONDS)
            text = self._file.read_text()
            if text and float(text) != self._ahead:
                self._traveller.shift(float(text) - self._ahead)
                self._ahead = float(text)


if "DUNLIN_CLOCK" in os.environ:
    clock = Clock(Path(os.environ["DUNLIN_CLOCK"]))
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        time.monotonic = clock.monotonic
    threading.Thread(target=clock.follow, name="clock", daemon=True).start()
