"""Links: what they name comes back, forgeries and old ones don't, keys can be changed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain import ids
from chalicelib.domain.errors import LinkExpiredError, LinkInvalidError
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.gateways.links import SignedLinks
from chalicelib.ports.messages import Link
from tests.builders import LIVE, TEST, customer_id, record_id
from tests.fakes.world import FakeClock

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
part = st.text(alphabet=ids.ALPHABET, min_size=ids.PART, max_size=ids.PART)


def links(*keys: str) -> SignedLinks:
    return SignedLinks(lambda *_: keys or ("k1",), FakeClock(NOW), base_url="https://pay.example/")


def token_of(url: str) -> str:
    prefix = "https://pay.example/pay/"
    assert url.startswith(prefix)
    return url.removeprefix(prefix)


@given(creditor=part, customer=part, own=st.none() | part, mode=st.sampled_from(Mode))
def test_a_link_gives_back_what_it_names(creditor: str, customer: str, own: str | None, mode: Mode):
    tenant = Tenant(f"cr_{creditor}", mode)
    owner = ids.customer_id(customer)
    communication = ids.child_id(ids.COMMUNICATION, owner, own) if own else None
    url = links().pay_url(tenant, owner, communication)
    assert links().read(token_of(url), NOW) == Link(tenant, owner, communication, NOW)


def test_a_link_is_short_and_of_characters_that_an_sms_holds():
    token = token_of(links().pay_url(LIVE, customer_id(), record_id(ids.COMMUNICATION, "one")))
    assert len(token) == 68
    assert set(token) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")


@given(data=st.data())
def test_a_changed_token_is_invalid(data: st.DataObject):
    token = token_of(links().pay_url(TEST, customer_id(), record_id(ids.COMMUNICATION, "one")))
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(codec="utf-8").filter(lambda each: each != token[place]))
    with pytest.raises(LinkInvalidError):
        links().read(token[:place] + other + token[place + 1 :], NOW)


def test_no_other_last_character_will_do():
    token = token_of(links().pay_url(TEST, customer_id(), None))
    for other in set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_=") - {
        token[-1]
    }:
        with pytest.raises(LinkInvalidError):
            links().read(token[:-1] + other, NOW)


@pytest.mark.parametrize("end", ["!", "=", "====", "\n", " ", ".", "é", "A"])
def test_nothing_may_follow_a_token(end: str):
    token = token_of(links().pay_url(TEST, customer_id(), None))
    with pytest.raises(LinkInvalidError):
        links().read(token + end, NOW)


def test_a_token_has_one_spelling():
    tokens = [token_of(links(f"k{n}").pay_url(TEST, customer_id(), None)) for n in range(40)]
    others = {token.replace("-", "+").replace("_", "/"): f"k{n}" for n, token in enumerate(tokens)}
    assert not others.keys() <= set(tokens)
    for token in others.keys() - set(tokens):
        with pytest.raises(LinkInvalidError):
            links(others[token]).read(token, NOW)


@pytest.mark.parametrize("token", ["", ".", "abc", "a.b", "é", "\x00", "a" * 10_000])
def test_junk_is_invalid(token: str):
    with pytest.raises(LinkInvalidError):
        links().read(token, NOW)


def test_an_old_link_is_told_from_a_forged_one():
    token = token_of(links().pay_url(LIVE, customer_id(), None))
    assert links().read(token, NOW + timedelta(days=400)).issued_at == NOW
    with pytest.raises(LinkExpiredError):
        links().read(token, NOW + timedelta(days=400, seconds=1))
    with pytest.raises(LinkExpiredError):
        links().read(token, NOW - timedelta(minutes=6))


def test_the_newest_key_signs_and_older_ones_still_open():
    old = token_of(links("k1").pay_url(LIVE, customer_id(), None))
    new = token_of(links("k1", "k2").pay_url(LIVE, customer_id(), None))
    assert links("k1", "k2").read(old, NOW).customer_id == customer_id()
    assert links("k2").read(new, NOW).customer_id == customer_id()
    with pytest.raises(LinkInvalidError):
        links("k2").read(old, NOW)


def test_a_link_never_names_another_customers_communication():
    with pytest.raises(ValueError, match="another customer"):
        links().pay_url(LIVE, customer_id("two"), record_id(ids.COMMUNICATION, "one"))
