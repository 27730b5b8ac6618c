"""Own texts have names that everybody has: what a stranger does under one is the stranger's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.domain.tenant import Tenant
from tests.builders.templates import EMAIL
from tests.integration.strangers.town import OWNER, TENANTS, Town, a_town

STRANGERS = [each for each in TENANTS if each != OWNER]
PATH = "/v1/templates/reminder_first/email/de"
PROBES = {
    "list_texts": ("GET", "/v1/templates", None),
    "get_text": ("GET", PATH, None),
    "preview_text": ("POST", f"{PATH}/preview", {}),
    "replace_text": ("PUT", PATH, {"text": f"{EMAIL}\nein anderer"}),
    "reset_text": ("DELETE", PATH, None),
}
"""Every operation that names a text, and how it is tried."""


@pytest.fixture(scope="module")
def town(aws: None) -> Iterator[Town]:
    with a_town() as built:
        yield built


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda each: each.key)
@pytest.mark.parametrize("name", PROBES)
def test_what_the_owner_wrote_changes_no_answer_and_no_answer_changes_it(
    town: Town, name: str, stranger: Tenant
):
    method, path, body = PROBES[name]
    owners, strangers = town.keys[OWNER], town.keys[stranger]

    def answer() -> tuple[int, bytes]:
        town.api.done("DELETE", PATH, key=strangers)
        reply = town.api.call(method, path, body, key=strangers)
        return reply.status, reply.body

    town.api.done("DELETE", PATH, key=owners)
    without = answer()
    own = town.api.done("PUT", PATH, {"text": EMAIL}, key=owners)
    assert answer() == without
    assert without[0] == 200
    assert town.api.done("GET", PATH, key=owners) == own
    stored = [pk for pk, sk in town.items() if sk.startswith("TEMPLATE#")]
    assert stored.count(f"{OWNER.key}#CONFIG") == 1
    assert len(stored) == 1 + (name == "replace_text")
    town.api.done("DELETE", PATH, key=strangers)
