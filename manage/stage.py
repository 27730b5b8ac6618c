"""Finds what a deployed stage is made of, and takes over its settings, as its API has them.

What keeps an operator from the stage (no region, no credentials, no such stack, a refusal of AWS)
is a StageError, whose message is one line and says what to do where that is known.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)
from pynamodb.exceptions import PynamoDBException

from chalicelib.gateways.aws import Client

API_HANDLER = "APIHandler"
"""What Chalice calls the API's function in the template."""

_NO_CREDENTIALS = (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError)
_NOT_THERE = "ValidationError"
"""What CloudFormation says of a stack, or a resource in it, that doesn't exist."""


class StageError(Exception):
    """The stage can't be reached or refuses; the message says why."""


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn what AWS and its library raise into StageError."""
    try:
        yield
    except NoRegionError:
        raise StageError(
            "There is no AWS region: set AWS_DEFAULT_REGION, or AWS_PROFILE to a profile with one."
        ) from None
    except _NO_CREDENTIALS as error:
        raise StageError(
            f"There are no AWS credentials: set AWS_PROFILE, or log in first. ({error})"
        ) from None
    except ClientError as error:
        fault = error.response["Error"]
        raise StageError(_line(f"AWS: {fault.get('Message', '')} ({fault['Code']})")) from error
    except (BotoCoreError, PynamoDBException) as error:
        raise StageError(_line(str(error))) from error


def resource(stack: str, name: str, *, cloudformation: Client) -> str:
    """Return the physical id of a resource of the stage, by its name in the template.

    Raises StageError if there is no such stack, or it isn't Dunlin's.
    """
    asked = cloudformation()
    try:
        found = asked.describe_stack_resource(StackName=stack, LogicalResourceId=name)
    except ClientError as error:
        if error.response["Error"]["Code"] != _NOT_THERE:
            raise
        raise StageError(
            f"There is no stack {stack} of Dunlin in {asked.meta.region_name}, for this account."
        ) from None
    return str(found["StackResourceDetail"]["PhysicalResourceId"])


def operator(sts: Client) -> str:
    """Return who gives a command, as AWS knows them, for the audit trail.

    Creditors read it in their feeds, and the account's number is none of their business.
    """
    who: str = sts().get_caller_identity()["Arn"]
    return f"operator:{who.rpartition(':')[2]}"


def take_settings(stack: str, *, cloudformation: Client, functions: Client) -> None:
    """Put the `DUNLIN_*` variables of the stack's API into this process's environment.

    Raises StageError if there is no such stack, or it isn't Dunlin's.
    """
    name = resource(stack, API_HANDLER, cloudformation=cloudformation)
    configuration = functions().get_function_configuration(FunctionName=name)
    variables: dict[str, str] = configuration["Environment"]["Variables"]
    os.environ.update(
        {each: value for each, value in variables.items() if each.startswith("DUNLIN_")}
    )


def _line(text: str) -> str:
    return " ".join(text.split())
