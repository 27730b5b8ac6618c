"""What ships: our sources, every template, the locked libraries, and nothing else."""

from __future__ import annotations

import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local.layout import ROOT

LIMIT = 250 * 1024 * 1024
"""Lambda's limit for an unzipped package, in bytes."""

IMPORT_SECONDS = 0.6
"""Processor time that a cold start may spend on app.py, on an idle machine."""

STEPS_SECONDS = 0.2
"""What two million steps of a loop take on such a machine: busy neighbours slow both down."""

NEVER_AT_IMPORT = {"boto3", "jinja2", "pynamodb", "stripe", "phonenumbers", "aws_xray_sdk"}


def python(unzipped: Path, code: str) -> str:
    """Run code with nothing but the package and the standard library, in an empty environment."""
    prelude = f"import sys; sys.path.insert(0, {str(unzipped)!r}); "
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", prelude + code],
        env={},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_every_template_is_in_it(archive: zipfile.ZipFile):
    templates = ROOT / "templates"
    wanted = {str(path.relative_to(ROOT)) for path in templates.rglob("*") if path.is_file()}

    assert wanted
    assert wanted <= set(archive.namelist())


def test_it_is_smaller_than_lambda_allows(
    archive: zipfile.ZipFile, capsys: pytest.CaptureFixture[str]
):
    size = sum(entry.file_size for entry in archive.infolist())
    zipped = sum(entry.compress_size for entry in archive.infolist())
    with capsys.disabled():
        print(f"\npackage: {size / 1e6:.1f} MB unzipped, {zipped / 1e6:.1f} MB zipped")

    assert size < LIMIT


def test_the_libraries_in_it_are_those_of_the_lock(archive: zipfile.ZipFile):
    lock = (ROOT / "requirements.txt").read_text()
    locked = dict(re.findall(r"^([a-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)", lock, re.MULTILINE))
    found = dict(
        match.groups()
        for name in archive.namelist()
        if (match := re.match(r"([^/]+)-([^/-]+)\.dist-info/METADATA$", name))
    )

    assert {_canonical(name): version for name, version in found.items()} == locked


def test_nothing_of_the_workshop_is_in_it(archive: zipfile.ZipFile):
    top = {name.partition("/")[0] for name in archive.namelist()}

    assert not top & {"tests", "local", "bench", "docs", "moto", "ministack", "pytest", "mypy"}
    assert not [name for name in archive.namelist() if "/.venv/" in name]


def test_importing_the_app_takes_no_environment_and_makes_no_client(unzipped: Path):
    loaded = python(unzipped, "import app; print(' '.join(sys.modules))").split()

    assert not NEVER_AT_IMPORT & set(loaded)


def test_importing_the_app_is_quick(unzipped: Path, capsys: pytest.CaptureFixture[str]):
    code = (
        "import time; start = time.process_time(); sum(n * n for n in range(2_000_000)); "
        "steps = time.process_time(); import app; print(steps - start, time.process_time() - steps)"
    )
    python(unzipped, "import compileall; compileall.compile_dir(sys.path[0], quiet=2)")
    runs = [[float(part) for part in python(unzipped, code).split()] for _ in range(3)]
    seconds = min(took / max(1.0, steps / STEPS_SECONDS) for steps, took in runs)
    with capsys.disabled():
        print(f"\nimport app: {seconds:.2f} s of processor time")

    assert seconds < IMPORT_SECONDS


def test_every_module_finds_its_libraries_in_the_package(unzipped: Path):
    code = (
        "import importlib, pkgutil, chalicelib; "
        "names = [m.name for m in pkgutil.walk_packages(chalicelib.__path__, 'chalicelib.')]; "
        "[importlib.import_module(name) for name in names]; import stripe, boto3; "
        "print(len(names))"
    )

    assert int(python(unzipped, code)) > 50


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
