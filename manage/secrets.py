"""A stage's secrets in Secrets Manager, as operators change them. Nothing here prints one."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.gateways.aws import Client

Secret = dict[str, Any]


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


def write_secret(client: Client, name: str, secret: Secret) -> None:
    """Put a new version of a secret in place of the present one."""
    client().put_secret_value(SecretId=name, SecretString=json.dumps(secret))
