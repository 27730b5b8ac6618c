"""The budgets of the design hold with the real services, whatever is stored."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chalicelib.storage.access_patterns import ACCESS_PATTERNS
from chalicelib.storage.definition import table_definition
from tests.integration.access_patterns import COMMAND, PAGE, STORED, Units, page
from tests.integration.metered import DUE_AT_ONCE, figures
from tests.ministack import CREDENTIALS, ministack

RESOURCES = Path(__file__).parents[2] / ".chalice" / "resources.json"
FEW = 10


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[int, dict[str, Units]]]:
    """Return the figures with few and with many invoices stored."""
    with (
        pytest.MonkeyPatch.context() as environment,
        ministack(tmp_path_factory.mktemp("ministack")) as endpoint,
    ):
        for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": endpoint}.items():
            environment.setenv(name, value)
        yield {stored: figures(f"ledger-{stored}", stored) for stored in (FEW, STORED)}


@pytest.fixture(params=[FEW, STORED], ids=lambda stored: f"{stored} invoices stored")
def units(request: pytest.FixtureRequest, measured: dict[int, dict[str, Units]]) -> Any:
    """Return the figures of one size in turn."""
    return measured[request.param]


def test_a_reminder(units: dict[str, Units]):
    read, write = units["one single-invoice reminder"]
    sweep, _ = units[f"sweep of a shard with {DUE_AT_ONCE} due"]
    assert read + sweep / DUE_AT_ONCE <= 1.5
    _, event = units["… its event"]
    assert write <= 6
    assert write + event <= 7


def test_a_sweep(units: dict[str, Units]):
    read, write = units[f"sweep of a shard with {DUE_AT_ONCE} due"]
    assert read / DUE_AT_ONCE <= 0.03
    assert write <= 1
    idle_read, idle_write = units["sweep of a shard with nothing due"]
    assert idle_read <= 1.5
    assert idle_write == 0


@pytest.mark.parametrize(
    "use_case", ["ingest one invoice", "ingest with a new customer", "… that has an external id"]
)
def test_an_ingest(units: dict[str, Units], use_case: str):
    """A customer's first invoice brings the reference to them; that by number comes behind."""
    _, write = units[use_case]
    assert write <= 12


def test_a_payment(units: dict[str, Units]):
    _, write = units["record one payment"]
    assert write <= 14


def test_a_payment_that_keeps_a_promise(units: dict[str, Units]):
    _, write = units["record the payment that keeps it"]
    assert write <= 17


def test_nothing_costs_more_because_more_is_stored(measured: dict[int, dict[str, Units]]):
    lists = {each.name for each in ACCESS_PATTERNS if each.name.startswith("ten ")}
    few, many = measured[FEW], measured[STORED]
    assert few.keys() == many.keys()
    for name in few.keys() - lists:  # a list of ten is shorter where less is stored
        assert few[name] == many[name], name


def test_the_page_of_access_patterns_is_current(measured: dict[int, dict[str, Units]]):
    assert PAGE.read_text() == page(measured[STORED]), f"run {COMMAND}"


def test_production_has_the_table_that_tests_have():
    production = json.loads(RESOURCES.read_text())["Resources"]["Ledger"]["Properties"]
    ours = table_definition("ledger")

    def by_name(described: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(described, key=lambda each: each.get("IndexName") or each["AttributeName"])

    assert production["KeySchema"] == ours["KeySchema"]
    for part in ("AttributeDefinitions", "GlobalSecondaryIndexes"):
        assert by_name(production[part]) == by_name(ours[part])
    assert production["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
