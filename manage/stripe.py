"""`python -m manage.stripe`: the secrets by which a creditor's webhooks are known to be Stripe's.

    python -m manage.stripe --stack dunlin-prod list-secrets cr_…
    python -m manage.stripe --stack dunlin-prod add-secret cr_…
    python -m manage.stripe --stack dunlin-prod remove-secret cr_… --last4 ABCD

Any of a creditor's secrets will do, so a new one is added before Stripe signs with it, and the old
one removed afterwards. A new one is read from standard input, where neither the shell's history nor
the list of processes sees it, and is known everywhere after five minutes; no secret is printed.
"""

from __future__ import annotations

import argparse
import getpass
import re
import sys

from chalicelib.domain.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.gateways.aws import Client, client
from chalicelib.settings import Settings
from manage.secrets import Answer, Connect, on_stage, read_secret, write_secret

MEMBER = "webhook_secrets"
MOST = 5
"""More than a rotation needs: each one is tried on every forged webhook."""
_SHAPE = re.compile(r"whsec_[A-Za-z0-9+/=_-]{16,200}")


def add_secret(manager: Client, name: str, secret: str) -> Answer:
    """Add a webhook secret; one that is there already stays as it is.

    Raises NotFoundError, InvalidError, ConflictError.
    """
    if not _SHAPE.fullmatch(secret):
        raise InvalidError("A webhook secret of Stripe begins with whsec_.")
    stored = read_secret(manager, name)
    present = list(stored.get(MEMBER, []))
    if secret not in present:
        if len(present) >= MOST:
            raise ConflictError(f"There are {MOST} secrets; remove one first.")
        present.append(secret)
        write_secret(manager, name, {**stored, MEMBER: present})
    return _shown(present)


def remove_secret(manager: Client, name: str, last4: str) -> Answer:
    """Remove the webhook secret that ends so. Raises NotFoundError, ConflictError."""
    stored = read_secret(manager, name)
    present = list(stored.get(MEMBER, []))
    meant = [each for each in present if each.endswith(last4)]
    if not meant:
        raise NotFoundError(f"No webhook secret ends in {last4}.")
    if len(meant) > 1:
        raise ConflictError(f"{len(meant)} webhook secrets end in {last4}.")
    if len(present) == 1:
        raise ConflictError("It is the only one: without it every webhook would be refused.")
    left = [each for each in present if each not in meant]
    write_secret(manager, name, {**stored, MEMBER: left})
    return _shown(left)


def list_secrets(manager: Client, name: str) -> Answer:
    """Say how a creditor's webhook secrets end. Raises NotFoundError."""
    return _shown(read_secret(manager, name).get(MEMBER, []))


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def act(settings: Settings, manager: Client) -> Answer:
        name = f"{settings.secrets_prefix}stripe/{arguments.creditor}"
        match arguments.command:
            case "add-secret":
                return add_secret(manager, name, _asked_for())
            case "remove-secret":
                return remove_secret(manager, name, arguments.last4)
            case _:
                return list_secrets(manager, name)

    return on_stage(arguments.stack, connect, act)


def _asked_for() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Webhook secret (whsec_…): ").strip()
    return sys.stdin.readline().strip()


def _shown(present: list[str]) -> Answer:
    return {MEMBER: [f"whsec_…{each[-4:]}" for each in present]}


def _last4(text: str) -> str:
    if re.fullmatch(r"\S{4,}", text):
        return text
    raise argparse.ArgumentTypeError("must be the last four letters, or more")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.stripe")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the stage")
    commands = parser.add_subparsers(dest="command", required=True)
    told = commands.add_parser("list-secrets", help="say how the webhook secrets end")
    added = commands.add_parser("add-secret", help="add a webhook secret, read from standard input")
    removed = commands.add_parser("remove-secret", help="remove a webhook secret")
    for command in (told, added, removed):
        command.add_argument("creditor")
    removed.add_argument("--last4", type=_last4, required=True, help="how the secret ends")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
