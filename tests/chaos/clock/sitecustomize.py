"""Loaded by every process of the stack as it starts: its clock follows the file DUNLIN_CLOCK names.

The file holds the seconds by which the stack is ahead of the machine. Only the time of day moves;
monotonic clocks, and so timeouts and pauses, stay as they are.
"""

import os
import threading
import time
from pathlib import Path

import time_machine

LOOK_SECONDS = 0.1
_pause = time.sleep


def follow(file: Path) -> None:
    """Move this process's clock whenever the file says so."""
    ahead = float(file.read_text())
    traveller = time_machine.travel(time.time() + ahead, tick=True).start()
    time.time()  # the journey begins with the first look

    def watch() -> None:
        nonlocal ahead
        while True:
            _pause(LOOK_SECONDS)
            text = file.read_text()
            if text and float(text) != ahead:
                traveller.shift(float(text) - ahead)
                ahead = float(text)

    threading.Thread(target=watch, name="clock", daemon=True).start()


if "DUNLIN_CLOCK" in os.environ:
    follow(Path(os.environ["DUNLIN_CLOCK"]))
