"""The deployable package, exactly what `chalice package` writes; made anew only for new sources."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.layout import REGION, STAGE

_SOURCES = ("app.py", "chalicelib", "vendor", "requirements.txt", ".chalice")
_LEFT_OUT = {"__pycache__", "deployments", "deployed"}


@dataclass(frozen=True, slots=True)
class Package:
    """The template and the zip, with the digest of the sources they were made from."""

    digest: str
    template: Path
    archive: Path


class PackagingFailed(Exception):  # noqa: N818 -- reads as what happened
    """`chalice package` ended with an error; the message is its last words."""


def build(project: Path, kept: Path) -> Package:
    """The package of the project's sources as they are now; `kept` holds the latest one."""
    digest = digest_of(project)
    folder = kept / digest
    package = Package(digest, folder / "sam.json", folder / "deployment.zip")
    if not package.template.exists():
        shutil.rmtree(kept, ignore_errors=True)
        folder.parent.mkdir(parents=True, exist_ok=True)
        _package(project, folder)
    return package


def digest_of(project: Path) -> str:
    """Changes whenever a source file's path or content does."""
    digest = hashlib.sha256(sys.version.encode())
    for path in sorted(_files(project)):
        digest.update(f"{path.relative_to(project)}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:32]


def _files(project: Path) -> Iterator[Path]:
    for name in _SOURCES:
        # vendor/ holds links to folders, which are followed as Chalice follows them.
        for folder, folders, files in os.walk(project / name, followlinks=True):
            folders[:] = [one for one in folders if one not in _LEFT_OUT]
            yield from (Path(folder, one) for one in files if not one.endswith(".pyc"))
        if (project / name).is_file():
            yield project / name


def _package(project: Path, folder: Path) -> None:
    beside = folder.with_suffix(".new")
    shutil.rmtree(beside, ignore_errors=True)
    command = [
        *(sys.executable, "-c", "from chalice.cli import main; main()"),
        *("package", "--stage", STAGE, "--template-format", "json"),
        *("--merge-template", ".chalice/resources.json", str(beside)),
    ]
    environment = {
        **os.environ,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    made = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise PackagingFailed((made.stdout + made.stderr)[-4000:])
    beside.rename(folder)
    # Chalice keeps every zip that it ever made, for a cache that `digest_of` does better.
    shutil.rmtree(project / ".chalice" / "deployments", ignore_errors=True)
