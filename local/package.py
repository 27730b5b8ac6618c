"""The deployable package, exactly what `chalice package` writes; made anew only for new sources.

Whoever needs it while another process makes it waits for that one.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from local.layout import REGION, ROOT, STAGE
from manage import packaging
from manage.alone import alone

_SOURCES = ("app.py", "chalicelib", "vendor", "requirements.txt", ".chalice")
_LEFT_OUT = {"__pycache__", "deployments", "deployed"}
KEPT = ROOT / ".local" / "package"
"""Where the latest package of this project is; all stacks of this checkout share it."""


@dataclass(frozen=True, slots=True)
class Package:
    """The template and the zip, with the digest of the sources they were made from."""

    digest: str
    template: Path
    archive: Path


def build(project: Path = ROOT, kept: Path = KEPT) -> Package:
    """The package of the project's sources as they are now; `kept` holds the latest one."""
    digest = digest_of(project)
    folder = kept / digest
    package = Package(digest, folder / "sam.json", folder / "deployment.zip")
    kept.mkdir(parents=True, exist_ok=True)
    with alone(kept):
        if not package.template.exists():
            for other in kept.iterdir():
                shutil.rmtree(other, ignore_errors=True)
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
    environment = {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }
    packaging.package(project, STAGE, beside, environment=environment)
    beside.rename(folder)
