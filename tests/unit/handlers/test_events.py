"""The feed over HTTP, by type of event."""

from __future__ import annotations

from typing import Any

from chalicelib.handlers.shapes.event_types import EVENT_TYPES
from tests.api import Api, an_invoice_body


def three_paid(api: Api) -> list[Any]:
    """Post three invoices, a minute apart, and pay each."""
    invoices = [api.done("POST", "/v1/invoices", an_invoice_body(f"R-{n}")) for n in range(3)]
    for invoice in invoices:
        api.world.clock.advance(minutes=1)
        body = {
            "amount": invoice["amount"],
            "currency": "eur",
            "paid_at": "2026-01-02T08:00:00Z",
            "method": "cash",
        }
        api.done("POST", f"/v1/invoices/{invoice['id']}/payments", body)
    api.world.work()
    return invoices


def test_the_feed_by_type_is_paged_like_every_list(api: Api):
    newest, middle, oldest = (each["id"] for each in reversed(three_paid(api)))
    path = "/v1/events?type=invoice.paid"
    first = api.done("GET", f"{path}&limit=2")

    assert {each["type"] for each in first["data"]} == {"invoice.paid"}
    assert [each["object_id"] for each in first["data"]] == [newest, middle]
    assert (first["object"], first["has_more"], first["url"]) == ("list", True, "/v1/events")
    rest = api.done("GET", f"{path}&starting_after={first['data'][-1]['id']}")
    assert ([each["object_id"] for each in rest["data"]], rest["has_more"]) == ([oldest], False)
    newer = api.done("GET", f"{path}&limit=1&ending_before={rest['data'][0]['id']}")
    assert ([each["object_id"] for each in newer["data"]], newer["has_more"]) == ([middle], True)
    customer = first["data"][0]["customer"]
    assert len(api.done("GET", f"{path}&customer={customer}")["data"]) == 3


def test_whoever_polls_goes_on_from_what_was_searched(api: Api):
    began = api.done("GET", "/v1/events?limit=1")
    assert began["searched_to"] is None
    invoice = three_paid(api)[0]
    latest = api.done("GET", "/v1/events?limit=1")["data"][0]["id"]
    path = f"/v1/events?type=invoice.paid&customer={invoice['customer']}"

    assert api.done("GET", f"{path}&ending_before={latest}") == {
        "object": "list",
        "data": [],
        "has_more": False,
        "url": "/v1/events",
        "searched_to": latest,
    }
    first = api.done("GET", "/v1/events?limit=100")["data"][-1]["id"]
    polled = api.done("GET", f"/v1/events?type=task.created&ending_before={first}")
    assert (polled["data"], polled["searched_to"]) == ([], latest)


def test_an_unknown_type_is_told_the_known_ones(api: Api):
    for wrong in ("invoice.payed", "", "INVOICE.PAID"):
        refused = api.get(f"/v1/events?type={wrong}")
        assert (refused.status, refused.pointers) == (422, ["/type"])
        [error] = refused.json["errors"]
        assert all(each in error["detail"] for each in EVENT_TYPES)


def test_one_event_can_be_got(api: Api):
    invoice = three_paid(api)[0]
    told = api.done("GET", f"/v1/events?customer={invoice['customer']}")["data"]
    assert [api.done("GET", f"/v1/events/{each['id']}") for each in told] == told
    for unknown in ("evt_1", f"{told[0]['id']}0", "%23", "in_1"):
        assert api.get(f"/v1/events/{unknown}").status == 404
