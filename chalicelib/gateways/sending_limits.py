"""What SES and SNS take from this account, and how a process keeps to its share of it.

The rate is the account's, divided by how many processes of a channel run at once at most; each of
them spaces its messages by that. Nothing is counted in common, so it costs no call and no write,
and together they never send faster. SES says rate and quota (GetAccount), which is asked once a
minute. SNS says neither: its rate is a setting (docs/adr/0014 has more on what SNS doesn't say).

Time is that of the wall: a monotonic clock stands still while a function is frozen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.quota import Quota
from chalicelib.gateways.aws import Client, client
from chalicelib.gateways.handing_over import USED_UP
from chalicelib.ports.world import Clock

ASKED_EVERY = timedelta(minutes=1)
LONGEST_WAIT = 3.0
"""Seconds that a process waits for its turn. Ten messages of a batch may do so within a minute."""
SLOWED = 1.0
"""Seconds in which a process sends nothing after it was throttled."""
EMAIL = "email"


ASK_SECONDS = 2.0
"""How long SES may take to say what it takes."""


def asking_client() -> Client:
    """Return what makes the client that asks for rate and quota."""
    return client("sesv2", connect_timeout=ASK_SECONDS, read_timeout=ASK_SECONDS)


@dataclass(frozen=True, slots=True)
class _Account:
    """What SES said, and when. `rate` is messages a second, None: not known."""

    asked_at: datetime
    rate: float | None = None
    quota: Quota | None = None


class AccountLimits:
    """The SendingLimits port. `asking` gives the `sesv2` client for `GetAccount`.

    `processes` is how many may send by each channel at once, `sms_rate` messages a second.
    """

    def __init__(
        self,
        asking: Client,
        clock: Clock,
        *,
        processes: Mapping[str, int],
        sms_rate: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = asking
        self._clock = clock
        self._processes = processes
        self._sms_rate = sms_rate
        self._sleep = sleep
        self._account: _Account | None = None
        self._sent = 0
        self._free_at: dict[str, datetime] = {}

    def turn(self, channel: str) -> float:
        if channel not in self._processes:  # a print service says itself when it is too much
            return 0.0
        rate = self._asked().rate if channel == EMAIL else self._sms_rate
        now = self._clock.now()
        wait = (self._free_at.get(channel, now) - now).total_seconds()
        if wait > LONGEST_WAIT:
            return wait
        if wait > 0:
            self._sleep(wait)
        if rate:
            space = timedelta(seconds=self._processes[channel] / rate)
            self._free_at[channel] = max(now, self._free_at.get(channel, now)) + space
        self._sent += channel == EMAIL
        return 0.0

    def quota(self, channel: str) -> Quota | None:
        known = self._asked().quota if channel == EMAIL else None
        return Quota(known.limit, known.left - self._sent) if known else None

    def refused(self, channel: str, reason: str) -> None:
        account = self._account
        if reason == USED_UP and channel == EMAIL and account and account.quota:
            self._sent = account.quota.left
        now = self._clock.now()
        soonest = now + timedelta(seconds=SLOWED)
        self._free_at[channel] = max(soonest, self._free_at.get(channel, now))

    def _asked(self) -> _Account:
        """Return what SES said within the last minute.

        Where it doesn't answer, what it said before counts; where it never did, nothing is held
        back here, and SES itself throttles.
        """
        now, known = self._clock.now(), self._account
        if known and now - known.asked_at < ASKED_EVERY:
            return known
        if (answer := self._ask()) is None:
            rate, quota = (known.rate, known.quota) if known else (None, None)
            self._account = _Account(now, rate, quota)
        else:
            self._account, self._sent = _account(answer, now), 0
        return self._account

    def _ask(self) -> dict[str, Any] | None:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            answer: dict[str, Any] = self._client().get_account()
        except (BotoCoreError, ClientError):
            return None
        return answer


class NoLimits:
    """The SendingLimits port where the provider is a stand-in without any."""

    def turn(self, channel: str) -> float:  # noqa: ARG002 - the port's
        return 0.0

    def quota(self, channel: str) -> Quota | None:  # noqa: ARG002 - the port's
        return None

    def refused(self, channel: str, reason: str) -> None:
        """Take no notice."""


def _account(answer: dict[str, Any], now: datetime) -> _Account:
    """Read SES's answer; -1 says that there is no quota."""
    said = answer.get("SendQuota", {})
    rate, limit = float(said.get("MaxSendRate", 0)), int(said.get("Max24HourSend", -1))
    left = limit - int(said.get("SentLast24Hours", 0))
    return _Account(now, rate if rate > 0 else None, Quota(limit, left) if limit > 0 else None)
