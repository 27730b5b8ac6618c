"""The one place where adapters meet ports.

Nothing is built before it is used: each port makes its adapter at its first call, so a function
loads what it needs (the sweep no templates). Tests replace the whole bundle with `use`.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from chalicelib.observability import logger, trace
from chalicelib.ports.all import Ports
from chalicelib.ports.lazy import lazily
from chalicelib.settings import Settings, SettingsError, from_environment

if TYPE_CHECKING:
    from chalicelib.gateways.email import SesEmailGateway
    from chalicelib.gateways.fingerprints import KeyedFingerprints
    from chalicelib.gateways.links import SignedLinks
    from chalicelib.gateways.queues import SqsQueues
    from chalicelib.gateways.secrets import SecretStore
    from chalicelib.gateways.sending_limits import AccountLimits, NoLimits
    from chalicelib.gateways.sms import SnsSmsGateway
    from chalicelib.gateways.stripe_payments import StripePayments
    from chalicelib.gateways.webhook_secrets import DerivedSecrets
    from chalicelib.gateways.webhooks import HttpWebhooks
    from chalicelib.rendering.renderer import Renderer
    from chalicelib.storage.configuration import TableConfiguration
    from chalicelib.storage.due_index import TableDueIndex
    from chalicelib.storage.ledger import TableLedger
    from chalicelib.storage.payment_marks import TablePaymentMarks
    from chalicelib.storage.table import Table
    from chalicelib.storage.throttle import TableThrottle
    from chalicelib.storage.webhooks import TableWebhookEndpoints

ASK_SECONDS = 2.0
"""How long SES may take to say what it takes."""

_replacement: list[Ports] = []
_addresses: list[str] = []


def ports() -> Ports:
    """Return the bundle of this process, wired at the first call. Raises SettingsError."""
    return _replacement[0] if _replacement else _wired()


def use(replacement: Ports | None) -> None:
    """Replace the whole bundle, or return to the real one with None."""
    _replacement[:] = [replacement] if replacement else []


@cache
def settings() -> Settings:
    """Return this process's settings. Raises SettingsError."""
    found = from_environment(os.environ)
    logger().setLevel(found.log_level)
    if found.traces:
        trace()
    return found


def served_at(address: str) -> None:
    """Learn the address under which this API is called: it can't be known when it is deployed.

    It only counts where the stage sets no address for customers' pages.
    """
    _addresses[:] = [address]


@cache
def _wired() -> Ports:
    from chalicelib.gateways.clock import SystemChance, WallClock

    stage = settings()
    return Ports(
        clock=WallClock(),
        chance=SystemChance(),
        ledger=lazily(_ledger),
        due=lazily(_due),
        configuration=lazily(_configuration),
        queues=lazily(_queues),
        email=lazily(_email),
        sms=lazily(_sms),
        renderer=lazily(_renderer),
        links=lazily(_links),
        payments=lazily(_payments),
        throttle=lazily(_throttle),
        sending=lazily(_sending),
        payment_marks=lazily(_payment_marks),
        fingerprints=lazily(_fingerprints),
        endpoints=lazily(_endpoints),
        webhooks=lazily(_webhooks),
        signing=lazily(_signing),
        delivers_test_mode=stage.delivers_test_mode,
        shards=stage.shards,
    )


@cache
def _table() -> Table:
    from chalicelib.storage.table import Table

    return Table(settings().table)


def _ledger() -> TableLedger:
    from chalicelib.storage.ledger import TableLedger

    return TableLedger(_table(), shards=settings().shards)


def _due() -> TableDueIndex:
    from chalicelib.storage.due_index import TableDueIndex

    return TableDueIndex(_table())


def _configuration() -> TableConfiguration:
    from chalicelib.storage.configuration import TableConfiguration

    return TableConfiguration(_table(), _wired().clock)


def _payment_marks() -> TablePaymentMarks:
    from chalicelib.storage.payment_marks import TablePaymentMarks

    return TablePaymentMarks(_table(), _wired().clock)


