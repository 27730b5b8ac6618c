"""A new kind of step is one file and one registration: validated, stored, previewed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chalicelib.domain.sequence import Do
from chalicelib.services import effects
from tests.api import Api
from tests.visit import VISIT, visit

STEP = {"key": "visit", "offset_days": 1, "do": "visit", "parameters": {"visitors": 5}}
BODY = {"name": "With a visit", "steps": [STEP]}


@pytest.fixture
def registered() -> Iterator[None]:
    effects.register(VISIT, visit)
    yield
    effects.remove(VISIT)


def test_its_steps_are_validated_stored_and_previewed(api: Api, registered: None):
    stored = api.done("POST", "/v1/sequences", BODY)

    assert stored["steps"][0]["parameters"] == {"visitors": 5}
    assert api.done("GET", f"/v1/sequences/{stored['id']}") == stored
    preview = {
        "sequence": stored["id"],
        "customer": {"country": "DE"},
        "invoices": [{"number": "R-1", "amount": 100, "currency": "eur",
                      "issue_date": "2026-01-02", "due_date": "2026-01-15"}],
        "from": "2026-01-02T00:00:00Z",
        "until": "2026-02-01T00:00:00Z",
    }  # fmt: skip
    (entry,) = api.done("POST", "/v1/sequences/preview", preview)["entries"]
    assert (entry["do"], entry["outcome"], entry["reason"]) == ("visit", "act", "due")
    assert entry["at"] == "2026-01-15T23:00:00Z"


@pytest.mark.parametrize(
    ("parameters", "pointer", "said"),
    [
        (None, "/steps/0/parameters/visitors", "is required"),
        ({"visitors": "5"}, "/steps/0/parameters/visitors", "integer"),
        ({"visitors": 5.0}, "/steps/0/parameters/visitors", "integer"),
        ({"visitors": 5, "gifts": 1}, "/steps/0/parameters/gifts", "unknown"),
        ({"visitors": 0}, "/steps/0/parameters", "at least one"),
    ],
)
def test_its_parameters_are_refused_where_they_are_wrong(
    api, registered, parameters, pointer, said
):
    refused = api.post("/v1/sequences", {**BODY, "steps": [{**STEP, "parameters": parameters}]})

    assert (refused.status, refused.pointers) == (422, [pointer])
    assert said in refused.json["errors"][0]["detail"]


def test_nobody_knows_it_before_it_is_registered(api: Api):
    refused = api.post("/v1/sequences", BODY)

    assert (refused.status, refused.pointers) == (422, ["/steps/0/do"])
    with pytest.raises(ValueError, match="visit"):
        Do("visit")
