"""The package of the sources as they are now: made by `chalice package` as for a deployment."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import package

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.package)


@pytest.fixture(scope="session")
def packaged() -> package.Package:
    """Return the package, made anew only where sources changed."""
    return package.build()


@pytest.fixture(scope="session")
def template(packaged: package.Package) -> dict[str, Any]:
    """Return the template as `chalice package` wrote and merged it."""
    return json.loads(packaged.template.read_text())


@pytest.fixture(scope="session")
def archive(packaged: package.Package) -> Iterator[zipfile.ZipFile]:
    """Return the zip that Lambda gets."""
    with zipfile.ZipFile(packaged.archive) as opened:
        yield opened


@pytest.fixture(scope="session")
def unzipped(archive: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that holds what Lambda would find."""
    folder = tmp_path_factory.mktemp("task")
    archive.extractall(folder)
    return folder
