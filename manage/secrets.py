"""A stage's secrets in Secrets Manager, as operators change them by commands. None is printed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from chalicelib.domain.errors import DunlinError, InvalidError, NotFoundError
from chalicelib.gateways.aws import Client
from chalicelib.settings import Settings, SettingsError, from_environment
from manage.stage import StageError, take_settings, told_plainly

Secret = dict[str, Any]
Answer = dict[str, object]
Connect = Callable[[str], Client]


def on_stage(stack: str, connect: Connect, act: Callable[[Settings, Client], Answer]) -> int:
    """Act with a stage's settings and Secrets Manager, print what comes of it, return the status.

    What goes wrong is said in words, and the status is 1.
    """
    try:
        with told_plainly():
            take_settings(
                stack, cloudformation=connect("cloudformation"), functions=connect("lambda")
            )
            answer = act(from_environment(os.environ), connect("secretsmanager"))
    except DunlinError as error:
        sys.stderr.write(f"{error.detail}\n")
        return 1
    except (StageError, SettingsError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 0


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
