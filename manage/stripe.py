"""`python -m manage.stripe`: a creditor's keys at Stripe, and the secrets of its webhooks.

    python -m manage.stripe --stack dunlin-prod set-key cr_… --mode live
    python -m manage.stripe --stack dunlin-prod list-secrets cr_…
    python -m manage.stripe --stack dunlin-prod add-secret cr_…
    python -m manage.stripe --stack dunlin-prod remove-secret cr_… --last4 ABCD

Each mode has one API key, which a new one replaces. Any of the webhook secrets will do, so a new
one is added before Stripe signs with it, and the old one removed afterwards. Both are read from
standard input, where neither the shell's history nor the list of processes sees them, and are known
everywhere after five minutes; none is printed.
"""

from __future__ import annotations

import argparse
import getpass
import re
import sys

from chalicelib.domain import ids
from chalicelib.domain.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.aws import Client, client
from chalicelib.settings import Settings
from manage.command import Answer, Connect
from manage.secrets import Secret, create_secret, read_secret, with_secrets, write_secret

MEMBER = "webhook_secrets"
MOST = 5
"""More than a rotation needs: each one is tried on every forged webhook."""
API_KEYS = "api_keys"
_CREDITOR = re.compile(rf"cr_[{ids.ALPHABET}]{{{ids.PART}}}")


def set_key(manager: Client, name: str, mode: Mode, key: str, *, encrypted_with: str) -> Answer:
    """Put an API key of Stripe in place of that mode's; make the secret where there is none yet.

    Raises InvalidError for what is no secret or restricted key of that mode.
    """
    start = f"rk_{mode}_" if key.startswith("rk_") else f"sk_{mode}_"
    if not key.startswith(start):
        raise InvalidError(f"Stripe's key for it begins with sk_{mode}_ or rk_{mode}_.")
    if not re.fullmatch(r"[A-Za-z0-9_]{16,255}", rest := key.removeprefix(start)):
        raise InvalidError(_not_whole(start, "16 to 255 letters, digits and underscores", rest))
    try:
        stored = read_secret(manager, name)
    except NotFoundError:
        made: Secret = {API_KEYS: {mode.value: key}, MEMBER: []}
        create_secret(manager, name, made, key=encrypted_with)
        return _shown_keys(made)
    changed = {**stored, API_KEYS: {**(stored.get(API_KEYS) or {}), mode.value: key}}
    write_secret(manager, name, changed)
    return _shown_keys(changed)


def add_secret(manager: Client, name: str, secret: str) -> Answer:
    """Add a webhook secret; one that is there already stays as it is.

    Raises NotFoundError, InvalidError, ConflictError.
    """
    start = "whsec_"
    if not secret.startswith(start):
        raise InvalidError(f"A webhook secret of Stripe begins with {start}.")
    if not re.fullmatch(r"[A-Za-z0-9+/=_-]{16,200}", rest := secret.removeprefix(start)):
        raise InvalidError(_not_whole(start, "16 to 200 letters, digits and signs of +/=_-", rest))
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
            case "set-key":
                mode, encrypted_with = Mode(arguments.mode), f"alias/dunlin-{settings.stage}"
                key = _asked_for(f"API key (sk_{mode}_… or rk_{mode}_…)")
                return set_key(manager, name, mode, key, encrypted_with=encrypted_with)
            case "add-secret":
                return add_secret(manager, name, _asked_for("Webhook secret (whsec_…)"))
            case "remove-secret":
                return remove_secret(manager, name, arguments.last4)
            case _:
                return list_secrets(manager, name)

    return with_secrets(arguments.stack, connect, act)


def _asked_for(what: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"{what}: ").strip()
    return sys.stdin.readline().strip()


def _not_whole(start: str, what: str, rest: str) -> str:
    return (
        f"After {start} Stripe puts {what}, and nothing else; here {len(rest)} characters follow."
    )


def _shown(present: list[str]) -> Answer:
    return {MEMBER: [f"whsec_…{each[-4:]}" for each in present]}


def _shown_keys(secret: Secret) -> Answer:
    return {
        API_KEYS: {mode: f"{key[:8]}…{key[-4:]}" for mode, key in secret[API_KEYS].items()},
        **_shown(secret.get(MEMBER, [])),
    }


def _creditor(text: str) -> str:
    if _CREDITOR.fullmatch(text):
        return text
    raise argparse.ArgumentTypeError(
        "must be a creditor's id, as `manage.creditors create` says it"
    )


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
    put = commands.add_parser("set-key", help="put an API key in place, read from standard input")
    put.add_argument("--mode", required=True, choices=[each.value for each in Mode])
    for command in (told, added, removed, put):
        command.add_argument("creditor", type=_creditor)
    removed.add_argument("--last4", type=_last4, required=True, help="how the secret ends")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
