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
    from chalicelib.gateways.fingerprints import KeyedFingerprints
    from chalicelib.gateways.queues import SqsQueues
    from chalicelib.gateways.secrets import SecretStore
    from chalicelib.gateways.stripe_payments import StripePayments
    from chalicelib.ports.letters import Documents, LetterGateway
    from chalicelib.ports.messages import EmailGateway, Links, Renderer, SmsGateway
    from chalicelib.ports.traffic import SendingLimits, Throttle
    from chalicelib.ports.webhooks import SigningSecrets, WebhookEndpoints, WebhookGateway
    from chalicelib.storage.configuration import TableConfiguration
    from chalicelib.storage.due_index import TableDueIndex
    from chalicelib.storage.ledger import TableLedger
    from chalicelib.storage.payment_marks import TablePaymentMarks
    from chalicelib.storage.table import Table
    from chalicelib.storage.worklist import TableWorklist

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
        documents=lazily(_documents),
        letters=lazily(_letters),
        worklist=lazily(_worklist),
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


def _worklist() -> TableWorklist:
    from chalicelib.storage.worklist import TableWorklist

    return TableWorklist(_table())


def _queues() -> SqsQueues:
    from chalicelib.gateways.aws import client
    from chalicelib.gateways.queues import SqsQueues

    return SqsQueues(client("sqs"), settings().queue_urls)


def _email() -> EmailGateway:
    from chalicelib.gateways.aws import sending_client
    from chalicelib.gateways.email import SesEmailGateway

    return SesEmailGateway(
        sending_client("sesv2"), _wired().clock, configuration_set=settings().configuration_set
    )


def _sms() -> SmsGateway:
    from chalicelib.gateways.aws import sending_client
    from chalicelib.gateways.sms import SnsSmsGateway, checking_client

    return SnsSmsGateway(sending_client("sns"), checking_client(), _wired().clock)


def _renderer() -> Renderer:
    from chalicelib.rendering import renderer
    from chalicelib.rendering.own.telling import tell

    return renderer.Renderer(tell=partial(tell, stage=settings().stage))


def _links() -> Links:
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


def _throttle() -> Throttle:
    from chalicelib.storage.throttle import TableThrottle

    return TableThrottle(_table(), per_minute=settings().requests_per_minute)


def _sending() -> SendingLimits:
    from chalicelib.gateways.sending_limits import AccountLimits, NoLimits, asking_client

    stage = settings()
    if not stage.sending_limits:
        return NoLimits()
    rate, processes = stage.sms_per_second, {"email": stage.email_senders, "sms": stage.sms_senders}
    return AccountLimits(asking_client(), _wired().clock, processes=processes, sms_rate=rate)


def _endpoints() -> WebhookEndpoints:
    from chalicelib.storage.telling import tell
    from chalicelib.storage.webhooks import TableWebhookEndpoints

    told = partial(tell, stage=settings().stage)
    return TableWebhookEndpoints(_table(), _wired().clock, shards=settings().shards, tell=told)


def _webhooks() -> WebhookGateway:
    from chalicelib.gateways.webhooks import HttpWebhooks

    return HttpWebhooks(calls_loopback=settings().calls_loopback)


def _signing() -> SigningSecrets:
    from chalicelib.gateways.webhook_secrets import DerivedSecrets

    return DerivedSecrets(_secrets().webhook_keys)


def _documents() -> Documents:
    from chalicelib.gateways.aws import client
    from chalicelib.gateways.documents import S3Documents

    return S3Documents(client("s3"), settings().documents_bucket)


def _letters() -> LetterGateway:
    from chalicelib.gateways.print_services import print_services

    return print_services(settings().documents_bucket, _wired().clock, _secrets().lob_key)


@cache
def _secrets() -> SecretStore:
    from chalicelib.gateways.aws import client
    from chalicelib.gateways.secrets import SecretStore

    return SecretStore.below(settings().secrets_prefix, client("secretsmanager"), _wired().clock)