def _queues() -> SqsQueues:
    from chalicelib.gateways.aws import client
    from chalicelib.gateways.queues import SqsQueues

    return SqsQueues(client("sqs"), settings().queue_urls)


def _email() -> SesEmailGateway:
    from chalicelib.gateways.aws import sending_client
    from chalicelib.gateways.email import SesEmailGateway

    return SesEmailGateway(
        sending_client("sesv2"), _wired().clock, configuration_set=settings().configuration_set
    )


def _sms() -> SnsSmsGateway:
    from chalicelib.gateways.aws import client, sending_client
    from chalicelib.gateways.sms import CHECK_SECONDS, SnsSmsGateway

    checking = client(
        "sns",
        connect_timeout=CHECK_SECONDS,
        read_timeout=CHECK_SECONDS,
        retries={"total_max_attempts": 1, "mode": "standard"},
    )
    return SnsSmsGateway(sending_client("sns"), checking, _wired().clock)


def _renderer() -> Renderer:
    from chalicelib.rendering.own.telling import tell
    from chalicelib.rendering.renderer import Renderer

    return Renderer(tell=partial(tell, stage=settings().stage))


def _links() -> SignedLinks:
    from chalicelib.gateways.links import SignedLinks

    stage = settings()
    address = stage.portal_url or (_addresses[0] if _addresses else None)
    if address is None:
        raise SettingsError("DUNLIN_PORTAL_URL is missing")
    return SignedLinks(
        _secrets().link_keys,
        _wired().clock,
        base_url=address,
        max_age=timedelta(days=stage.link_max_age_days),
    )


def _payments() -> StripePayments:
    from chalicelib.gateways.stripe_payments import StripePayments

    return StripePayments(
        _secrets().stripe_keys, _wired().clock, api_base=settings().stripe_api_base
    )


def _fingerprints() -> KeyedFingerprints:
    from chalicelib.gateways.fingerprints import KeyedFingerprints

    return KeyedFingerprints(_secrets().refused_address_key)


def _throttle() -> TableThrottle:
    from chalicelib.storage.throttle import TableThrottle

    return TableThrottle(_table(), per_minute=settings().requests_per_minute)


def _sending() -> AccountLimits | NoLimits:
    from chalicelib.gateways.aws import client
    from chalicelib.gateways.sending_limits import AccountLimits, NoLimits

    stage = settings()
    if not stage.sending_limits:
        return NoLimits()
    asking = client("sesv2", connect_timeout=ASK_SECONDS, read_timeout=ASK_SECONDS)
    processes = {"email": stage.email_senders, "sms": stage.sms_senders}
    return AccountLimits(asking, _wired().clock, processes=processes, sms_rate=stage.sms_per_second)


def _endpoints() -> TableWebhookEndpoints:
    from chalicelib.storage.telling import tell
    from chalicelib.storage.webhooks import TableWebhookEndpoints

    told = partial(tell, stage=settings().stage)
    return TableWebhookEndpoints(_table(), _wired().clock, shards=settings().shards, tell=told)


def _webhooks() -> HttpWebhooks:
    from chalicelib.gateways.webhooks import HttpWebhooks

    return HttpWebhooks(calls_loopback=settings().calls_loopback)


def _signing() -> DerivedSecrets:
    from chalicelib.gateways.webhook_secrets import DerivedSecrets

    return DerivedSecrets(_secrets().webhook_keys)


@cache
def _secrets() -> SecretStore:
    from chalicelib.gateways.aws import client
    from chalicelib.gateways.secrets import SecretStore

    prefix = settings().secrets_prefix
    return SecretStore(
        client("secretsmanager"),
        _wired().clock,
        link_secret=f"{prefix}link",
        stripe_prefix=f"{prefix}stripe/",
        refused_secret=f"{prefix}refused-addresses",
        webhook_secret=f"{prefix}webhooks",
    )
