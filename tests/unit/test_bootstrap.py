"""Wiring is lazy: a port costs nothing until it is used, and tests replace the bundle whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import SettingsError
from chalicelib.domain.own_template import Words
from chalicelib.rendering.own.telling import METRIC
from tests.builders import LIVE, customer_id
from tests.environment import COMPLETE
from tests.unit.rendering.samples import notice
from tests.world import World


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test a process that has wired nothing yet, in a complete environment."""
    for variable, value in COMPLETE.items():
        monkeypatch.setenv(variable, value)
    _forget()
    yield
    _forget()


def test_nothing_is_built_before_it_is_used(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DUNLIN_SHARDS", "3")

    ports = bootstrap.ports()

    # Sockets and AWS aren't there in unit tests, so building any client would fail here.
    assert ports.shards == 3
    assert ports.clock.now().tzinfo is not None
    assert ports is bootstrap.ports()


def test_a_wrong_environment_is_told_at_the_first_use(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("DUNLIN_TABLE")

    with pytest.raises(SettingsError, match="DUNLIN_TABLE is missing"):
        bootstrap.ports()


def test_a_replacement_is_whole_and_ends():
    world = World()

    bootstrap.use(world.ports)
    assert bootstrap.ports() is world.ports

    bootstrap.use(None)
    assert bootstrap.ports() is not world.ports


def test_links_are_not_made_without_an_address():
    with pytest.raises(SettingsError, match="DUNLIN_PORTAL_URL"):
        bootstrap.ports().links.pay_url(LIVE, customer_id(), None)


def _forget() -> None:
    bootstrap.settings.cache_clear()
    bootstrap._wired.cache_clear()


def test_a_text_that_cant_be_used_is_told_with_ids_and_codes_only(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
):
    """By a warning, and by a metric whose alarm names exactly its dimensions."""
    secret = "nobody may read this"
    about = notice(words={"en": Words(secret)}, customer_name=secret)
    for each in (about, replace(about, test_mode=True)):
        assert bootstrap.ports().renderer.email(each).subject

    warnings = [vars(each) for each in caplog.records if each.message == "own text unusable"]
    printed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    metrics = [each for each in printed if METRIC in each]
    named = {"creditor": "cr_1", "record": "reminder_first/email/en", "code": "pay_url"}
    assert [named.items() <= each.items() for each in warnings] == [True, True]
    assert [each["mode"] for each in metrics] == ["live", "test"]
    [directive] = metrics[0]["_aws"]["CloudWatchMetrics"]
    assert [set(each) for each in directive["Dimensions"]] == [{"stage", "mode"}]
    assert secret not in f"{printed} {warnings}"
