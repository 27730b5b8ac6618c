"""A secret that was deleted is none, though AWS keeps it for up to 30 days and says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.gateways.aws import client
from chalicelib.gateways.secrets import KEPT_FOR, SecretStore, SecretUnreadableError
from tests.environment import pretend_aws
from tests.fakes.world import FakeClock

STRIPE, LINK = "dunlin/test/stripe/cr_1", "dunlin/test/links"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    pretend_aws(monkeypatch)
    with mock_aws():
        yield boto3.client("secretsmanager")


class Leaping(FakeClock):
    """A clock that leaps by as long as secrets are kept whenever it is looked at."""

    def now(self) -> datetime:
        return self.advance(KEPT_FOR)


def a_store() -> SecretStore:
    """Return a store that keeps nothing."""
    return SecretStore(
        client("secretsmanager"),
        Leaping(),
        link_secret=LINK,
        stripe_prefix="dunlin/test/stripe/",
    )


def test_a_creditor_whose_secret_was_deleted_has_no_account_until_it_is_restored(aws: Any):
    store = a_store()
    aws.create_secret(Name=STRIPE, SecretString=json.dumps({"api_keys": {"live": "sk_live_1"}}))
    assert store.stripe_keys("cr_1") is not None
    aws.delete_secret(SecretId=STRIPE)
    assert store.stripe_keys("cr_1") is None
    aws.restore_secret(SecretId=STRIPE)
    assert store.stripe_keys("cr_1") is not None


def test_links_can_not_do_without_theirs(aws: Any):
    aws.create_secret(Name=LINK, SecretString=json.dumps({"newest": "k1"}))
    aws.delete_secret(SecretId=LINK)
    with pytest.raises(SecretUnreadableError):
        a_store().link_keys()
