"""What a stage may set: everything comes from `DUNLIN_*` variables, read once and checked whole.

Nothing is read at import. Every wrong value is named in one error, so that a deployment is put
right in one go. AWS's own variables (`AWS_REGION`, `AWS_ENDPOINT_URL`) are left to boto3.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

QUEUES = ("sweep", "email", "sms", "letter", "action", "clock", "nightly", "webhook")
"""Short names of the queues between functions."""

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOOPBACK = {"127.0.0.1", "localhost"}
TEST_MODE_DELIVERY = ("send", "capture")
WEBHOOK_TARGETS = ("public", "loopback")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """One stage's settings.

    `queue_urls` are by short name. `portal_url` is where customers' pages live (without a slash
    at the end); None: the address under which the API is being called. `secrets_prefix` begins the
    names in Secrets Manager. `documents_bucket` keeps letters. `stripe_api_base` replaces Stripe's
    address, for the emulator.
    `traces` says whether X-Ray sees the calls to AWS. `link_max_age_days` is how long a link in a
    message opens its page. `requests_per_minute` is what each API key may ask for.
    `sending_limits` says whether the limits of the account at SES and SNS count (its stand-ins have
    none), `sms_per_second` what SNS takes: unlike SES it doesn't say. `email_senders` and
    `sms_senders` are how many processes of a channel's function run at once at most (its
    MaximumConcurrency): they share the account's rate. `calls_loopback` lets webhook endpoints be
    on this machine, by http too: the embedded stack's are.
    """

    stage: str
    table: str
    queue_urls: Mapping[str, str]
    configuration_set: str
    secrets_prefix: str
    documents_bucket: str
    portal_url: str | None = None
    stripe_api_base: str | None = None
    shards: int = 8
    delivers_test_mode: bool = False
    traces: bool = False
    link_max_age_days: int = 400
    requests_per_minute: int = 6000
    sending_limits: bool = True
    sms_per_second: int = 20
    email_senders: int = 10
    sms_senders: int = 5
    calls_loopback: bool = False
    log_level: str = "INFO"


class SettingsError(Exception):
    """The environment is incomplete or wrong; the message names every variable and its fault."""


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings of a stage. Empty variables count as absent. Raises SettingsError."""
    read = _Reader(environment)
    settings = Settings(
        stage=read("STAGE", _stage, ""),
        table=read("TABLE", _name, ""),
        queue_urls={queue: read(f"{queue.upper()}_QUEUE_URL", _url, "") for queue in QUEUES},
        configuration_set=read("SES_CONFIGURATION_SET", _name, ""),
        secrets_prefix=read("SECRETS_PREFIX", _name, ""),
        documents_bucket=read("DOCUMENTS_BUCKET", _name, ""),
        portal_url=read("PORTAL_URL", _url, None, required=False),
        stripe_api_base=read("STRIPE_API_BASE", _url, None, required=False),
        shards=read("SHARDS", _between(1, 256), 8, required=False),
        delivers_test_mode=read("TEST_MODE_DELIVERY", _delivery, default=False, required=False),
        traces=read("TRACE", _switch, default=False, required=False),
        link_max_age_days=read("LINK_MAX_AGE_DAYS", _between(1, 3650), 400, required=False),
        requests_per_minute=read(
            "REQUESTS_PER_MINUTE", _between(1, 1_000_000), 6000, required=False
        ),
        sending_limits=read("SENDING_LIMITS", _limits, default=True, required=False),
        email_senders=read("EMAIL_SENDERS", _between(2, 1000), 10, required=False),
        sms_senders=read("SMS_SENDERS", _between(2, 1000), 5, required=False),
        sms_per_second=read("SMS_PER_SECOND", _between(1, 10_000), 20, required=False),
        calls_loopback=read("WEBHOOK_TARGETS", _targets, default=False, required=False),
        log_level=read("LOG_LEVEL", _one_of(LOG_LEVELS), "INFO", required=False),
    )
    read.finish()
    return settings


class _Reader:
    """Reads variables one by one, and collects what is wrong with them."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._faults: list[str] = []

    def __call__(
        self, name: str, parse: Callable[[str], T], default: T, *, required: bool = True
    ) -> T:
        variable = f"DUNLIN_{name}"
        text = self._environment.get(variable, "").strip()
        if not text:
            if required:
                self._faults.append(f"{variable} is missing")
            return default
        try:
            return parse(text)
        except ValueError as error:
            self._faults.append(f"{variable} {error}")
            return default

    def finish(self) -> None:
        if self._faults:
            raise SettingsError("; ".join(self._faults))


def _stage(text: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,19}", text):
        raise ValueError("must be lower-case letters, digits and hyphens")
    return text


def _name(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_./+=@:-]{1,256}", text):
        raise ValueError("is no name of a resource")
    return text


def _url(text: str) -> str:
    parts = urlsplit(text)
    secure = parts.scheme == "https" or (parts.scheme == "http" and _is_local(parts.hostname))
    if not (secure and parts.hostname) or parts.query or parts.fragment or parts.username:
        raise ValueError("must be an https address without query (http on this machine only)")
    return text.rstrip("/")


def _is_local(host: str | None) -> bool:
    return host is not None and (host in LOOPBACK or host.endswith(".localhost"))


def _between(least: int, most: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}")
        return int(text)

    return parse


def _one_of(allowed: tuple[str, ...]) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return text

    return parse


def _switch(text: str) -> bool:
    return _one_of(("on", "off"))(text) == "on"


def _delivery(text: str) -> bool:
    return _one_of(TEST_MODE_DELIVERY)(text) == "send"


def _targets(text: str) -> bool:
    return _one_of(WEBHOOK_TARGETS)(text) == "loopback"


def _limits(text: str) -> bool:
    return _one_of(("account", "none"))(text) == "account"
