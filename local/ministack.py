"""MiniStack, with three differences: unpacking, waiting for logs, and event sources.

- MiniStack unpacks a function's zip for every worker that it starts: 8,300 files a time, compiled
  anew each time, for a dozen workers. Here a package is unpacked once into DUNLIN_CODE_DIR, a
  folder that outlives restarts, and each worker gets a link to it. The bytes are the package's.
- MiniStack waits up to 50 ms after each call for what the function logged. Here what isn't there
  yet is logged with the function's next call.
- How queues and streams reach the functions: see event_sources.py.
"""

# ruff: noqa: SLF001 -- MiniStack offers no other way in than its private names

import hashlib
import os
import shutil
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace

from ministack.app import main as serve
from ministack.core import lambda_runtime

from local import event_sources

_MOST_KEPT = 3
_lock = threading.Lock()


class SharedZip(zipfile.ZipFile):
    """Unpacking it makes a link to the shared copy."""

    def extractall(self, path: object = None, *_ignored: object) -> None:
        """Take the place of the empty folder `path`."""
        target = Path(str(path))
        with Path(str(self.filename)).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        shared = Path(os.environ["DUNLIN_CODE_DIR"]) / digest
        with _lock:
            if not shared.exists():
                _forget_old(shared.parent)
                beside = shared.with_suffix(".new")
                shutil.rmtree(beside, ignore_errors=True)
                super().extractall(beside)
                beside.rename(shared)
        target.rmdir()
        target.symlink_to(shared, target_is_directory=True)


def main() -> None:
    """Run MiniStack's own server."""
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedZip,
        BadZipFile=zipfile.BadZipFile,
        LargeFileError=zipfile.LargeZipFile,
    )
    worker = lambda_runtime.Worker
    worker._drain_stderr_bounded = worker._drain_stderr
    event_sources.take_over()
    serve()


def _forget_old(folder: Path) -> None:
    """Keep the latest few packages, whose workers may still run."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = sorted(folder.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
    for old in kept[_MOST_KEPT - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


if __name__ == "__main__":
    main()
