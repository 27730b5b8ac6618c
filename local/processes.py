"""Child processes: started apart from the terminal, waited for until they answer, ended in peace.

Ids are written down with when their processes began, so that what a killed run left behind is ended
by the next one, and nobody else is.
"""

import contextlib
import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from local.identity import began
from local.ports import listener

_READY_SECONDS = 60.0
_ENDING_SECONDS = 60.0
_POLL_SECONDS = 0.1


class NotReady(Exception):  # noqa: N818 -- reads as what happened
    """A process ended or didn't answer in time; the message names its log."""


class Processes:
    """The children of one stack."""

    def __init__(self, ids: Path) -> None:
        self._ids = ids
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path
    ) -> None:
        """Start a child whose output goes to its log."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as output:
            self._running[name] = subprocess.Popen(
                command,
                env=dict(env),
                cwd=cwd,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                # Ctrl-C at the terminal is for the parent, which ends the children in order.
                start_new_session=True,
            )
        self._write_ids()

    def wait_until_ready(self, name: str, url: str, *, log: Path) -> None:
        """Return as soon as the child answers 200 at the address; raise NotReady otherwise."""
        child = self._running[name]
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            answered = answers(url)
            if child.poll() is not None:
                raise NotReady(f"{name} ended at once; see {log}")
            if answered:
                return _check_answerer(name, child.pid, urlsplit(url).port)
            if time.monotonic() > deadline:
                raise NotReady(f"{name} did not answer within {_READY_SECONDS:.0f} s; see {log}")
            time.sleep(_POLL_SECONDS)

    def ended(self) -> list[str]:
        """The names of children that ended without being told to."""
        return [name for name, child in self._running.items() if child.poll() is not None]

    def stop(self) -> None:
        """End all children, the last started first, and wait until each has saved its state."""
        if not self._running:
            return  # what is written down then are an earlier run's, which may live
        for name in reversed(list(self._running)):
            child = self._running.pop(name)
            child.terminate()
            try:
                child.wait(_ENDING_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._ids.unlink(missing_ok=True)

    def end_leftovers(self) -> None:
        """End what an earlier run started and could not stop, so that its state is saved."""
        if not self._ids.exists():
            return
        for name, (pid, beginning) in reversed(json.loads(self._ids.read_text()).items()):
            if beginning:  # else nothing says whose id it is now
                _end_leftover(name, pid, beginning)
        self._ids.unlink()

    def _write_ids(self) -> None:
        self._ids.parent.mkdir(parents=True, exist_ok=True)
        ids = {name: (c.pid, began(c.pid)) for name, c in self._running.items()}
        beside = self._ids.with_suffix(".new")
        beside.write_text(json.dumps(ids))
        beside.replace(self._ids)  # at once, as we may be killed at any moment


def answers(url: str) -> bool:
    """Whether a GET is answered with 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)  # noqa: PLR2004 -- HTTP's OK
    except urllib.error.HTTPError as error:
        error.close()
        return False
    except OSError:
        return False


def _check_answerer(name: str, pid: int, port: int | None) -> None:
    """Raise NotReady if it is known that another process answered."""
    other = listener(port) if port else None
    if other not in {None, pid}:
        raise NotReady(f"{name} can't have port {port}, which process {other} has")


def _end_leftover(name: str, pid: int, beginning: str) -> None:
    if began(pid) != beginning:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _ENDING_SECONDS
    while began(pid) == beginning:
        if time.monotonic() > deadline:
            raise NotReady(f"{name} of an earlier run (process {pid}) does not end")
        time.sleep(_POLL_SECONDS)
