"""Creditors' own texts: one per name and tenant, changed by compare-and-set, with its event."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.configuration_facts import event_of_template
from chalicelib.domain.customer import Change
from chalicelib.domain.event import Event
from chalicelib.domain.own_template import OwnTemplate, TemplateName, Words
from chalicelib.ports.storage import Cursor, WriteConflictError
from chalicelib.storage.own_templates import KEPT_FOR, TableOwnTemplates
from chalicelib.storage.table import Table
from tests.builders import LIVE, TEST, a_sequence, an_own_template, utc
from tests.contract.conftest import Store
from tests.fakes.world import FakeClock

AT = utc("2026-01-05 09:00")
CHANGE = Change("api_key:ak_1", "replace_text")


def told(store: Store, template: OwnTemplate, *, ends: bool = False) -> Event:
    """Return the event of a version, each at a moment of its own."""
    at = AT + timedelta(template.version, hours=ends)
    after = None if ends else template
    return event_of_template(store.live, template.name, after, CHANGE, at)


def saved(store: Store, template: OwnTemplate) -> OwnTemplate:
    store.configuration.save_own_template(store.live, template, told(store, template))
    return template


def test_a_text_is_kept_in_its_tenant(store: Store):
    words = Words("ünder 🦭 {{ total }}\n", "{{ creditor.name }}")
    template = saved(store, an_own_template(words=words))
    configuration = store.configuration
    assert configuration.own_template(store.live, template.name) == template
    assert configuration.own_words(store.live, "email", "reminder_first") == {"de": words}
    for other in (store.test, store.other):
        assert configuration.own_template(other, template.name) is None
        assert configuration.own_templates(other) == ()
        assert configuration.own_words(other, "email", "reminder_first") == {}


def test_texts_are_found_by_channel_message_and_language(store: Store):
    names = [
        ("reminder_first", "sms", "de"),
        ("reminder_first", "email", "fr"),
        ("reminder_first", "email", "de"),
        ("notice_due", "email", "de"),
    ]
    stored = [saved(store, an_own_template(*name)) for name in names]
    store.configuration.add_sequence(store.live, a_sequence())
    assert store.configuration.own_templates(store.live) == tuple(reversed(stored))
    found = store.configuration.own_words(store.live, "email", "reminder_first")
    assert list(found) == ["de", "fr"]
    assert store.configuration.own_words(store.live, "sms", "notice_due") == {}
    absent = TemplateName("notice_due", "sms", "de")
    assert store.configuration.own_template(store.live, absent) is None


def test_a_change_takes_the_version_before_it_or_fails_whole(store: Store):
    first = saved(store, an_own_template())
    with pytest.raises(WriteConflictError):
        store.configuration.save_own_template(store.live, first, told(store, first, ends=True))
    second = saved(store, replace(first, words=Words("b"), version=2))
    for late in (2, 4):
        lost = replace(second, words=Words("c"), version=late)
        with pytest.raises(WriteConflictError):
            store.configuration.save_own_template(
                store.live, lost, event_of_template(store.live, lost.name, lost, CHANGE, AT)
            )
    assert store.configuration.own_templates(store.live) == (second,)
    assert store.ledger.events_page(store.live, Cursor(10)).data == (
        told(store, second),
        told(store, first),
    )


def test_a_text_is_dropped_as_it_was_read_or_not_at_all(store: Store):
    first = saved(store, an_own_template())
    second = saved(store, replace(first, version=2))
    with pytest.raises(WriteConflictError):
        store.configuration.drop_own_template(store.live, first, told(store, first, ends=True))
    assert store.configuration.own_templates(store.live) == (second,)
    store.configuration.drop_own_template(store.live, second, told(store, second, ends=True))
    assert store.configuration.own_templates(store.live) == ()
    assert store.configuration.own_words(store.live, "email", "reminder_first") == {}
    with pytest.raises(WriteConflictError):
        store.configuration.drop_own_template(store.live, second, told(store, second, ends=True))
    newest = store.ledger.events_page(store.live, Cursor(1)).data[0]
    assert (newest.type, newest.object_id) == ("template.reset", "reminder_first/email/de")
    again = saved(store, first)
    assert store.configuration.own_template(store.live, first.name) == again


def test_messages_learn_of_a_change_within_a_minute(table: Table):
    """Absence is kept as well: a creditor without texts costs no read either."""
    clock, template = FakeClock(), an_own_template("notice_final")
    writer, reader = TableOwnTemplates(table, clock), TableOwnTemplates(table, clock)
    asked = (TEST, "email", "notice_final")
    assert reader.own_words(*asked) == writer.own_words(*asked) == {}
    event = event_of_template(TEST, template.name, template, CHANGE, AT)
    writer.save_own_template(TEST, template, event)
    clock.advance(KEPT_FOR - timedelta(seconds=1))
    assert reader.own_words(*asked) == {}
    assert reader.own_template(TEST, template.name) == template
    assert writer.own_words(*asked) == {"de": template.words}
    clock.advance(seconds=1)
    assert reader.own_words(*asked) == {"de": template.words}


def test_all_texts_of_a_tenant_are_read_once_a_minute(
    table: Table, monkeypatch: pytest.MonkeyPatch
):
    queries: list[str] = []
    query = Table.query

    def counted(self: Table, partition: str, *rest: object, **named: object) -> object:
        queries.append(partition)
        return query(self, partition, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Table, "query", counted)
    reader = TableOwnTemplates(table, FakeClock())
    for message in ("notice_due", "reminder_first"):
        for channel in ("email", "sms"):
            reader.own_words(LIVE, channel, message)
    assert len(queries) == 1
