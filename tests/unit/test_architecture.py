"""Rules of the house that no linter knows. Layers are import-linter's business (`make lint`)."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHIPPED = [ROOT / "app.py", *sorted((ROOT / "chalicelib").rglob("*.py"))]
TOOLS = [path for name in ("local", "manage") for path in sorted((ROOT / name).rglob("*.py"))]
CHECKS = [path for name in ("tests", "bench") for path in sorted((ROOT / name).rglob("*.py"))]
OURS = [*SHIPPED, *TOOLS, *CHECKS]
PURE = ("domain", "services", "ports")

MOST_LINES = 250
MOST_LINES_OF_A_FUNCTION = 60
WIRING = ROOT / "chalicelib" / "bootstrap.py"
CLOCK = ROOT / "chalicelib" / "gateways" / "clock.py"
VARYING = {"random", "secrets", "uuid", "time", "os", "socket"}
"""Modules whose answers differ between two runs."""


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def imported(module: ast.Module) -> set[str]:
    """Return the names of the top-level packages that a module imports, anywhere in it."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def attributes(module: ast.Module) -> set[str]:
    """Return every `a.b` in a module."""
    return {
        f"{node.value.id}.{node.attr}"
        for node in ast.walk(module)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


@pytest.mark.parametrize("path", OURS, ids=name)
def test_a_module_is_short_and_opens_with_its_rule(path: Path):
    text = path.read_text()

    assert len(text.splitlines()) <= MOST_LINES
    assert not text.strip() or ast.get_docstring(tree(path))


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_a_function_fits_a_screen(path: Path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            assert lines <= MOST_LINES_OF_A_FUNCTION, node.name


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_the_environment_is_read_where_things_are_wired(path: Path):
    reads = {"os.environ", "os.getenv"} & attributes(tree(path))

    assert not reads or path == WIRING


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_nothing_below_imports_the_app(path: Path):
    assert "app" not in imported(tree(path))


@pytest.mark.parametrize("path", [path for path in SHIPPED if path.parent.name in PURE], ids=name)
def test_rules_and_use_cases_give_the_same_in_every_run(path: Path):
    assert not imported(tree(path)) & VARYING


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_only_the_clock_says_what_time_it_is(path: Path):
    asks = {"datetime.now", "datetime.utcnow", "date.today", "time.time"} & attributes(tree(path))

    assert not asks or path == CLOCK


@pytest.mark.parametrize("path", SHIPPED, ids=name)
def test_nothing_reads_the_whole_table(path: Path):
    calls = {
        node.func.attr
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }

    assert "scan" not in calls


def test_the_folder_of_templates_ships():
    link = ROOT / "vendor" / "templates"

    assert link.is_symlink()
    assert link.resolve() == ROOT / "templates"
