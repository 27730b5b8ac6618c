"""`python -m manage.links`: the key that signs the links in messages.

    python -m manage.links --stack dunlin-prod rotate
    python -m manage.links --stack dunlin-prod rotate --leaked
    python -m manage.links --stack dunlin-prod show

`rotate` first lets every process know the new key, for six minutes, and only then lets it sign: a
link mustn't be opened by a process that doesn't know its key yet. The old key goes on opening links
for as long as a link may (`DUNLIN_LINK_MAX_AGE_DAYS`); keys whose links are all too old are
dropped, so no more are kept than were put in place within that time. `--leaked` waits for nothing
and drops every other key: whoever had the key can sign no more, and no link sent so far opens.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.domain.errors import ConflictError, InvalidError
from chalicelib.gateways.aws import Client, client
from chalicelib.gateways.clock import WallClock
from chalicelib.gateways.secrets import KEPT_FOR
from chalicelib.handlers.shapes.common import timestamp
from chalicelib.ports.world import Clock
from chalicelib.settings import Settings
from manage.command import Answer, Connect
from manage.secrets import Secret, read_secret, with_secrets, write_secret

UNTIL_KNOWN = KEPT_FOR.total_seconds() + 60
"""Seconds after which every process has read the secret anew, slow clocks included."""
KEY_BYTES = 48


@dataclass(frozen=True, slots=True)
class Stage:
    """What a rotation needs to know: where the secret is, how old links get, and how to wait."""

    client: Client
    name: str
    max_age: timedelta
    clock: Clock
    wait: Callable[[float], None] = time.sleep


def rotate(stage: Stage, *, leaked: bool = False) -> Answer:
    """Put a new key in place, and say what was kept.

    Raises NotFoundError, InvalidError, and ConflictError where the new key was taken out again
    while it was to become known: it may have leaked with the others, so it never signs.
    """
    key = secrets.token_urlsafe(KEY_BYTES)
    found = read_secret(stage.client, stage.name)
    _newest(found)
    if leaked:
        write_secret(stage.client, stage.name, {"newest": key, "older": []})
        return show(stage)
    write_secret(stage.client, stage.name, _with(found, key, stage))
    stage.wait(UNTIL_KNOWN)
    known = read_secret(stage.client, stage.name)
    if key not in [each["key"] for each in _dated(known, stage)]:
        raise ConflictError("Another rotation dropped the new key meanwhile; nothing was changed.")
    kept = _with(known, _newest(known), stage)["older"]
    older = [each for each in kept if each["key"] != key]
    write_secret(stage.client, stage.name, {**known, "newest": key, "older": older})
    return show(stage)


def show(stage: Stage) -> Answer:
    """Say until when the older keys open links, oldest first; never the keys."""
    found = read_secret(stage.client, stage.name)
    older = [
        each.get("opens_until") if isinstance(each, dict) else None
        for each in found.get("older", [])
    ]
    return {"older_open_until": older}


def _with(secret: Secret, key: str, stage: Stage) -> Secret:
    """Return the secret with one more key, which opens and doesn't sign, and no outdated ones."""
    now = stage.clock.now()
    older = _dated(secret, stage)
    kept = [each for each in older if datetime.fromisoformat(each["opens_until"]) > now]
    return {**secret, "older": [*kept, {"key": key, "opens_until": _last(stage)}]}


def _dated(secret: Secret, stage: Stage) -> list[dict[str, str]]:
    """Return the older keys, each with its end. One of an unknown age counts from now on."""
    found = [each if isinstance(each, dict) else {"key": each} for each in secret.get("older", [])]
    return [{"opens_until": _last(stage), **each} for each in found]


def _last(stage: Stage) -> str:
    """Return until when links open that are still signed for as long as it takes to be known."""
    return timestamp(stage.clock.now() + stage.max_age + timedelta(seconds=UNTIL_KNOWN))


def _newest(secret: Secret) -> str:
    newest = secret.get("newest")
    if not isinstance(newest, str) or not newest:
        raise InvalidError("The secret holds no newest key.")
    return newest


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def act(settings: Settings, manager: Client) -> Answer:
        name, max_age = f"{settings.secrets_prefix}link", timedelta(settings.link_max_age_days)
        stage = Stage(manager, name, max_age, WallClock())
        if arguments.command == "rotate":
            return rotate(stage, leaked=arguments.leaked)
        return show(stage)

    return with_secrets(arguments.stack, connect, act)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.links")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the stage")
    commands = parser.add_subparsers(dest="command", required=True)
    turn = commands.add_parser("rotate", help="put a new signing key in place; takes six minutes")
    turn.add_argument(
        "--leaked", action="store_true", help="at once, and let no link sent so far open"
    )
    commands.add_parser("show", help="say until when older keys open links")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
