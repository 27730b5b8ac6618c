"""Worker of the channels' queues: look at one customer's file and do what is due there.

Messages of the action queue may also ask for what personal data need.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib import bootstrap
from chalicelib.handlers.functions import Answer
from chalicelib.handlers.functions.batch import Message, each_try
from chalicelib.observability import count_for_alarm
from chalicelib.services.work_off import NotTaken, work_off

PUT_OFF = "MessagePutOff"
REFUSED = "MessageRefused"


def handle(event: Mapping[str, Any], channel: str) -> Answer:
    """Follow up every customer of the batch. `channel`: `email`, `sms` or `action`."""

    def one(message: Message, tries: int) -> None:
        match work_off(bootstrap.ports(), message, channel, tries):
            case NotTaken.PRESSURE:
                count_for_alarm(PUT_OFF, stage=bootstrap.settings().stage, channel=channel)
            case NotTaken.REFUSED:
                count_for_alarm(REFUSED, stage=bootstrap.settings().stage)

    return each_try(event, one)
