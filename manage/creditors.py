"""`python -m manage.creditors`: a deployed stage's creditors and their API keys.

    python -m manage.creditors --stack dunlin-prod create creditor.json
    python -m manage.creditors --stack dunlin-prod update cr_… creditor.json
    python -m manage.creditors --stack dunlin-prod issue-key cr_… --mode live --scope write
    python -m manage.creditors --stack dunlin-prod issue-key cr_… --mode live --scope read --days 90
    python -m manage.creditors --stack dunlin-prod rotate-key cr_… ak_… --overlap-days 7
    python -m manage.creditors --stack dunlin-prod list-keys cr_…
    python -m manage.creditors --stack dunlin-prod revoke-key cr_… ak_…

Prints JSON. A key is shown once, when it is issued: only its hash is stored. With it stands its id,
which `rotate-key` and `revoke-key` take. A revoked or expired key opens nothing from then on; a
rotated one goes on for the overlap, beside the new one. Its last use is known to the hour. What
`update` changes is seen everywhere within a minute. The creditor's audit trail names whoever gave a
command that changes something, as AWS knows them. What goes wrong is said in words, and the exit
status is 1.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta
from pathlib import Path

from chalicelib import bootstrap
from chalicelib.domain.access import AccessScope, ApiKey, digest
from chalicelib.domain.customer import Change
from chalicelib.domain.errors import InvalidError, NotFoundError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.aws import client
from chalicelib.handlers.documents import read_json
from chalicelib.handlers.shapes.common import timestamp, timestamp_or_none
from chalicelib.handlers.validation import validate
from chalicelib.ports.all import Ports
from chalicelib.services.common import load_creditor
from chalicelib.services.create_creditor import create_creditor, new_creditor_id
from chalicelib.services.issue_api_key import issue_api_key, rotate_api_key
from chalicelib.services.list_api_keys import list_api_keys
from chalicelib.services.revoke_api_key import revoke_api_key
from chalicelib.services.update_creditor import update_creditor
from manage.bodies import CreditorBody
from manage.command import Answer, Connect, on_stage
from manage.stage import operator

OVERLAP_DAYS = 7
MOST_DAYS = 3650


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def act() -> Answer:
        return run(bootstrap.ports(), arguments, _change(arguments.command, connect))

    return on_stage(arguments.stack, connect, act)


def _change(command: str, connect: Connect) -> Change:
    return Change(by=operator(connect("sts")), why=f"manage.creditors {command}")


def run(ports: Ports, arguments: argparse.Namespace, change: Change) -> Answer:
    """Do what one command says, and return what to print. Raises DunlinError.

    `change` is what the audit trail says of it: by whom and why.
    """
    match arguments.command:
        case "create":
            return _create(ports, arguments.file, change)
        case "update":
            return _update(ports, arguments.creditor, arguments.file, change)
        case "list-keys":
            return {"keys": [_shown(key) for key in list_api_keys(ports, arguments.creditor)]}
        case "rotate-key":
            return _rotate(ports, arguments, change)
        case "revoke-key":
            return _shown(revoke_api_key(ports, arguments.creditor, arguments.key, change))
        case _:
            return _issue(ports, arguments, change)


def _create(ports: Ports, file: Path, change: Change) -> Answer:
    created = create_creditor(ports, _body(file).creditor(new_creditor_id(ports)), change)
    return {
        "creditor": created.creditor.id,
        "live_key": created.live_key,
        "test_key": created.test_key,
    }


def _update(ports: Ports, creditor_id: str, file: Path, change: Change) -> Answer:
    return {"creditor": update_creditor(ports, _body(file).creditor(creditor_id), change).id}


def _issue(ports: Ports, arguments: argparse.Namespace, change: Change) -> Answer:
    tenant = Tenant(load_creditor(ports, arguments.creditor).id, Mode(arguments.mode))
    lives = _days(arguments.days)
    expires_at = ports.clock.now() + lives if lives else None
    scopes = [AccessScope(arguments.scope)]
    key = issue_api_key(ports, tenant, scopes, expires_at=expires_at, change=change)
    stored = ports.configuration.api_key(tenant, digest(key))
    if stored is None:
        raise NotFoundError("The key was revoked while it was being issued.")
    return {"id": stored.id, "key": key}


def _rotate(ports: Ports, arguments: argparse.Namespace, change: Change) -> Answer:
    rotated = rotate_api_key(
        ports,
        arguments.creditor,
        arguments.key,
        overlap=timedelta(days=arguments.overlap_days),
        lives=_days(arguments.days),
        change=change,
    )
    return {"id": rotated.old.replaced_by, "key": rotated.key, "old": _shown(rotated.old)}


def _days(days: int | None) -> timedelta | None:
    return timedelta(days=days) if days else None


def _count(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= MOST_DAYS:
        return int(text)
    raise argparse.ArgumentTypeError(f"must be a whole number from 1 to {MOST_DAYS}")


def _body(file: Path) -> CreditorBody:
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidError(f"{file}: {error.strerror}") from None
    return validate(CreditorBody, read_json(content))


def _shown(key: ApiKey) -> Answer:
    return {
        "id": key.id,
        "mode": key.tenant.mode.value,
        "scopes": sorted(key.scopes),
        "last4": key.last4,
        "created_at": timestamp(key.created_at),
        "expires_at": timestamp_or_none(key.expires_at),
        "revoked_at": timestamp_or_none(key.revoked_at),
        "replaced_by": key.replaced_by,
        "last_used_at": timestamp_or_none(key.last_used_at),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.creditors")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the stage")
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="create a creditor with an admin key per mode")
    create.add_argument("file", type=Path, help="the creditor as JSON")
    update = commands.add_parser("update", help="replace what a creditor says of itself")
    update.add_argument("creditor")
    update.add_argument("file", type=Path, help="the whole creditor as JSON; what is left out ends")
    issue = commands.add_parser("issue-key", help="issue one more API key")
    issue.add_argument("creditor")
    issue.add_argument("--mode", required=True, choices=[each.value for each in Mode])
    issue.add_argument("--scope", required=True, choices=[each.value for each in AccessScope])
    _expires(issue)
    rotate = commands.add_parser(
        "rotate-key", help="issue a key in place of another, which goes on for the overlap"
    )
    rotate.add_argument("creditor")
    rotate.add_argument("key", help="the old key's id, ak_…, as list-keys says it")
    rotate.add_argument("--overlap-days", type=_count, default=OVERLAP_DAYS)
    _expires(rotate)
    keys = commands.add_parser(
        "list-keys", help="list a creditor's API keys, by their last letters"
    )
    keys.add_argument("creditor")
    revoke = commands.add_parser("revoke-key", help="let an API key open nothing from now on")
    revoke.add_argument("creditor")
    revoke.add_argument("key", help="the key's id, ak_…, as list-keys says it")
    return parser


def _expires(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--days", type=_count, help="how long the new key opens; left out: as the old one, or ever"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
