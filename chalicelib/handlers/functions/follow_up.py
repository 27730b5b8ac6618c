"""Worker of the channels' queues: look at one customer's file and do what is due there.

Messages of the action queue may also ask for what personal data need.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.tenant import tenant_of
from chalicelib.handlers.functions import Answer
from chalicelib.handlers.functions.batch import Message, each
from chalicelib.services.do_privacy_work import do_privacy_work
from chalicelib.services.follow_up import follow_up


def handle(event: Mapping[str, Any], channel: str) -> Answer:
    """Follow up every customer of the batch. `channel`: `email`, `sms` or `action`."""
    return each(event, partial(_one, channel=channel))


def _one(message: Message, *, channel: str) -> None:
    if "privacy" in message:
        do_privacy_work(bootstrap.ports(), message)
    else:
        follow_up(bootstrap.ports(), tenant_of(message["tenant"]), message["customer"], channel)
