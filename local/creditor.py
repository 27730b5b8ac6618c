"""The sample creditor with its keys, made once and kept in `.local/creditor.json`.

Creating a creditor is no route of the API. It is done with Dunlin's own service, in a process of
its own that has exactly the environment of the deployed functions.
"""

import json
import os
import secrets
import subprocess
import sys
from dataclasses import asdict, dataclass
from typing import Any

from local.api import Api, Refused
from local.layout import REGION, ROOT, STAGE, Layout
from local.stack import Stack, client, read_json

_STRIPE_KEY = "sk_test_dunlin_local"
_AT_ONCE = {
    "name": "At once, any hour",
    "min_gap_days": 0,
    "send_window": None,
    "steps": [{"key": "reminder_first", "offset_days": 1, "do": "email"}],
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who the sample creditor is. `at_once` is a sequence that doesn't wait for office hours."""

    creditor_id: str
    api_key: str
    sandbox_api_key: str
    at_once: str


def ensure_secrets(stack: Stack) -> None:
    """Give the stage the keys that CloudFormation makes up elsewhere, unless it has them."""
    manager = client(stack.layout, "secretsmanager")
    made_up: dict[str, tuple[str, dict[str, object]]] = {
        "link": ("newest", {"older": []}),
        "refused-addresses": ("key", {}),
    }
    for name, (member, others) in made_up.items():
        secret = f"dunlin/{STAGE}/{name}"
        current = manager.get_secret_value(SecretId=secret).get("SecretString", "")
        if f'"{member}"' not in current:
            value = json.dumps({member: secrets.token_urlsafe(48), **others})
            manager.put_secret_value(SecretId=secret, SecretString=value)


def ensure_creditor(stack: Stack, function: str) -> Credentials:
    """The creditor of an earlier run if its key still works, else a new one.

    `function` is any deployed function, for its environment.
    """
    kept = stack.layout.home / "creditor.json"
    content = read_json(kept)
    if content and _works(stack, content["api_key"]):
        return Credentials(**content)
    (stack.layout.home / "sample.json").unlink(missing_ok=True)
    created = _create(stack, function)
    _store_stripe_keys(stack, created["creditor_id"])
    api = Api(stack.layout.api_url, created["api_key"])
    at_once = api.post("/v1/sequences", _AT_ONCE)
    credentials = Credentials(**created, at_once=at_once["id"])
    kept.write_text(json.dumps(asdict(credentials)))
    return credentials


def _works(stack: Stack, key: str) -> bool:
    try:
        Api(stack.layout.api_url, key).get("/v1/customers?limit=1")
    except Refused:
        return False
    return True


def environment_of(layout: Layout, function: str) -> dict[str, str]:
    """The environment in which Dunlin's code works here as in that deployed function."""
    configuration = client(layout, "lambda").get_function_configuration(FunctionName=function)
    return {
        **os.environ,
        **configuration["Environment"]["Variables"],
        "AWS_ENDPOINT_URL": layout.aws_url,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
    }


def _create(stack: Stack, function: str) -> dict[str, Any]:
    made = subprocess.run(
        [sys.executable, "-m", "local.create_creditor"],
        cwd=ROOT,
        env=environment_of(stack.layout, function),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    created: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return created


def _store_stripe_keys(stack: Stack, creditor_id: str) -> None:
    value = {
        # The emulator takes test keys only. Each mode has an account of its own, as at Stripe.
        "api_keys": {"live": f"{_STRIPE_KEY}_live", "test": f"{_STRIPE_KEY}_test"},
        "webhook_secrets": [stack.webhook_secret],
    }
    client(stack.layout, "secretsmanager").create_secret(
        Name=f"dunlin/{STAGE}/stripe/{creditor_id}", SecretString=json.dumps(value)
    )
