"""What older releases stored gets the present shape, once."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import manage.migrate
from chalicelib.domain.access import AccessScope, ApiKey, digest
from chalicelib.ports.storage import WriteConflictError
from chalicelib.storage import configuration_keys, migrations
from chalicelib.storage.configuration import TableConfiguration
from chalicelib.storage.items import ApiKeyItem, CreditorItem
from chalicelib.storage.table import Table
from manage.migrate import _parser, run
from manage.migrating import SEGMENTS, migrate_page
from tests.builders import LIVE, a_creditor, utc
from tests.exported import items_of
from tests.fakes.world import FakeClock

NOW = utc("2026-03-01 08:00")
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbooks" / "migrate.md"
KEY = ApiKey(
    id="ak_1",
    tenant=LIVE,
    digest=digest("dk_live_old"),
    last4="_old",
    scopes=frozenset({AccessScope.WRITE}),
    created_at=NOW,
)
ROTATED = replace(KEY, id="ak_2", digest=digest("dk_live_older"), replaced_by="ak_3")


@pytest.fixture
def table(new_table: Any, request: pytest.FixtureRequest) -> Table:
    """Return an empty table in moto."""
    return Table(new_table(re.sub(r"\W", "-", request.node.name)))


def old_release(table: Table) -> None:
    """Store a creditor and a revoked key as releases did that listed no creditors."""
    at = configuration_keys.creditor(a_creditor().id)
    table.put(CreditorItem(pk=at.pk, sk=at.sk, body=a_creditor()))
    for ended in (replace(KEY, revoked_at=NOW), ROTATED):
        at = configuration_keys.api_key(LIVE, ended.digest)
        table.put(ApiKeyItem(pk=at.pk, sk=at.sk, body=ended))


def carry_out(table: Table) -> dict[str, Any]:
    command = _parser().parse_args(["--stack", "dunlin-prod", "run"])
    return run(table, command, wait=lambda _: None)["carried_out"]


def test_creditors_and_keys_of_older_releases_are_as_those_of_this_one(table: Table):
    old_release(table)
    configuration = TableConfiguration(table, FakeClock(NOW))
    assert configuration.creditors() == ()

    done = carry_out(table)

    assert {name: each["written"] for name, each in done.items()} == {
        "0001-creditors-are-listed": 1,
        "0002-ends-of-keys-beside-the-body": 2,
    }
    assert configuration.creditors() == (a_creditor().id,)
    for key in (KEY, replace(ROTATED, replaced_by=None)):
        with pytest.raises(WriteConflictError):
            configuration.save_api_key(replace(key, expires_at=NOW), read=key)


def test_a_second_run_does_nothing(table: Table):
    old_release(table)
    listing = _parser().parse_args(["--stack", "dunlin-prod", "list"])
    before = run(table, listing)["migrations"]
    carry_out(table)

    assert carry_out(table) == {}
    assert {each["state"] for each in before} == {"pending"}
    assert {each["state"] for each in run(table, listing)["migrations"]} == {"done"}


def test_what_is_in_the_new_shape_is_not_written(table: Table):
    configuration = TableConfiguration(table, FakeClock(NOW))
    configuration.save_creditor(a_creditor())
    configuration.save_api_key(replace(KEY, revoked_at=NOW))
    configuration.save_api_key(ROTATED)
    before = items_of(table.connection.client, table.name)

    done = carry_out(table)

    assert {each["written"] for each in done.values()} == {0}
    after = items_of(table.connection.client, table.name)
    assert [each for each in after if each["kind"]["S"] != "migration"] == before


def test_it_goes_on_where_it_was_interrupted(table: Table, monkeypatch: pytest.MonkeyPatch):
    old_release(table)
    pages = []

    def dies(*words: Any) -> bool:
        if len(pages) == SEGMENTS:
            raise KeyboardInterrupt
        pages.append(words)
        return migrate_page(*words)

    monkeypatch.setattr(manage.migrate, "migrate_page", dies)
    with pytest.raises(KeyboardInterrupt):
        carry_out(table)
    monkeypatch.setattr(manage.migrate, "migrate_page", migrate_page)

    done = carry_out(table)

    read = [each["read"] for each in done.values()]
    assert read[0] < 2 + SEGMENTS
    assert TableConfiguration(table, FakeClock(NOW)).creditors() == (a_creditor().id,)


def test_names_are_unique_and_in_order():
    names = [each.name for each in migrations.MIGRATIONS]

    assert names == sorted(set(names))


def test_every_command_that_is_written_down_exists():
    written = "\n".join([RUNBOOK.read_text(), manage.migrate.__doc__ or ""])
    words = re.findall(r"-m manage\.migrate (--stack .+)$", written, re.MULTILINE)

    assert len(words) >= 5
    for each in words:
        _parser().parse_args(shlex.split(each))
