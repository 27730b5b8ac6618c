"""What every command of an operator does: take the stage's settings over, act, and print JSON.

What goes wrong is said in words on standard error, and the exit status is 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

from chalicelib.domain.errors import DunlinError
from chalicelib.gateways.aws import Client
from chalicelib.settings import SettingsError
from manage.stage import StageError, take_settings, told_plainly

Answer = dict[str, object]
Connect = Callable[[str], Client]


class CommandError(Exception):
    """The command can't be carried out; the message says why, and what to do."""


def on_stage(stack: str, connect: Connect, act: Callable[[], Answer]) -> int:
    """Act with a deployed stage's settings, print what comes of it, and return the exit status.

    `act` may raise DunlinError, SettingsError, StageError and CommandError; its answer is complete
    unless it says `"complete": False`.
    """

    def settled() -> Answer:
        take_settings(stack, cloudformation=connect("cloudformation"), functions=connect("lambda"))
        return act()

    return printed(settled)


def printed(act: Callable[[], Answer]) -> int:
    """Act, print what comes of it, and return the exit status; `act` may raise as in `on_stage`."""
    try:
        with told_plainly():
            answer = act()
    except DunlinError as error:
        faults = "".join(f"\n  {field.pointer} {field.detail}" for field in error.fields)
        return _refused(f"{error.detail}{faults}")
    except (StageError, SettingsError, CommandError) as error:
        return _refused(str(error))
    sys.stdout.write(json.dumps(answer, indent=2) + "\n")
    return 0 if answer.get("complete", True) else 1


def _refused(why: str) -> int:
    sys.stderr.write(f"{why}\n")
    return 1
