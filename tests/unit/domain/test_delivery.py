"""How long an event is owed, and how an endpoint comes to its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery import ATTEMPTS, PATIENCE, SPREAD, WAITS, owed
from chalicelib.domain.webhook_endpoint import (
    FAILS_FOR,
    LONGEST_PAUSE,
    DisabledReason,
    Failure,
    FailureReason,
    SigningSecret,
    WebhookEndpoint,
)
from tests.builders import LIVE, utc

NINE = utc("2026-03-02 09:00")
EVENT = "evt_" + "0" * 32
ENDPOINT = WebhookEndpoint(
    id="we_1",
    tenant=LIVE,
    url="https://example.com/",
    events=("invoice.paid",),
    secrets=(SigningSecret("key", "salt", NINE),),
    created_at=NINE,
)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def failure(at=NINE, reason=FailureReason.TIMEOUT) -> Failure:
    return Failure(at, reason)


def test_the_waits_grow_and_take_about_three_days():
    assert list(WAITS) == sorted(WAITS)
    assert 2.5 <= sum(WAITS, timedelta()) / DAY <= 3.5
    assert WAITS[0] == MINUTE


@given(st.lists(st.floats(0, 1), min_size=ATTEMPTS, max_size=ATTEMPTS))
def test_whatever_chance_says_a_delivery_is_given_up_after_its_last_attempt(chances: list[float]):
    delivery = owed(LIVE, "we_1", EVENT, NINE)
    for number, chance in enumerate(chances[:-1]):
        at = delivery.due_at
        delivery = delivery.failed(failure(at), chance)
        share = (delivery.due_at - at) / WAITS[number]
        assert 1 - SPREAD - 1e-6 <= share <= 1 + SPREAD + 1e-6
    last = delivery.failed(failure(delivery.due_at), chances[-1])

    assert (last.attempts, last.due_at) == (ATTEMPTS, None)
    assert last.ended_at == delivery.due_at


@given(st.timedeltas(timedelta(), timedelta(days=999)), st.floats(0, 1))
def test_a_receiver_is_left_alone_for_as_long_as_it_asks_but_not_for_ever(
    pause: timedelta, chance: float
):
    first = owed(LIVE, "we_1", EVENT, NINE)
    without = first.failed(failure(), chance)
    asked = first.failed(failure(), chance, pause=pause)

    assert asked.due_at >= max(without.due_at, NINE + min(pause, LONGEST_PAUSE))
    assert asked.due_at <= max(without.due_at, NINE + LONGEST_PAUSE * (1 + SPREAD))
    assert (asked.attempts, asked.last_failure) == (without.attempts, without.last_failure)


@given(st.timedeltas(timedelta(), LONGEST_PAUSE), st.timedeltas(timedelta(), 2 * FAILS_FOR))
def test_what_waits_for_the_end_of_a_pause_has_failed_at_nothing(pause: timedelta, age: timedelta):
    first, now = owed(LIVE, "we_1", EVENT, NINE), NINE + age
    wait = max(pause, PATIENCE * age)
    assert first.put_off(now, pause, 0) == replace(first, due_at=now + wait)
    assert first.put_off(now, pause, 1) == replace(first, due_at=now + wait * (1 + SPREAD))
    assert first.is_patient(now) == (age < FAILS_FOR)


@pytest.mark.parametrize(
    ("events", "wanted"), [("invoice.paid", 1), ("*", 1), ("invoice.void", 0), ("invoice", 0)]
)
def test_an_endpoint_wants_what_it_names(events: str, wanted: int):
    endpoint = ENDPOINT.changed(events=(events,))
    assert endpoint.wants("invoice.paid") == wanted
    disabled = endpoint.disabled(DisabledReason.REQUESTED, NINE)
    assert not disabled.wants("invoice.paid")
    assert disabled.lists("invoice.paid") == wanted


def test_one_that_takes_nothing_for_days_is_disabled():
    failing = ENDPOINT.failed(failure())
    almost = failing.failed(failure(NINE + FAILS_FOR - MINUTE))
    assert almost.is_enabled
    ended = almost.failed(failure(NINE + FAILS_FOR))
    assert (ended.is_enabled, ended.disabled_reason) == (False, DisabledReason.FAILING)


def test_one_event_taken_begins_the_days_anew():
    worked = ENDPOINT.failed(failure()).worked()
    assert worked.failed(failure(NINE + FAILS_FOR)).is_enabled


def test_whoever_is_gone_is_disabled_at_once():
    gone = ENDPOINT.failed(failure(), gone=True)
    assert (gone.is_enabled, gone.disabled_reason) == (False, DisabledReason.GONE)


def test_a_failure_is_noted_once_a_minute():
    failing = ENDPOINT.failed(failure())
    assert failing.failed(failure(NINE + MINUTE / 2)) is failing
    assert failing.failed(failure(NINE + MINUTE)).last_failure == failure(NINE + MINUTE)
    assert ENDPOINT.worked() is ENDPOINT


def test_a_pause_lasts_until_its_end_whatever_else_fails():
    asked = ENDPOINT.failed(failure(), pause=DAY / 12)
    again = asked.failed(failure(NINE + MINUTE))
    assert again.pause(NINE + MINUTE) == DAY / 12 - MINUTE
    assert [again.pause(NINE + each) for each in (DAY / 12, DAY)] == [timedelta()] * 2
    assert ENDPOINT.failed(failure(), pause=timedelta.max).pause(NINE) == LONGEST_PAUSE
    anew = again.failed(failure(NINE + MINUTE), pause=MINUTE)
    assert (anew.version, anew.pause(NINE + MINUTE)) == (again.version + 1, MINUTE)


def test_whatever_makes_a_failure_forgotten_ends_a_pause():
    asked = ENDPOINT.failed(failure(), pause=DAY)
    off = asked.disabled(DisabledReason.REQUESTED, NINE)
    for fresh in (asked.worked(), asked.changed(url="https://example.com/new"), off.enabled()):
        assert (fresh.pause(NINE), fresh.failing_since) == (timedelta(), None)


def test_another_address_hasnt_failed_yet():
    moved = ENDPOINT.failed(failure()).changed(url="https://example.com/new")
    assert moved.failing_since is None
    assert ENDPOINT.changed(url=ENDPOINT.url) is ENDPOINT


def test_an_old_secret_signs_for_the_overlap_and_not_longer():
    new = SigningSecret("key", "salt 2", NINE)
    rotated = ENDPOINT.rotated(new, DAY)
    assert [each.salt for each in rotated.signing(NINE)] == ["salt 2", "salt"]
    assert [each.salt for each in rotated.signing(NINE + DAY)] == ["salt 2"]
    assert ENDPOINT.rotated(new, timedelta()).secrets == (new,)


def test_a_second_rotation_prolongs_no_old_secret():
    once = ENDPOINT.rotated(SigningSecret("key", "salt 2", NINE), MINUTE)
    twice = once.rotated(SigningSecret("key", "salt 3", NINE), DAY)
    assert [each.salt for each in twice.signing(NINE + MINUTE)] == ["salt 3", "salt 2"]
    for number in range(4, 9):
        twice = twice.rotated(SigningSecret("key", f"salt {number}", NINE), DAY)
    assert [each.salt for each in twice.secrets] == ["salt 8", "salt 7", "salt 6"]
