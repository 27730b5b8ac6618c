"""Ports on this machine: a free one, whether one is free, and who has it otherwise."""

import re
import socket
import subprocess
from pathlib import Path

_ADDRESS = "127.0.0.1"
_LISTENS = "0A"
"""How /proc/net/tcp writes the state (include/net/tcp_states.h)."""


def free_port() -> int:
    """A port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind((_ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        # As servers do: connections that are only waiting to be forgotten don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_ADDRESS, port))
        except OSError:
            return False
        return True


def listener(port: int) -> int | None:
    """The id of the process that listens on a port; None if there is none or it can't be seen."""
    if not Path("/proc/net/tcp").exists():
        return _ask_lsof(port)
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    for link in Path("/proc").glob("[0-9]*/fd/*") if sockets else ():
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target in sockets:
            return int(link.parts[2])
    return None


def _listening(port: int) -> set[str]:
    """Inodes of the sockets that listen on a port (proc(5), /proc/net/tcp)."""
    inodes = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else ():
            fields = line.split()
            if fields[1].endswith(f":{port:04X}") and fields[3] == _LISTENS:
                inodes.add(fields[9])
    return inodes


def _ask_lsof(port: int) -> int | None:
    try:
        shown = subprocess.run(
            ["lsof", "-nP", "-t", f"-iTCP:{port}", "-sTCP:LISTEN"],
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return None
    found = re.match(r"\d+", shown.stdout)
    return int(found[0]) if found else None
