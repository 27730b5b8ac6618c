"""I6 at every route: another's ids answer as ids of nobody, and nothing of anybody's changes.

Guards: every key of the table begins with creditor and mode, and what isn't found says only that.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.domain.access import AccessScope, digest
from chalicelib.domain.tenant import Mode, Tenant
from chalicelib.services.issue_api_key import issue_api_key
from chalicelib.services.list_api_keys import list_api_keys
from chalicelib.services.revoke_api_key import revoke_api_key
from tests.api import OTHER_CREDITOR_ID
from tests.builders import CREDITOR_ID
from tests.integration.strangers.places import Operation, Place, absent, keyed, operations, places
from tests.integration.strangers.test_texts import PROBES
from tests.integration.strangers.town import BODIES, OWNER, TENANTS, Town, a_town

STRANGERS = [each for each in TENANTS if each != OWNER]
PLACES = [pytest.param(each, id=str(each)) for each in places()]
KEYED = [pytest.param(each, id=each.name) for each in keyed()]
OPEN = {
    "receive_stripe_event": "tests/integration/webhooks",
    "show_page": "tests/integration/strangers/test_links.py",
    "check_out": "tests/integration/strangers/test_links.py",
    "come_back": "tests/integration/strangers/test_links.py",
    "show_emails": "tests/integration/strangers/test_links.py",
    "choose_emails": "tests/integration/strangers/test_links.py",
    "health": "reads nothing",
    "openapi": "reads nothing",
}
"""Routes without a key, and where they are attacked."""
INCLUDED = {"read": {"read", "write", "admin"}, "write": {"write", "admin"}, "admin": {"admin"}}


@pytest.fixture(scope="module")
def built(aws: None) -> Iterator[Town]:
    with a_town() as town:
        yield town


@pytest.fixture(scope="module")
def scoped(built: Town) -> dict[AccessScope, str]:
    """Return a key of the owner for each scope."""
    return {each: issue_api_key(built.api.world.ports, OWNER, [each]) for each in AccessScope}


@pytest.fixture(scope="module")
def useless(built: Town) -> tuple[str, ...]:
    """Return what opens nothing: no key, expired, revoked, of a creditor that isn't, no text."""
    ports = built.api.world.ports
    expired = issue_api_key(ports, OWNER, [AccessScope.ADMIN], expires_at=ports.clock.now())
    revoked = issue_api_key(ports, OWNER, [AccessScope.ADMIN])
    [stored] = [
        each for each in list_api_keys(ports, CREDITOR_ID) if each.digest == digest(revoked)
    ]
    revoke_api_key(ports, CREDITOR_ID, stored.id)
    foreign = expired.replace(CREDITOR_ID[3:], OTHER_CREDITOR_ID[3:])
    return "", expired, revoked, foreign, "dk_live_", "é"


@pytest.fixture
def town(built: Town, scoped: dict[AccessScope, str], useless: tuple[str, ...]) -> Iterator[Town]:
    with built.tidied():
        yield built


def test_every_route_is_probed():
    """Whoever adds a route gets its probes for nothing, or is told here what is missing."""
    assert {each.name for each in operations() if not each.scope} == OPEN.keys()
    assert [each.name for each in keyed() if each.takes_body and each.name not in BODIES] == []
    named = {place.operation.name for place in places()}
    assert {each.name for each in keyed()} - named - PROBES.keys() == {
        "create_sequence",
        "add_test_clock",
        "create_webhook_endpoint",
        "list_segments",
        "assign_segments",
    }


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda each: each.key)
def test_a_stranger_neither_sees_nor_assigns_anothers_segments(town: Town, stranger: Tenant):
    own = town.ids[stranger]["seg"]
    key = town.keys[stranger]
    listed = town.api.done("GET", "/v1/segments", key=key)["data"]
    assert [each["id"] for each in listed] == [own]
    assert town.api.post("/v1/segments/assign", key=key).status == 202
    asked = [message["tenant"] for message in town.api.world.queues.drain("action")]
    assert asked == [stranger.key]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda each: each.key)
@pytest.mark.parametrize("place", PLACES)
def test_anothers_id_answers_as_nobodys(town: Town, place: Place, stranger: Tenant):
    foreign = town.ids[OWNER][place.kind]
    before = town.items()
    answers = [town.ask(place, each, stranger) for each in (foreign, *absent(foreign))]
    assert len(set(answers)) == 1, answers
    assert town.items() == before


@pytest.mark.parametrize("place", PLACES)
def test_test_mode_doesnt_find_what_is_live(town: Town, place: Place):
    live = Tenant(CREDITOR_ID, Mode.LIVE)
    if place.kind not in town.ids[live]:
        assert place.kind == "clock"
        return
    foreign = town.ids[live][place.kind]
    before = town.items()
    answers = [town.ask(place, each, OWNER) for each in (foreign, *absent(foreign))]
    assert len(set(answers)) == 1, answers
    assert town.items() == before


@pytest.mark.parametrize("operation", KEYED)
def test_nobody_gets_in_without_a_key_that_opens(
    town: Town, operation: Operation, useless: tuple[str, ...]
):
    """None, a revoked, an expired, a key of a creditor that isn't: the same to the byte."""
    path = operation.path.format(**dict.fromkeys(operation.path_names, "x"))
    before = town.items()
    replies = [
        town.api.call(operation.method, path, BODIES.get(operation.name), key=key)
        for key in useless
    ]
    assert {reply.status for reply in replies} == {401}
    assert len({reply.body for reply in replies}) == 1
    assert town.items() == before


@pytest.mark.parametrize("scope", list(AccessScope))
@pytest.mark.parametrize("operation", KEYED)
def test_a_key_does_what_its_scope_allows_and_no_more(
    town: Town, operation: Operation, scope: AccessScope, scoped: dict[AccessScope, str]
):
    """Asked for ids of nobody, so that nothing is done where it is allowed."""
    path = operation.path.format(**dict.fromkeys(operation.path_names, "x"))
    reply = town.api.call(operation.method, path, {"unknown": "field"}, key=scoped[scope])
    assert operation.scope is not None
    allowed = scope in INCLUDED[operation.scope]
    assert (reply.status == 403) is not allowed
    assert reply.status < 500
