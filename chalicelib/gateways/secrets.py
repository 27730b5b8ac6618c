"""Secrets Manager: keys are read when needed and kept for five minutes, so that rotations show.

The minutes are the wall clock's, so that a process that Lambda froze notices, too. Only so many are
kept: nothing that comes from outside may fill the memory.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.aws import Client
from chalicelib.gateways.stripe_payments import StripeKeys
from chalicelib.ports.kept import Kept
from chalicelib.ports.world import Clock

KEPT_FOR = timedelta(minutes=5)
KEPT_AT_MOST = 200


class SecretUnreadableError(Exception):
    """A secret isn't of the form that it must have."""


class SecretStore:
    """Reads JSON secrets by name. `client` gives the `secretsmanager` client.

    Link keys are `{"newest": "…", "older": [{"key": "…", "opens_until": "…"}, …]}`, oldest first:
    CloudFormation makes up the first, a rotation (manage/links.py) moves it to `older`, where it
    goes on opening links, and drops those whose time is up. Webhooks' keys have the same form; an
    endpoint names the one that its secret is made of. Stripe's keys of a creditor are
    under `stripe_prefix` + its id: `{"api_keys": {"live": "sk_live_…", "test": "sk_test_…"},
    "webhook_secrets": ["whsec_…", …]}`, of which each member may be missing. Lob's are under
    `lob_prefix` + its id: `{"api_keys": {"live": "live_…", "test": "test_…"}}`. What recognises
    refused addresses is `{"key": "…"}`; it never turns, since nobody could hash them anew.
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        *,
        link_secret: str,
        stripe_prefix: str,
        refused_secret: str = "",
        webhook_secret: str = "",
        lob_prefix: str = "",
    ) -> None:
        self._client = client
        self._link_secret = link_secret
        self._stripe_prefix = stripe_prefix
        self._refused_secret = refused_secret
        self._webhook_secret = webhook_secret
        self._lob_prefix = lob_prefix
        self._kept: Kept[str, Mapping[str, Any] | None] = Kept(
            clock, KEPT_FOR, at_most=KEPT_AT_MOST
        )

    @classmethod
    def below(cls, prefix: str, client: Client, clock: Clock) -> SecretStore:
        """Return the store of a stage, whose secrets' names begin with the prefix."""
        return cls(
            client,
            clock,
            link_secret=f"{prefix}link",
            stripe_prefix=f"{prefix}stripe/",
            refused_secret=f"{prefix}refused-addresses",
            webhook_secret=f"{prefix}webhooks",
            lob_prefix=f"{prefix}lob/",
        )

    def link_keys(self, within: timedelta = KEPT_FOR) -> tuple[str, ...]:
        """Return the keys that sign links, oldest first, as they were at most so long ago.

        Raises SecretUnreadableError.
        """
        return self._ring(self._link_secret, within)

    def webhook_keys(self, within: timedelta = KEPT_FOR) -> tuple[str, ...]:
        """Return the keys of which endpoints' secrets are made, oldest first, as link keys are.

        Raises SecretUnreadableError.
        """
        return self._ring(self._webhook_secret, within)

    def refused_address_key(self) -> str:
        """Return the key of refused addresses. Raises SecretUnreadableError."""
        name = self._refused_secret
        secret = self._kept.get(name, lambda: self._fetch(name)) or {}
        if key := _texts([secret.get("key")]):
            return key[0]
        raise SecretUnreadableError(f"{name} holds no key")

    def stripe_keys(self, creditor_id: str) -> StripeKeys | None:
        """Return what a creditor's account at Stripe needs; None where it has none."""
        name = f"{self._stripe_prefix}{creditor_id}"
        secret = self._kept.get(name, lambda: self._fetch(name))
        if secret is None:
            return None
        api_keys = secret.get("api_keys") or {}
        return StripeKeys(
            api_keys={mode: api_keys[mode.value] for mode in Mode if api_keys.get(mode.value)},
            webhook_secrets=_texts(secret.get("webhook_secrets")),
        )

    def lob_key(self, tenant: Tenant) -> str | None:
        """Return a creditor's API key at Lob; None where it has none."""
        name = f"{self._lob_prefix}{tenant.creditor_id}"
        secret = self._kept.get(name, lambda: self._fetch(name)) or {}
        found = _texts([(secret.get("api_keys") or {}).get(tenant.mode.value)])
        return found[0] if found else None

    def _ring(self, name: str, within: timedelta) -> tuple[str, ...]:
        secret = self._kept.get(name, lambda: self._fetch(name), within=within) or {}
        if newest := _texts([secret.get("newest")]):
            return _older(secret.get("older")) + newest
        raise SecretUnreadableError(f"{name} holds no newest key")

    def _fetch(self, name: str) -> Mapping[str, Any] | None:
        client = self._client()
        try:
            text = client.get_secret_value(SecretId=name)["SecretString"]
        except client.exceptions.ResourceNotFoundException:
            return None
        except client.exceptions.InvalidRequestException:
            return None  # it was deleted, and can be brought back for some days yet
        try:
            secret = json.loads(text)
        except ValueError:
            secret = None
        if not isinstance(secret, dict):
            raise SecretUnreadableError(f"{name} is no JSON object")
        return secret


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(each for each in value if isinstance(each, str) and each)


def _older(value: object) -> tuple[str, ...]:
    """Return the older keys, each with its end or, as they were once, without."""
    if not isinstance(value, list):
        return ()
    return _texts([each.get("key") if isinstance(each, dict) else each for each in value])
