"""A stage's secrets in Secrets Manager, as operators change them by commands. None is printed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from typing import Any

from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.gateways.aws import Client
from chalicelib.settings import Settings, from_environment
from manage.command import Answer, Connect, on_stage

Secret = dict[str, Any]


def with_secrets(stack: str, connect: Connect, act: Callable[[Settings, Client], Answer]) -> int:
    """Act with a stage's settings and Secrets Manager, as `on_stage` does."""
    return on_stage(
        stack, connect, lambda: act(from_environment(os.environ), connect("secretsmanager"))
    )


def read_secret(client: Client, name: str) -> Secret:
    """Return a secret. Raises NotFoundError, and InvalidError for what is no JSON object."""
    manager = client()
    try:
        text = manager.get_secret_value(SecretId=name)["SecretString"]
    except manager.exceptions.ResourceNotFoundException:
        raise NotFoundError(f"There is no secret {name}.") from None
    try:
        secret = json.loads(text)
    except ValueError:
        secret = None
    if not isinstance(secret, dict):
        raise InvalidError(f"{name} is no JSON object.")
    return secret


def create_secret(client: Client, name: str, secret: Secret, *, key: str) -> None:
    """Make a secret that isn't there yet, encrypted with that KMS key."""
    client().create_secret(Name=name, SecretString=json.dumps(secret), KmsKeyId=key)


def write_secret(client: Client, name: str, secret: Secret) -> None:
    """Put a new version of a secret in place of the present one."""
    client().put_secret_value(SecretId=name, SecretString=json.dumps(secret))
