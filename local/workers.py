"""The worker processes of one stack's Lambdas: which there are, and what they spent."""

import os
import re
from pathlib import Path

from local.layout import Layout

_WORKER = re.compile(r"ministack-lambda-dunlin-local-(\w+)-.*_worker\.py")
_TICKS = os.sysconf("SC_CLK_TCK")


def workers(layout: Layout) -> dict[int, str]:
    """The functions of this stack's workers, by process id; other stacks' have other folders."""
    found: dict[int, str] = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text()
        except OSError:
            continue
        if f"{layout.home}/" in command and (match := _WORKER.search(command)):
            found[int(process.name)] = match[1]
    return found


def processor_time(layout: Layout) -> dict[str, float]:
    """Seconds by function, of all its living workers."""
    spent: dict[str, float] = {}
    for pid, function in workers(layout).items():
        spent[function] = spent.get(function, 0.0) + seconds(pid)
    return spent


def seconds(pid: int) -> float:
    """User and system time of a process (proc(5), fields 14 and 15); nothing once it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / _TICKS
