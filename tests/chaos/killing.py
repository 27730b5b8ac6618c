"""Which of the stack's workers made a call, and its end.

Only children of the stack's own MiniStack are ever found, so nobody else is killed.
"""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def kill_caller(port: int, ours: int, parent: int) -> bool:
    """Kill the child of `parent` that called from `port` to our port; say whether it was found."""
    for inode in _sockets(port, ours):
        for child in _children(parent):
            if _has(child, f"socket:[{inode}]"):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
                    return True
    return False


def _sockets(port: int, other: int) -> Iterator[str]:
    """Yield the inodes of the sockets between two ports of this machine (proc(5))."""
    for line in (_PROC / "net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[1].endswith(f":{port:04X}") and fields[2].endswith(f":{other:04X}"):
            yield fields[9]


def _children(parent: int) -> Iterator[int]:
    for folder in _PROC.glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent:
                yield int(folder.name)


def _has(process: int, socket: str) -> bool:
    for link in (_PROC / str(process) / "fd").glob("*"):
        with contextlib.suppress(OSError):
            if str(link.readlink()) == socket:
                return True
    return False
