"""What tests may use: the AWS of moto in this process, the table in it, and one embedded stack."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.storage.definition import table_definition
from tests.environment import pretend_aws
from tests.stack import running

__all__ = ["aws", "dynamodb", "new_table", "running"]

TAKE_MINUTES = ("tests/simulation/test_guards.py", "tests/simulation/test_simulation.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take minutes: in the end one process would wait for the other."""
    items.sort(key=lambda item: not item.nodeid.startswith(TAKE_MINUTES))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let the collector of garbage leave alone what stays to the end, and come more seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """Put moto in place of AWS for a module's tests, whatever the environment says."""
    with pytest.MonkeyPatch.context() as environment:
        pretend_aws(environment)
        with mock_aws():
            yield


@pytest.fixture(scope="module")
def dynamodb(aws: None) -> Any:
    """Return a plain client of moto's DynamoDB."""
    return boto3.client("dynamodb")


@pytest.fixture(scope="module")
def new_table(dynamodb: Any):
    """Return a function that makes a table, given its name."""

    def create(name: str) -> str:
        dynamodb.create_table(**table_definition(name))
        return name

    return create
