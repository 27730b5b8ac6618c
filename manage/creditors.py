"""`python -m manage.creditors`: creates a deployed stage's creditors and issues their API keys.

    python -m manage.creditors --stack dunlin-prod create creditor.json
    python -m manage.creditors --stack dunlin-prod issue-key cr_… --mode live --scope write

Prints JSON. A key is shown this once: only its hash is stored.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from chalicelib import bootstrap
from chalicelib.domain.access import AccessScope
from chalicelib.domain.errors import DunlinError, NotFoundError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.aws import client
from chalicelib.handlers.documents import read_json
from chalicelib.handlers.validation import validate
from chalicelib.ports.all import Ports
from chalicelib.services.create_creditor import create_creditor, issue_api_key
from manage.bodies import CreditorBody
from manage.stage import take_settings


def main(words: list[str]) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)
    take_settings(
        arguments.stack, cloudformation=client("cloudformation"), functions=client("lambda")
    )
    try:
        answer = run(bootstrap.ports(), arguments)
    except DunlinError as error:
        faults = "".join(f"\n  {field.pointer} {field.detail}" for field in error.fields)
        sys.stderr.write(f"{error.detail}{faults}\n")
        return 1
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 0


def run(ports: Ports, arguments: argparse.Namespace) -> dict[str, str]:
    """Create a creditor or issue a key, and return what to print. Raises DunlinError."""
    if arguments.command == "create":
        return _create(ports, arguments.file)
    return _issue(ports, arguments.creditor, Mode(arguments.mode), AccessScope(arguments.scope))


def _create(ports: Ports, file: Path) -> dict[str, str]:
    body = validate(CreditorBody, read_json(file.read_bytes()))
    created = create_creditor(ports, body.creditor(ports))
    return {
        "creditor": created.creditor.id,
        "live_key": created.live_key,
        "test_key": created.test_key,
    }


def _issue(ports: Ports, creditor_id: str, mode: Mode, scope: AccessScope) -> dict[str, str]:
    if ports.configuration.creditor(creditor_id) is None:
        raise NotFoundError(f"There is no creditor {creditor_id}.")
    return {"key": issue_api_key(ports, Tenant(creditor_id, mode), [scope])}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.creditors")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the stage")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="create a creditor with an admin key per mode")
    create.add_argument("file", type=Path, help="the creditor as JSON")
    issue = commands.add_parser("issue-key", help="issue one more API key")
    issue.add_argument("creditor")
    issue.add_argument("--mode", required=True, choices=[each.value for each in Mode])
    issue.add_argument("--scope", required=True, choices=[each.value for each in AccessScope])
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
