"""`python -m manage.payments`: up to when a creditor's payments are known, and what is in the way.

    python -m manage.payments --stack dunlin-prod show cr_…
    python -m manage.payments --stack dunlin-prod pass cr_… evt_… --mode live --why "its cases wait"
    python -m manage.payments --stack dunlin-prod end cr_… --mode live

`pass` leaves one event of Stripe out of the catch-up: what it says isn't in the books unless it
comes another way. Stripe is asked for the event first: one that it doesn't have, of a type that is
never read, or that both readings are past, is refused. Who did it, as AWS knows them, and why, is
kept beside the mark.

`end` is for a creditor that no longer takes payments online, five minutes after its key was
deleted: what was paid since the mark is never read, and reminders wait no longer. While its secret
has a key of that mode, and where there is no mark to end, it is refused. Where there is a key
again, payments are read from then on.

Prints JSON; what goes wrong is said in words, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable

from chalicelib import bootstrap
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.aws import client
from chalicelib.gateways.secrets import SecretUnreadableError
from chalicelib.handlers.shapes.common import timestamp, timestamp_or_none
from chalicelib.ports.all import Ports
from chalicelib.ports.payment_marks import PaymentMark
from chalicelib.services.steer_catch_up import end_catch_up, pass_event, payment_marks
from manage.command import Answer, CommandError, Connect, on_stage
from manage.stage import operator

MOST_LETTERS = 200


def main(words: list[str], *, connect: Connect = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)

    def act() -> Answer:
        try:
            return run(bootstrap.ports(), arguments, lambda: operator(connect("sts")))
        except SecretUnreadableError as error:
            raise CommandError(f"{error}: correct it first.") from error

    return on_stage(arguments.stack, connect, act)


def run(ports: Ports, arguments: argparse.Namespace, by: Callable[[], str]) -> Answer:
    """Do what one command says, and return what to print. Raises DunlinError.

    `by` says who the operator is.
    """
    creditor = arguments.creditor
    if arguments.command == "show":
        return {mark.tenant.mode.value: _shown(mark) for mark in payment_marks(ports, creditor)}
    tenant = Tenant(creditor, Mode(arguments.mode))
    if arguments.command == "end":
        return {"ended": _shown(end_catch_up(ports, tenant))}
    return _shown(pass_event(ports, tenant, arguments.event, by=by(), why=arguments.why))


def _shown(mark: PaymentMark) -> Answer:
    return {
        "known_until": timestamp_or_none(mark.known_until),
        "read_again_until": timestamp_or_none(mark.read_again_until),
        "passed": [
            {"event": each.event_id, "by": each.by, "why": each.why, "at": timestamp(each.at)}
            for each in mark.passed
        ],
    }


def _event(text: str) -> str:
    if re.fullmatch(r"evt_[A-Za-z0-9_]{1,200}", text):
        return text
    raise argparse.ArgumentTypeError("must be the id of an event of Stripe, evt_…")


def _words(text: str) -> str:
    if 0 < len(text.strip()) <= MOST_LETTERS:
        return text.strip()
    raise argparse.ArgumentTypeError(f"must be said, in {MOST_LETTERS} letters at most")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.payments")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the stage")
    commands = parser.add_subparsers(dest="command", required=True)
    shown = commands.add_parser("show", help="say up to when payments are known, in each mode")
    passed = commands.add_parser(
        "pass", help="leave an event that is in the way out of the catch-up"
    )
    ended = commands.add_parser("end", help="wait for no more payments of a creditor without a key")
    for command in (shown, passed, ended):
        command.add_argument("creditor")
    for command in (passed, ended):
        command.add_argument("--mode", required=True, choices=[each.value for each in Mode])
    passed.add_argument("event", type=_event, help="the event's id, evt_…, as the log says it")
    passed.add_argument("--why", type=_words, required=True)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
