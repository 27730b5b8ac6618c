"""Test clocks over HTTP, for test keys alone."""

from __future__ import annotations

from chalicelib.domain.tenant import Mode
from tests.api import Api, a_customer_body


def test_a_test_clock_is_for_test_keys(api: Api):
    clock = api.done(
        "POST", "/v1/test_clocks", {"frozen_time": "2026-01-01T10:00:00+01:00", "name": "A"}
    )
    path = f"/v1/test_clocks/{clock['id']}"

    assert clock["frozen_time"] == "2026-01-01T09:00:00Z"
    assert clock["status"] == "ready"
    body = a_customer_body(test_clock=clock["id"])
    assert api.done("POST", "/v1/customers", body)["test_clock"] == clock["id"]
    moving = api.done("POST", f"{path}/advance", {"frozen_time": "2026-02-01T09:00:00Z"})
    assert (moving["status"], moving["target"]) == ("advancing", "2026-02-01T09:00:00Z")
    assert api.done("GET", path) == moving
    busy = api.post(f"{path}/advance", {"frozen_time": "2026-03-01T09:00:00Z"})
    assert (busy.status, busy.json["code"]) == (409, "test_clock_advancing")
    live = api.new_key(mode=Mode.LIVE)
    body = {"frozen_time": "2026-01-01T09:00:00Z"}
    assert api.post("/v1/test_clocks", body, key=live).status == 403
    assert api.post(f"{path}/advance", body, key=live).status == 404
    assert api.get(path, key=live).status == 404
