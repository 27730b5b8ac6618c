"""Webhook secrets come and go one by one, and at no time is there none that Stripe signs with."""

from __future__ import annotations

import io
import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

import manage.links
import manage.stripe
from chalicelib.domain.errors import ConflictError, InvalidError, NotFoundError
from chalicelib.domain.tenant import Mode
from chalicelib.gateways.aws import client
from chalicelib.gateways.secrets import SecretStore
from manage.stripe import MOST, add_secret, list_secrets, remove_secret, set_key
from tests.fakes.world import FakeClock

ROOT = Path(__file__).parents[3]
CREDITOR = "cr_" + "7" * 16
NAME = f"dunlin/prod/stripe/{CREDITOR}"
OLD, NEW = ("whsec_" + letter * 28 + letter.upper() * 4 for letter in "ab")
API_KEYS = {"live": "sk_live_1", "test": "sk_test_1"}


@pytest.fixture
def stored(aws: None) -> Any:
    """Return what reads the stored secret, which begins with one webhook secret."""
    manager = client("secretsmanager")()
    text = json.dumps({"api_keys": API_KEYS, "webhook_secrets": [OLD]})
    try:
        manager.create_secret(Name=NAME, SecretString=text)
    except manager.exceptions.ResourceExistsException:
        manager.put_secret_value(SecretId=NAME, SecretString=text)
    return lambda: SecretStore(
        client("secretsmanager"),
        FakeClock(),
        link_secret="-",
        stripe_prefix="dunlin/prod/stripe/",
    ).stripe_keys(CREDITOR)


def test_a_rotation_adds_then_removes_and_leaves_the_rest(stored: Any):
    manager = client("secretsmanager")
    assert add_secret(manager, NAME, NEW) == {"webhook_secrets": ["whsec_…AAAA", "whsec_…BBBB"]}
    assert stored().webhook_secrets == (OLD, NEW)
    assert add_secret(manager, NAME, NEW) == list_secrets(manager, NAME)
    assert remove_secret(manager, NAME, "AAAA") == {"webhook_secrets": ["whsec_…BBBB"]}
    assert stored().webhook_secrets == (NEW,)
    assert {mode.value: key for mode, key in stored().api_keys.items()} == API_KEYS


def test_the_last_one_stays(stored: Any):
    with pytest.raises(ConflictError):
        remove_secret(client("secretsmanager"), NAME, "AAAA")
    assert stored().webhook_secrets == (OLD,)


def test_which_one_is_meant_must_be_clear(stored: Any):
    manager = client("secretsmanager")
    add_secret(manager, NAME, "whsec_" + "c" * 24 + "AAAA")
    with pytest.raises(ConflictError):
        remove_secret(manager, NAME, "AAAA")
    with pytest.raises(NotFoundError):
        remove_secret(manager, NAME, "ZZZZ")
    assert len(stored().webhook_secrets) == 2


@pytest.mark.parametrize("wrong", ["", "sk_live_" + "a" * 24, "whsec_short", f"{NEW}\n{NEW}"])
def test_what_is_no_webhook_secret_is_refused(stored: Any, wrong: str):
    with pytest.raises(InvalidError):
        add_secret(client("secretsmanager"), NAME, wrong)
    assert stored().webhook_secrets == (OLD,)


def test_there_are_only_so_many(stored: Any):
    manager = client("secretsmanager")
    for number in range(MOST - 1):
        add_secret(manager, NAME, NEW + str(number))
    with pytest.raises(ConflictError):
        add_secret(manager, NAME, NEW)
    assert len(stored().webhook_secrets) == MOST


def test_a_creditor_without_an_account_is_named(aws: None):
    with pytest.raises(NotFoundError, match="stripe/cr_none"):
        list_secrets(client("secretsmanager"), "dunlin/prod/stripe/cr_none")


