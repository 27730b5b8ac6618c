"""Secrets of endpoints: derived, each another, the same each time, and gone with their key."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from chalicelib.domain.webhook_endpoint import SigningSecret
from chalicelib.gateways.webhook_secrets import DerivedSecrets, KeyMissingError
from tests.builders import utc

NINE = utc("2026-03-02 09:00")


class Ring:
    """A stage's keys: what a process knows, and what stands there now."""

    def __init__(self, *known: str) -> None:
        self.known = self.stored = known

    def __call__(self, within: timedelta | None = None) -> tuple[str, ...]:
        if within is not None:
            self.known = self.stored
        return self.known


def made(key: str, salt: str = "salt") -> SigningSecret:
    return SigningSecret(key, salt, NINE)


def test_a_secret_is_what_standard_webhooks_ask_for():
    signing = DerivedSecrets(Ring("k1"))
    secret = signing.secret("we_1", made(signing.newest_key()))

    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64
    assert secret == signing.secret("we_1", made(signing.newest_key()))


def test_each_endpoint_salt_and_key_makes_another():
    signing = DerivedSecrets(Ring("k1", "k2"))
    older = DerivedSecrets(Ring("k1")).newest_key()
    newest = signing.newest_key()
    found = {
        signing.secret(endpoint, made(key, salt))
        for endpoint in ("we_1", "we_2")
        for salt in ("a", "b")
        for key in (older, newest)
    }

    assert len(found) == 8


def test_after_a_rotation_of_the_key_old_secrets_stay_what_they_were():
    ring = Ring("k1")
    before = DerivedSecrets(ring)
    secret = before.secret("we_1", made(before.newest_key()))
    after = DerivedSecrets(Ring("k1", "k2"))

    assert after.newest_key() != before.newest_key()
    assert after.secret("we_1", made(before.newest_key())) == secret


def test_a_process_that_doesnt_know_a_key_yet_asks_for_it():
    ring = Ring("k1")
    ring.stored = ("k1", "k2")
    newest = DerivedSecrets(Ring("k1", "k2"))
    secret = newest.secret("we_1", made(newest.newest_key()))

    assert DerivedSecrets(ring).secret("we_1", made(newest.newest_key())) == secret


def test_without_its_key_there_is_no_secret():
    with pytest.raises(KeyMissingError):
        DerivedSecrets(Ring("k1")).secret("we_1", made("another"))


def test_a_keys_name_says_nothing_of_it():
    assert "k1" not in DerivedSecrets(Ring("k1")).newest_key()
