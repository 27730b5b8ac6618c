"""`python -m manage.dead_letters`: what failed for good on a deployed stage, and another try.

    python -m manage.dead_letters --stack dunlin-prod list
    python -m manage.dead_letters --stack dunlin-prod list email
    python -m manage.dead_letters --stack dunlin-prod redrive email

Prints JSON, with ids only. `redrive` may be run again whenever it was interrupted, by two people
at once too: nothing gets lost, and what goes twice has its effect once. It hands each letter over
once, and ends however many of them fail again. Exit status 1: some stayed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial

from chalicelib.gateways.aws import Client, client
from chalicelib.handlers.shapes.common import timestamp
from manage.destinations import ChangesToFunction, ToFunction, ToQueue
from manage.letters import AT_ONCE, Letter, Letters
from manage.stage import StageError, resource, told_plainly

QUEUES = ("sweep", "email", "sms", "letter", "action", "clock", "nightly", "webhook")
FUNCTIONS = {
    "changes": "ProjectChanges",
    "mail-events": "ReceiveEmailEvent",
    "inbound-sms": "ReceiveSms",
}
"""Whose failures have a dead-letter queue without a queue before it."""
NAMES = (*QUEUES, *FUNCTIONS)
ANSWER_SECONDS = 90
"""Longer than either function may run, and shorter than a letter is hidden."""
ONCE = {"total_max_attempts": 1, "mode": "standard"}
"""An answer that doesn't come must not call the function once more."""

Answer = dict[str, object]


@dataclass(frozen=True, slots=True)
class Stage:
    """A deployed stage: the clients to reach it, and `find`, the physical id of a resource."""

    sqs: Client
    functions: Client
    streams: Client
    find: Callable[[str], str]

    def letters(self, name: str) -> Letters:
        """Return the dead letters of a queue or function."""
        return Letters(self.sqs, self.find(f"{_logical(name)}DeadLetters"))

    def destination(self, name: str) -> Callable[[Letter], str | None]:
        """Return where dead letters of that name go back to."""
        if name in QUEUES:
            return ToQueue(self.sqs, self.find(f"{_logical(name)}Queue"))
        function = ToFunction(self.functions, self.find(FUNCTIONS[name]))
        return ChangesToFunction(self.streams, function) if name == "changes" else function


def main(words: list[str], *, connect: Callable[..., Client] = client) -> int:
    """Do what the command line says, and return the exit status."""
    arguments = _parser().parse_args(words)
    find = partial(resource, arguments.stack, cloudformation=connect("cloudformation"))
    functions = connect("lambda", read_timeout=ANSWER_SECONDS, retries=ONCE)
    stage = Stage(connect("sqs"), functions, connect("dynamodbstreams"), find)
    try:
        with told_plainly():
            answer = run(stage, arguments)
    except StageError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 1 if answer.get("stayed") else 0


def run(stage: Stage, arguments: argparse.Namespace) -> Answer:
    """Do what one command says, and return what to print."""
    if arguments.command == "redrive":
        name = arguments.queue
        at_once = AT_ONCE if name in QUEUES else 1  # a function may take a minute for each
        return asdict(stage.letters(name).redrive(stage.destination(name), at_once=at_once))
    names = [arguments.queue] if arguments.queue else NAMES
    return {name: _shown(stage.letters(name)) for name in names}


def _shown(letters: Letters) -> Answer:
    seen = {letter.id: letter for letter in letters.peek()}
    return {
        "waiting": max(letters.waiting(), len(seen)),
        "some": [
            {"message_id": letter.id, "sent_at": timestamp(letter.sent_at), **letter.facts}
            for letter in seen.values()
        ],
    }


def _logical(name: str) -> str:
    """Return what the template's names of a queue's resources begin with."""
    return "".join(word.title() for word in name.split("-"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m manage.dead_letters")
    parser.add_argument("--stack", required=True, help="the CloudFormation stack of the stage")
    commands = parser.add_subparsers(dest="command", required=True)
    shown = commands.add_parser("list", help="say how many there are, and show some by their ids")
    shown.add_argument("queue", nargs="?", choices=NAMES)
    again = commands.add_parser("redrive", help="put all of a queue's back to where they came from")
    again.add_argument("queue", choices=NAMES)
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
