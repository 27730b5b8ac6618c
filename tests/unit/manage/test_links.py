"""The key that signs links is rotated while every link opens, and older keys come to an end."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.errors import ConflictError, InvalidError, LinkInvalidError, NotFoundError
from chalicelib.gateways.aws import client
from chalicelib.gateways.links import SignedLinks
from chalicelib.gateways.secrets import SecretStore
from manage.links import UNTIL_KNOWN, Stage, rotate, show
from tests.builders import LIVE, customer_id
from tests.fakes.world import FakeClock

MAX_AGE = timedelta(days=400)
OWNER = customer_id("one")
NAME = "dunlin/prod/link"


class Links:
    """A stage whose secret is in moto, and processes that read it."""

    def __init__(self, secret: object) -> None:
        self.clock = FakeClock()
        self.make = client("secretsmanager")
        self.write(secret)
        self.waited: list[float] = []
        self.while_waiting: Callable[[], None] = lambda: None
        self.stage = Stage(self.make, NAME, MAX_AGE, self.clock, self._wait)

    def process(self) -> SignedLinks:
        """Return the links of a process, with its own memory of the secret."""
        store = SecretStore(
            self.make, self.clock, link_secret=NAME, stripe_prefix="dunlin/prod/stripe/"
        )
        return SignedLinks(
            store.link_keys, self.clock, base_url="https://pay.example", max_age=MAX_AGE
        )

    def write(self, secret: object) -> None:
        manager, text = self.make(), json.dumps(secret)
        try:
            manager.create_secret(Name=NAME, SecretString=text)
        except manager.exceptions.ResourceExistsException:
            manager.put_secret_value(SecretId=NAME, SecretString=text)

    @property
    def stored(self) -> Any:
        return json.loads(self.make().get_secret_value(SecretId=NAME)["SecretString"])

    def opens(self, process: SignedLinks, token: str) -> bool:
        try:
            process.read(token, self.clock.now())
        except LinkInvalidError:
            return False
        return True

    def _wait(self, seconds: float) -> None:
        self.waited.append(seconds)
        for _ in range(6):
            self.while_waiting()
            self.clock.advance(seconds=seconds / 6)


@pytest.fixture
def links(aws: None) -> Links:
    return Links({"newest": "first" * 12, "older": []})


def token_of(process: SignedLinks) -> str:
    return process.pay_url(LIVE, OWNER, None).rpartition("/")[2]


def test_no_link_is_ever_opened_by_a_process_that_doesnt_know_its_key(links: Links):
    processes = [links.process()]
    tokens = []

    def everybody_signs_and_opens() -> None:
        processes.append(links.process())
        tokens.extend(token_of(each) for each in processes)
        for token in tokens:
            assert all(links.opens(each, token) for each in processes)

    everybody_signs_and_opens()
    links.while_waiting = everybody_signs_and_opens
    rotate(links.stage)
    for _ in range(6):
        everybody_signs_and_opens()
        links.clock.advance(minutes=1)

    assert links.waited == [UNTIL_KNOWN]
    assert links.stored["newest"] != "first" * 12


def test_a_link_opens_for_as_long_as_it_may_and_its_key_goes_with_it(links: Links):
    before = token_of(links.process())
    rotate(links.stage)
    links.clock.advance(days=399)
    rotate(links.stage)
    assert links.opens(links.process(), before)
    links.clock.advance(days=3)
    rotate(links.stage)

    assert "first" * 12 not in json.dumps(links.stored)
    assert len(links.stored["older"]) == 2


def test_there_are_never_more_keys_than_were_put_in_place_while_a_link_is_valid(links: Links):
    for _ in range(30):
        rotate(links.stage)
        links.clock.advance(days=100)

    assert len(links.stored["older"]) <= 5


@pytest.mark.parametrize("first", ["first" * 12, {"key": "first" * 12}])
def test_keys_from_before_their_ends_were_known_go_on_and_come_to_an_end(
    links: Links, first: object
):
    links.write({"newest": "second" * 10, "older": [first]})
    process = links.process()
    rotate(links.stage)
    ends = [each["opens_until"] for each in links.stored["older"]]

    assert len(ends) == 2
    assert links.opens(links.process(), token_of(process))
    links.clock.advance(days=401)
    rotate(links.stage)
    assert len(links.stored["older"]) == 1


def test_a_leaked_key_signs_no_more_and_nothing_is_waited_for(links: Links):
    forged = token_of(links.process())
    rotate(links.stage)
    assert rotate(links.stage, leaked=True) == {"older_open_until": []}

    assert links.waited == [UNTIL_KNOWN]
    assert not links.opens(links.process(), forged)
    assert links.stored["older"] == []


def test_a_rotation_under_way_doesnt_undo_one_for_a_leak(links: Links):
    """Whoever read the secret while the new key was to become known has that one, too."""
    after_leak: list[Any] = []

    def find_out() -> None:
        if not after_leak:
            rotate(links.stage, leaked=True)
            after_leak.append(links.stored)

    links.while_waiting = find_out
    with pytest.raises(ConflictError):
        rotate(links.stage)

    assert links.stored == after_leak[0]
    assert links.stored["older"] == []


def test_two_rotations_at_once_both_end_and_no_link_dies(links: Links):
    signed = [token_of(links.process())]

    def rotate_as_well() -> None:
        links.while_waiting = lambda: None
        rotate(links.stage)
        signed.append(token_of(links.process()))

    links.while_waiting = rotate_as_well
    rotate(links.stage)
    signed.append(token_of(links.process()))

    assert all(links.opens(links.process(), token) for token in signed)


def test_two_hours_after_a_leak_a_process_that_is_asked_now_and_then_knows(links: Links):
    """Lambda freezes it in between, so no clock but the wall's goes on."""
    warm = links.process()
    forged = token_of(warm)
    rotate(links.stage, leaked=True)
    opened = []
    for _ in range(12):
        links.clock.advance(minutes=10)
        opened.append(links.opens(warm, forged))

    assert opened == [False] * 12


def test_a_new_link_opens_in_a_process_that_has_never_heard_of_its_key(links: Links):
    warm = links.process()
    token_of(warm)
    rotate(links.stage, leaked=True)
    links.clock.advance(seconds=5)

    assert links.opens(warm, token_of(links.process()))


def test_forged_links_ask_for_the_secret_once_in_five_seconds(links: Links):
    asked: list[str] = []
    links.make().meta.events.register(
        "before-call.secrets-manager.GetSecretValue", lambda **_: asked.append("secret")
    )
    warm = links.process()
    real = token_of(warm)
    for _ in range(100):
        links.clock.advance(seconds=0.1)
        assert not links.opens(warm, real[:-2] + "AA")

    assert len(asked) == 1 + 2
    assert links.opens(warm, real)


def test_no_key_is_shown(links: Links):
    rotate(links.stage)
    shown = json.dumps(show(links.stage))

    assert links.stored["newest"] not in shown
    assert links.stored["older"][0]["key"] not in shown
    assert links.stored["older"][0]["opens_until"] in shown


@pytest.mark.parametrize("secret", [{}, {"newest": ""}, {"newest": 1, "older": []}, ["x"]])
def test_what_holds_no_key_is_left_alone(links: Links, secret: object):
    links.write(secret)
    with pytest.raises(InvalidError):
        rotate(links.stage)
    assert links.stored == secret


def test_a_stage_without_the_secret_is_named(aws: None):
    stage = Stage(client("secretsmanager"), "dunlin/none/link", MAX_AGE, FakeClock())
    with pytest.raises(NotFoundError, match="dunlin/none/link"):
        rotate(stage)
