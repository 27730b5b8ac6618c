"""The other side of the probes: one's own ids are found where strangers find nothing.

Things happen in this town, so that it isn't the same for every test.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.domain.tenant import Tenant
from tests.integration.strangers.places import Place, absent, places
from tests.integration.strangers.town import BODIES, OWNER, TENANTS, Town, a_town

STRANGERS = [each for each in TENANTS if each != OWNER]
NOT_THERE = {"get_document", "get_hand_over"}
"""What is asked for isn't there although the id is right: only letters are kept as documents, and
few cases are handed over."""
PLACES = [
    pytest.param(each, id=str(each)) for each in places() if each.operation.name not in NOT_THERE
]
CURSORS = ({"starting_after"}, {"ending_before"})
UNFIT = {"add_payment_plan body sequence": {422}}
"""Where what is found doesn't fit: the sequence there has a call. A 409 says so of a state."""
MADE_AGAIN = {"create_webhook_endpoint": "/v1/webhook_endpoints", "create_segment": "/v1/segments"}


@pytest.fixture(scope="module")
def town(aws: None) -> Iterator[Town]:
    with a_town() as built:
        yield built


@pytest.mark.parametrize("place", PLACES)
def test_ones_own_id_is_found_there(town: Town, place: Place):
    """Else the tests above would pass because the requests are wrong. Cursors show no record."""
    own = town.ids[OWNER][place.kind]
    answer = town.ask(place, own, OWNER)
    assert answer[0] in {200, 201, 409} | UNFIT.get(str(place), set()), answer
    named = {place.name} if isinstance(place.name, str) else {str(place.name[-1])}
    if named not in CURSORS:
        assert answer != town.ask(place, absent(own)[0], OWNER)
    if place.operation.method == "DELETE":  # the other tests want one, too
        for operation, path in MADE_AGAIN.items():
            if place.operation.path.startswith(path):
                again = town.api.done("POST", path, BODIES[operation], key=town.keys[OWNER])
                town.ids[OWNER][place.kind] = again["id"]


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda each: each.key)
def test_numbers_and_external_ids_of_others_are_free_and_find_nothing(town: Town, stranger: Tenant):
    api, key, owners = town.api, town.keys[stranger], town.keys[OWNER]
    name = f"{stranger.key}-77"
    body = {**BODIES["add_invoice"], "number": name}
    body["customer"] = {**body["customer"], "external_id": name}
    api.done("POST", "/v1/invoices", body, key=owners)
    before = town.items()
    for query in (f"invoices?number={name}", f"customers?external_id={name}"):
        assert api.done("GET", f"/v1/{query}", key=key)["data"] == []
    assert town.items() == before
    mine = api.done("POST", "/v1/invoices", body, key=key)
    after = town.items()
    assert {each: after.get(each) for each in before} == before
    assert api.done("GET", f"/v1/invoices?number={name}", key=key)["data"] == [mine]
