"""Webhook endpoints by the API: made, changed, rotated, removed, and what they are sent."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from chalicelib.domain.webhook_endpoint import MOST_ENDPOINTS, FailureReason
from chalicelib.gateways.webhooks import _headers
from chalicelib.ports.webhooks import Answered
from tests.api import Api, an_invoice_body
from tests.fakes.webhooks import Post

ALL = "/v1/webhook_endpoints"
URL = "https://billing.example.com/dunlin"
ONCE = {"Idempotency-Key": "k-1"}


def body(**fields: Any) -> dict[str, Any]:
    return {"url": URL, "events": ["invoice.created"], **fields}


def made(api: Api, **fields: Any) -> Any:
    return api.done("POST", ALL, body(**fields))


def secrets_of(api: Api) -> tuple[str, ...]:
    """Post an invoice, and return the secrets that signed its event."""
    api.world.webhooks.posts.clear()
    number = f"R-{len(api.world.ledger.changes)}"
    api.done("POST", "/v1/invoices", an_invoice_body(number))
    api.world.work()
    [post] = api.world.webhooks.posts
    return post.secrets


def verified(post: Post, secret: str) -> Any:
    headers = _headers(post.message, post.secrets)
    return Webhook(secret).verify(post.message.body, headers)


def test_an_endpoint_is_made_read_changed_listed_and_removed(api: Api):
    endpoint = made(api, description="Billing", metadata={"team": "ar"})
    secret = endpoint.pop("secret")
    assert secret.startswith("whsec_")
    path = f"{ALL}/{endpoint['id']}"
    assert api.done("GET", path) == endpoint
    assert endpoint | body() == endpoint
    assert (endpoint["status"], endpoint["failing_since"], endpoint["livemode"]) == (
        "enabled",
        None,
        False,
    )
    api.world.clock.advance(seconds=1)
    changed = api.done("PATCH", path, {"events": ["*"], "description": None})
    assert changed == {**endpoint, "events": ["*"], "description": None}
    assert api.done("GET", ALL)["data"] == [changed]
    api.world.clock.advance(seconds=1)
    assert api.done("DELETE", path) == {
        "id": endpoint["id"],
        "object": "webhook_endpoint",
        "deleted": True,
    }
    assert api.get(path).status == 404
    assert api.call("DELETE", path).status == 404
    told = [each["type"] for each in api.done("GET", "/v1/events")["data"]]
    told.remove("api_key.issued")
    assert told == [f"webhook_endpoint.{each}" for each in ("deleted", "updated", "created")]


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"url": "http://billing.example.com/"}, "/url"),
        ({"url": "https://127.0.0.1/"}, "/url"),
        ({"url": "https://inner.example.com/"}, "/url"),
        ({"url": ""}, "/url"),
        ({"events": []}, "/events"),
        ({"events": ["invoice.eaten"]}, "/events/0"),
        ({"secret": "whsec_x"}, "/secret"),
    ],
)
def test_what_cant_be_an_endpoint_is_refused_where_it_is_wrong(
    api: Api, fields: dict[str, Any], pointer: str
):
    api.world.webhooks.private.add("inner.example.com")
    endpoint = made(api)
    for reply in (
        api.post(ALL, body(**fields)),
        api.call("PATCH", f"{ALL}/{endpoint['id']}", fields),
    ):
        assert (reply.status, reply.pointers) == (422, [pointer])


def test_a_change_names_what_it_keeps_by_leaving_it_out(api: Api):
    path = f"{ALL}/{made(api)['id']}"
    for name in ("url", "events", "metadata", "status"):
        reply = api.call("PATCH", path, {name: None})
        assert (reply.status, reply.pointers) == (422, [f"/{name}"])


def test_what_is_delivered_is_signed_and_is_what_the_feed_has(api: Api):
    secret = made(api)["secret"]
    api.world.clock.set(_now())
    api.done("POST", "/v1/invoices", an_invoice_body())
    api.world.work()

    [post] = api.world.webhooks.posts
    [event] = api.done("GET", "/v1/events?type=invoice.created")["data"]
    assert verified(post, secret) == event
    assert post.message.id == event["id"]
    with pytest.raises(WebhookVerificationError):
        verified(post, "whsec_" + "A" * 44)


def test_after_a_rotation_both_secrets_sign_for_a_while(api: Api):
    endpoint = made(api)
    path = f"{ALL}/{endpoint['id']}/rotate_secret"
    new = api.done("POST", path, {"overlap_hours": 2})["secret"]
    assert secrets_of(api) == (new, endpoint["secret"])
    api.world.clock.advance(hours=2)
    assert secrets_of(api) == (new,)
    leaked = api.done("POST", path, {"overlap_hours": 0})["secret"]
    assert secrets_of(api) == (leaked,)
    assert len({endpoint["secret"], new, leaked}) == 3


def test_the_same_request_makes_one_endpoint_and_shows_its_secret_again(api: Api):
    first, second = (api.done("POST", ALL, body(), headers=ONCE) for _ in range(2))
    assert first == second
    assert len(api.done("GET", ALL)["data"]) == 1
    other = api.post(ALL, body(events=["*"]), headers=ONCE)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")

    path = f"{ALL}/{first['id']}/rotate_secret"
    new, again = (api.done("POST", path, headers={"Idempotency-Key": "k-2"}) for _ in range(2))
    assert new == again
    late = api.post(ALL, body(), headers=ONCE)
    assert (late.status, late.json["code"]) == (409, "secret_replaced")


@pytest.mark.parametrize("overlap", [0, 2])
def test_a_late_repetition_rotates_nothing(api: Api, overlap: int):
    path = f"{ALL}/{made(api)['id']}/rotate_secret"
    wanted, first = {"overlap_hours": overlap}, {"Idempotency-Key": "k-1"}
    api.done("POST", path, wanted, headers=first)
    other = api.post(path, {"overlap_hours": 5}, headers=first)
    assert (other.status, other.json["code"]) == (409, "idempotency_key_reused")
    newest = api.done("POST", path, wanted, headers={"Idempotency-Key": "k-2"})["secret"]
    late = api.post(path, wanted, headers=first)
    assert (late.status, late.json["code"]) == (409, "secret_replaced")
    assert secrets_of(api)[0] == newest


def test_no_secret_is_kept_with_the_answers_of_posts(api: Api):
    api.done("POST", ALL, body(), headers=ONCE)
    api.done("POST", "/v1/customers", {"name": "x", "country": "DE"}, headers={
        "Idempotency-Key": "k-3"
    })  # fmt: skip
    assert len(api.answers.records) == 1


def test_there_are_so_many_at_most_in_each_mode(api: Api):
    for _ in range(MOST_ENDPOINTS):
        made(api)
    reply = api.post(ALL, body())
    assert (reply.status, reply.json["code"]) == (409, "too_many_webhook_endpoints")


def test_they_are_listed_latest_first_page_by_page(api: Api):
    wanted = []
    for _ in range(5):
        api.world.clock.advance(seconds=1)
        wanted.insert(0, made(api)["id"])

    def page(query: str) -> tuple[list[str], bool]:
        found = api.done("GET", f"{ALL}?{query}")
        return [each["id"] for each in found["data"]], found["has_more"]

    assert page("limit=2") == (wanted[:2], True)
    assert page(f"limit=2&starting_after={wanted[2]}") == (wanted[3:], False)
    assert page(f"limit=2&ending_before={wanted[3]}") == (wanted[1:3], True)
    assert page(f"limit=9&ending_before={wanted[3]}") == (wanted[:3], False)
    reply = api.get(f"{ALL}?starting_after=we_{'0' * 16}")
    assert (reply.status, reply.pointers) == (422, ["/starting_after"])


def test_what_isnt_taken_is_seen_and_sent_again(api: Api):
    endpoint = made(api)
    path = f"{ALL}/{endpoint['id']}"
    api.world.webhooks.script(URL, Answered(500, FailureReason.STATUS))
    api.done("POST", "/v1/invoices", an_invoice_body())
    api.world.work()

    [owed] = api.done("GET", f"{path}/deliveries")["data"]
    assert (owed["status"], owed["attempts"]) == ("pending", 1)
    assert owed["last_failure"]["status"] == 500
    assert api.done("GET", path)["last_failure"] == owed["last_failure"]
    api.done("POST", f"{path}/deliveries/{owed['id']}/retry")
    api.world.work()
    assert api.done("GET", f"{path}/deliveries")["data"] == []
    assert len(api.world.webhooks.posts) == 2


def test_a_disabled_one_gets_nothing_until_it_is_enabled(api: Api):
    endpoint = made(api)
    path = f"{ALL}/{endpoint['id']}"
    disabled = api.done("PATCH", path, {"status": "disabled"})
    assert (disabled["status"], disabled["disabled_reason"]) == ("disabled", "requested")
    api.done("POST", "/v1/invoices", an_invoice_body())
    api.world.work()
    assert api.world.webhooks.posts == []
    [event] = api.done("GET", "/v1/events?type=invoice.created")["data"]
    assert api.post(f"{path}/deliveries/{event['id']}/retry").status == 409
    enabled = api.done("PATCH", path, {"status": "enabled"})
    assert (enabled["status"], enabled["disabled_at"]) == ("enabled", None)
    assert secrets_of(api) == (endpoint["secret"],)


def test_no_address_is_told_in_events(api: Api):
    """Some services put a secret into it, and the feed takes no more than a key that reads."""
    path = f"{ALL}/{made(api, url=URL + '?token=s3cret')['id']}"
    api.done("PATCH", path, {"url": URL + "?token=0ther"})
    api.done("DELETE", path)
    told = json.dumps(api.done("GET", "/v1/events"))
    assert "s3cret" not in told
    assert "0ther" not in told


def _now():
    """The library that verifies goes by the clock of the machine."""
    from datetime import UTC, datetime

    return datetime.now(UTC) - timedelta(seconds=1)
