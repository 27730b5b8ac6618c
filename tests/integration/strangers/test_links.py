"""Pages by signed links: one customer's page and nothing else, whatever is put into the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from chalicelib.domain.tenant import Tenant
from tests.api import Reply
from tests.integration.strangers.places import absent, operations
from tests.integration.strangers.town import OWNER, TENANTS, Town, a_town

FORM = "application/x-www-form-urlencoded"
PAGES = [each for each in operations() if each.path_names == ["token"]]
STRANGERS = [each for each in TENANTS if each != OWNER]


@pytest.fixture(scope="module")
def town(aws: None) -> Iterator[Town]:
    with a_town() as built:
        yield built


def token_of(town: Town, tenant: Tenant) -> str:
    path = f"/v1/invoices/{town.ids[tenant]['in']}"
    invoice = town.api.done("GET", path, key=town.keys[tenant])
    return str(invoice["pay_url"].rpartition("/")[2])


def send(town: Town, operation: Any, token: str, form: dict[str, str]) -> Reply:
    path = operation.path.format(token=token)
    raw, headers = urlencode(form).encode(), {"Content-Type": FORM}
    return town.api.call(operation.method, path, raw=raw, headers=headers, key="")


def test_all_pages_are_tried():
    assert {each.name for each in PAGES} == {
        "show_page",
        "check_out",
        "come_back",
        "show_emails",
        "choose_emails",
    }


@pytest.mark.parametrize("stranger", STRANGERS, ids=lambda each: each.key)
def test_anothers_invoice_is_chosen_as_little_as_nobodys(town: Town, stranger: Tenant):
    """At the stranger's own page, with the ids of the owner's invoice."""
    [checkout] = [each for each in PAGES if each.name == "check_out"]
    token, foreign = token_of(town, stranger), town.ids[OWNER]["in"]
    requests, before = list(town.api.world.payments.requests), town.items()
    answers = set()
    for identifier in (foreign, *absent(foreign)):
        reply = send(town, checkout, token, {"currency": "eur", "invoice": identifier})
        answers.add((reply.status, reply.body.decode().replace(identifier, "<id>")))
    assert len(answers) == 1, answers
    assert answers.pop()[0] == 422
    assert town.items() == before
    assert town.api.world.payments.requests == requests


@pytest.mark.parametrize("operation", PAGES, ids=lambda each: each.name)
def test_no_page_shows_anything_of_others(town: Town, operation: Any):
    """Every id of every other tenant is looked for on each tenant's page."""
    for tenant in TENANTS:
        reply = send(town, operation, token_of(town, tenant), {"currency": "eur"})
        assert reply.status in {200, 303, 422}
        for other in TENANTS:
            for identifier in town.ids[other].values() if other != tenant else ():
                assert identifier.encode() not in reply.body
                assert identifier not in str(reply.headers)


@pytest.mark.parametrize("operation", PAGES, ids=lambda each: each.name)
@pytest.mark.parametrize("wrong", ["x", "", "a" * 3000, "..%2f..", "%00", "cus_" + "0" * 16])
def test_what_is_no_link_opens_nothing(town: Town, operation: Any, wrong: str):
    if not wrong:
        wrong = town.ids[OWNER]["cus"]  # an id alone is no link
    before = town.items()
    assert send(town, operation, wrong, {"currency": "eur"}).status in {404, 405}
    assert town.items() == before
