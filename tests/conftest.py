"""What tests may use: the AWS of moto in this process, the table in it, and one embedded stack."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.storage.definition import table_definition
from tests.stack import running

__all__ = ["aws", "dynamodb", "new_table", "running"]

REGION = "eu-central-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[None]:
    """Put moto in place of AWS for a module's tests, whatever the environment says."""
    with pytest.MonkeyPatch.context() as environment:
        for name in ("AWS_ENDPOINT_URL", "AWS_PROFILE", "AWS_SESSION_TOKEN"):
            environment.delenv(name, raising=False)
        environment.setenv("AWS_DEFAULT_REGION", REGION)
        environment.setenv("AWS_ACCESS_KEY_ID", "testing")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "testing")
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
