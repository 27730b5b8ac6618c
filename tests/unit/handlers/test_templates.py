"""Texts over HTTP: what applies, one's own in its place, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.access import AccessScope
from chalicelib.domain.own_template import LONGEST_TEXT
from chalicelib.domain.tenant import Mode
from chalicelib.handlers.writing import weight
from chalicelib.rendering.renderer import Renderer
from tests.api import OTHER_CREDITOR_ID, Api, an_api
from tests.builders import a_creditor
from tests.builders.templates import EMAIL, SMS
from tests.world import CREDITOR_ID

PATH = "/v1/templates/reminder_first/email/de"
SMS_PATH = "/v1/templates/reminder_first/sms/de"
OWN = {"subject": "Offen bei {{ creditor.name }}", "text": EMAIL}


@pytest.fixture
def api() -> Iterator[Api]:
    with an_api(renderer=Renderer()) as each:
        yield each


def test_without_own_texts_the_built_in_ones_apply(api: Api):
    listed = api.done("GET", "/v1/templates")
    assert (listed["object"], listed["has_more"], listed["url"]) == ("list", False, "/v1/templates")
    assert len(listed["data"]) == 6 * 2 * 4
    assert {each["own"] for each in listed["data"]} == {False}
    builtin = api.done("GET", PATH)
    assert builtin in listed["data"]
    assert builtin == {
        "object": "template",
        "message": "reminder_first",
        "channel": "email",
        "locale": "de",
        "own": False,
        "version": None,
        "subject": builtin["subject"],
        "text": builtin["text"],
        "changed_at": None,
    }
    assert "common.which_overdue(n)" in builtin["subject"]


def test_an_own_text_applies_until_it_is_reset(api: Api):
    builtin = api.done("GET", PATH)
    put = api.done("PUT", PATH, OWN)
    assert put == {**builtin, **OWN, "own": True, "version": 1, "changed_at": put["changed_at"]}
    assert api.done("GET", PATH) == put
    assert [each for each in api.done("GET", "/v1/templates")["data"] if each["own"]] == [put]
    assert api.done("PUT", PATH, OWN) == put
    again = api.done("PUT", PATH, {"text": EMAIL})
    assert (again["version"], again["subject"]) == (2, None)
    assert api.done("DELETE", PATH) == builtin
    assert api.done("DELETE", PATH) == builtin
    assert api.done("GET", PATH) == builtin
    assert api.done("PUT", SMS_PATH, {"text": SMS})["version"] == 1


def test_every_change_is_told_with_who_and_why_and_all_that_it_says(api: Api):
    api.done("PUT", PATH, OWN)
    api.done("PUT", PATH, OWN)
    api.world.clock.advance(seconds=1)
    api.done("DELETE", PATH)
    api.done("DELETE", PATH)
    events = api.done("GET", "/v1/events")["data"]
    own = [each for each in events if each["type"].startswith("template.")]
    named = {"message": "reminder_first", "channel": "email", "locale": "de"}
    assert [(each["type"], each["why"], each["data"]) for each in own] == [
        ("template.reset", "reset_text", named),
        ("template.changed", "replace_text", {**named, **OWN, "version": 1}),
    ]
    assert {each["object_id"] for each in own} == {"reminder_first/email/de"}
    assert all(each["by"].startswith("api_key:ak_") for each in own)
    found = api.done("GET", "/v1/events?type=template.changed")["data"]
    assert found == own[1:]


def test_others_and_the_other_mode_see_nothing_of_it(api: Api):
    api.done("PUT", PATH, OWN)
    for key in (
        api.new_key(mode=Mode.LIVE),
        api.new_key(creditor=OTHER_CREDITOR_ID),
        api.new_key(mode=Mode.LIVE, creditor=OTHER_CREDITOR_ID),
    ):
        assert api.done("GET", PATH, key=key)["own"] is False
        listed = api.done("GET", "/v1/templates", key=key)["data"]
        assert {each["own"] for each in listed} == {False}
        assert api.done("DELETE", PATH, key=key)["own"] is False
        events = api.done("GET", "/v1/events?type=template.changed", key=key)
        assert events["data"] == []
    assert api.done("GET", PATH)["own"] is True


@pytest.mark.parametrize("scope", [AccessScope.READ, AccessScope.WRITE])
def test_changing_takes_admin_and_looking_takes_read(api: Api, scope: AccessScope):
    key = api.new_key(scope)
    assert api.call("PUT", PATH, OWN, key=key).status == 403
    assert api.call("DELETE", PATH, key=key).status == 403
    assert api.get(PATH, key=key).status == 200
    assert api.post(f"{PATH}/preview", OWN, key=key).status == 200
    assert api.done("GET", PATH)["own"] is False


@pytest.mark.parametrize(
    "name", ["reminder_ninth/email/de", "reminder_first/fax/de", "reminder_first/email/xx",
             "_own/email/de", "reminder_first/email/de-AT", "..%2f../email/de"],
)  # fmt: skip
def test_what_isnt_there_is_404(api: Api, name: str):
    path = f"/v1/templates/{name}"
    assert {api.call(method, path, document).status for method, document in
            (("GET", None), ("PUT", OWN), ("DELETE", None))} == {404}  # fmt: skip
    assert api.post(f"{path}/preview", {}).status == 404


@pytest.mark.parametrize(
    ("body", "pointers", "said"),
    [
        ({}, ["/text"], "is required"),
        ({"text": ""}, ["/text"], "at least 1 character"),
        ({"text": "x" * 8001}, ["/text"], "at most 8000"),
        ({"text": "\u0000"}, ["/text"], "control characters"),
        ({"text": 5}, ["/text"], "must be text"),
        ({**OWN, "html": "<b>x</b>"}, ["/html"], "is unknown here"),
        ({**OWN, "subject": "a\nb"}, ["/subject"], "one line"),
        ({**OWN, "subject": "x" * 301}, ["/subject"], "at most 300"),
        ({**OWN, "text": EMAIL + "\n{{ foo }}"}, ["/text"], "line 17: there is no variable `foo`"),
        ({**OWN, "text": EMAIL + "{% if count %}"}, ["/text"], "line 16: "),
        ({"text": "Bitte", "subject": "{{ x }}"}, ["/text"] * 4 + ["/subject"], "{{ pay_url }}"),
        ({**OWN, "text": f"{EMAIL}\nhttps://evil.example"}, ["/text"], "leads to https://evil"),
        ({**OWN, "text": EMAIL + "{{ total }}€"}, ["/text"], "a sign right beside an amount"),
        ({**OWN, "subject": "$ {{ total }}"}, ["/subject"], "currency or percent sign"),
        ({**OWN, "text": EMAIL + "<script>"}, ["/text"], "has HTML"),
        ({**OWN, "text": EMAIL + "{{ 0x" + "f" * 7000 + " }}"}, ["/text"], "too long"),
    ],
)  # fmt: skip
def test_what_cant_be_used_is_refused_with_where_and_why(
    api: Api, body: dict[str, Any], pointers: list[str], said: str
):
    refused = api.call("PUT", PATH, body)
    assert (refused.status, refused.json["code"]) == (422, "invalid_request")
    assert refused.pointers == pointers
    assert any(said in each["detail"] for each in refused.json["errors"])
    tried = api.post(f"{PATH}/preview", body)
    if body:
        assert (tried.status, tried.pointers) == (422, pointers)
    assert api.done("GET", PATH)["own"] is False
    assert api.done("GET", "/v1/events?type=template.changed")["data"] == []


def test_an_sms_has_no_subject(api: Api):
    refused = api.call("PUT", SMS_PATH, {"text": SMS, "subject": "x"})
    assert (refused.status, refused.pointers) == (422, ["/subject"])


def test_a_preview_says_what_every_usual_situation_would_say_and_stores_nothing(api: Api):
    before = api.done("GET", "/v1/events")["data"]
    preview = api.done("POST", f"{SMS_PATH}/preview", {"text": SMS})
    assert (preview["object"], preview["channel"]) == ("template_preview", "sms")
    situations = {each["situation"]: each for each in preview["situations"]}
    assert (len(situations), preview["has_more"]) == (10, False)
    overdue = situations["overdue"]
    assert (overdue["subject"], overdue["html"], overdue["segments"]) == (None, None, 2)
    assert api.done("GET", SMS_PATH)["own"] is False
    assert api.done("GET", "/v1/events")["data"] == before


@pytest.mark.parametrize("said", ["\N{SLIGHTLY SMILING FACE}", ".\n\n"], ids=ascii)
def test_a_preview_shows_no_more_than_fits_into_an_answer(api: Api, said: str):
    creditor = replace(a_creditor(id=CREDITOR_ID), address=("Hafenstraße 1",) * 6)
    api.world.ledger.save_creditor(creditor)
    room = (LONGEST_TEXT - len(EMAIL) - 60) // len(said)
    loop = f"{{% for line in creditor.address %}}{said * room}{{% endfor %}}"
    preview = api.done("POST", f"{PATH}/preview", {"text": EMAIL + loop})
    assert weight(preview) < 6_000_000
    assert 0 < len(preview["situations"]) < 10
    assert preview["has_more"] is True


def test_a_preview_without_a_text_shows_what_applies(api: Api):
    builtin = api.done("POST", f"{PATH}/preview", {})
    api.done("PUT", PATH, OWN)
    own = api.done("POST", f"{PATH}/preview", {})
    assert own == api.done("POST", f"{PATH}/preview", OWN)
    assert own["situations"] != builtin["situations"]
    assert api.post(f"{PATH}/preview", {"subject": "x"}).pointers == ["/text"]
