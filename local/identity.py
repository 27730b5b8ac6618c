"""Which process is meant: an id alone may have gone to somebody else in the meantime.

The kernel notes when a process began. That is there from the fork on, when the command line is
still its parent's or empty, and it never changes; so id and beginning together name one process.
"""

import subprocess
from pathlib import Path

_PROC = Path("/proc")
_BOOT = _PROC / "sys/kernel/random/boot_id"
_GONE = {"Z", "X"}  # ended, and only its parent's question is open (proc(5), field 3)


def began(pid: int) -> str | None:
    """When a process began, in the machine's own words; None if it has ended or can't be seen."""
    if not _has_proc():
        return _ask_ps(pid, "lstart=")
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    # Ticks count from the boot, so another boot's count means another process.
    return None if fields[0] in _GONE else f"{_BOOT.read_text().strip()} {fields[19]}"


def command(pid: int) -> str | None:
    """A process's command line, to show to people; None if it can't be seen."""
    if not _has_proc():
        return _ask_ps(pid, "command=")
    try:
        return (_PROC / str(pid) / "cmdline").read_text().replace("\0", " ").strip() or None
    except OSError:
        return None


def _has_proc() -> bool:
    return (_PROC / "self").exists()


def _ask_ps(pid: int, column: str) -> str | None:
    shown = subprocess.run(
        ["ps", "-p", str(pid), "-o", column], capture_output=True, text=True, check=False
    )
    return shown.stdout.strip() or None