def test_a_secret_comes_by_standard_input(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{NEW}\n"))
    assert manage.stripe._asked_for("Webhook secret") == NEW


@pytest.mark.parametrize("module", [manage.links, manage.stripe])
def test_every_command_that_is_written_down_exists(module: Any):
    texts = [
        (ROOT / each).read_text() for each in ("docs/first-reminder.md", "docs/runbooks/secrets.md")
    ]
    written = (
        "\n".join([*texts, module.__doc__]).replace("cr_…", CREDITOR).replace("$CREDITOR", CREDITOR)
    )
    words = re.findall(rf"-m {re.escape(module.__name__)} (--stack .+)$", written, re.MULTILINE)

    assert words
    for each in words:
        module._parser().parse_args(shlex.split(each, comments=True))


LIVE_KEY = "sk_live_" + "k" * 20 + "WXYZ"


def put(mode: Mode, key: str) -> object:
    return set_key(client("secretsmanager"), NAME, mode, key, encrypted_with="alias/dunlin-prod")


def test_a_key_of_stripe_replaces_its_modes_and_leaves_the_rest(stored: Any):
    put(Mode.LIVE, LIVE_KEY)
    assert stored().api_keys == {Mode.LIVE: LIVE_KEY, Mode.TEST: API_KEYS["test"]}
    assert stored().webhook_secrets == (OLD,)


def test_the_first_key_makes_the_secret_with_the_stages_encryption(stored: Any):
    manager = client("secretsmanager")()
    manager.delete_secret(SecretId=NAME, ForceDeleteWithoutRecovery=True)
    put(Mode.TEST, "rk_test_" + "k" * 20)
    add_secret(client("secretsmanager"), NAME, NEW)

    assert manager.describe_secret(SecretId=NAME)["KmsKeyId"] == "alias/dunlin-prod"
    assert stored().api_keys == {Mode.TEST: "rk_test_" + "k" * 20}
    assert stored().webhook_secrets == (NEW,)


def test_no_key_of_stripe_is_printed(stored: Any):
    shown = json.dumps(put(Mode.LIVE, LIVE_KEY))
    assert "k" * 20 not in shown
    assert "WXYZ" in shown


@pytest.mark.parametrize(
    "wrong", ["", "sk_test_" + "k" * 20, "pk_live_" + "k" * 20, NEW, LIVE_KEY + "\n", "sk_live_k"]
)
def test_what_is_no_key_of_that_mode_is_refused(stored: Any, wrong: str):
    with pytest.raises(InvalidError):
        put(Mode.LIVE, wrong)
    assert stored().api_keys[Mode.LIVE] == API_KEYS["live"]


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("sk_test_" + "k" * 20, "begins with sk_live_ or rk_live_"),
        ("sk_live_abcdefgh", "After sk_live_ Stripe puts 16 to 255 letters"),
        ("rk_live_" + "k" * 19 + "!", "After rk_live_ Stripe puts 16 to 255 letters"),
    ],
)
def test_what_is_wrong_with_a_key_is_said_without_the_key(stored: Any, wrong: str, why: str):
    with pytest.raises(InvalidError) as raised:
        put(Mode.LIVE, wrong)
    assert why in raised.value.detail
    assert wrong not in raised.value.detail


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ("sk_live_" + "a" * 24, "begins with whsec_"),
        ("whsec_short", "nothing else; here 5 characters follow"),
    ],
)
def test_what_is_wrong_with_a_webhook_secret_is_said_without_it(stored: Any, wrong: str, why: str):
    with pytest.raises(InvalidError) as raised:
        add_secret(client("secretsmanager"), NAME, wrong)
    assert why in raised.value.detail
    assert wrong not in raised.value.detail


@pytest.mark.parametrize("text", ["", "cr_none", "nordlicht", CREDITOR + "\n"])
def test_a_creditor_is_named_by_its_id(text: str):
    with pytest.raises(SystemExit):
        manage.stripe._parser().parse_args(["--stack", "s", "list-secrets", text])


@pytest.mark.parametrize("text", ["", "abc", "a b c d"])
def test_four_letters_at_least(text: str):
    with pytest.raises(SystemExit):
        manage.stripe._parser().parse_args(
            ["--stack", "s", "remove-secret", CREDITOR, "--last4", text]
        )
