"""The page that mails lead to: it shows, its button does, and mail programs click for people."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.api import Api, Reply, a_customer_body, an_invoice_body

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
BOUNDARY = "b0undary"
MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
ONE_CLICK = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\n'
    f"One-Click\r\n--{BOUNDARY}--\r\n"
).encode()


def a_page(api: Api, **customer: Any) -> tuple[str, str]:
    body = an_invoice_body(customer=a_customer_body(external_id="C-1", **customer))
    invoice = api.done("POST", "/v1/invoices", body)
    return f"{urlsplit(invoice['pay_url']).path}/emails", invoice["customer"]


def choose(api: Api, path: str, choice: str) -> Reply:
    return api.post(path, raw=urlencode({"choice": choice}).encode(), headers=FORM, key="")


def said(api: Api, customer: str) -> dict[str, Any]:
    found: dict[str, Any] = api.done("GET", f"/v1/customers/{customer}")["consents"]
    return found


def test_to_open_the_page_changes_nothing(api: Api):
    """Scanners of mail open every link."""
    path, customer = a_page(api)
    for _ in range(2):
        reply = api.get(path, key="")
        assert reply.status == 200
        assert 'value="stop"' in reply.body.decode()
    assert said(api, customer) == {}


def test_the_button_stops_reminders_and_another_brings_them_back(api: Api):
    path, customer = a_page(api)
    stopped = choose(api, path, "stop").body.decode()
    assert "Erledigt. Sie erhalten keine Zahlungserinnerungen" in stopped
    assert "letzte Mahnung" in stopped
    assert said(api, customer)["email"]["covers"] == "reminders"

    assert 'value="resume"' in api.get(path, key="").body.decode()
    assert "Sie erhalten wieder" in choose(api, path, "resume").body.decode()
    assert said(api, customer)["email"]["given"] is True


@pytest.mark.parametrize(
    ("body", "headers"), [(b"List-Unsubscribe=One-Click", FORM), (ONE_CLICK, MULTIPART), (b"", {})]
)
def test_a_mail_program_clicks_in_any_form(api: Api, body: bytes, headers: dict[str, str]):
    path, customer = a_page(api)
    assert api.post(path, raw=body, headers=headers, key="").status == 200
    assert said(api, customer)["email"] == {
        "given": False,
        "covers": "reminders",
        "source": "one_click",
        "words": None,
        "at": "2026-01-02T08:00:00Z",
    }


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", "you will still receive"),
        ("en-GB", "Legal notices"),
        ("fr", "Les notifications à portée juridique"),
        ("es", "Las notificaciones con efectos legales"),
        ("de", "Rechtlich bedeutsame Mitteilungen"),
    ],
)
def test_it_says_in_each_language_what_still_comes(api: Api, locale: str, words: str):
    path, _ = a_page(api, locale=locale)
    html = api.get(path, key="").body.decode()
    expected = words if locale != "en" else "we will still send them to you by e-mail"
    assert expected in html
    assert f'<html lang="{locale[:2]}' in html


def test_who_objected_to_all_mail_is_told_to_ask_a_person(api: Api):
    path, customer = a_page(api, locale="en")
    refused = {"channel": "email", "given": False, "source": "letter"}
    api.done("POST", f"/v1/customers/{customer}/consents", refused)
    html = api.get(path, key="").body.decode()
    assert "We do not write to you by e-mail" in html
    assert "<form" not in html


def test_a_link_that_isnt_ours_stops_nobodys_mails(api: Api):
    for reply in (api.get("/pay/nonsense/emails", key=""), choose(api, "/pay/x/emails", "stop")):
        assert reply.status == 404


def test_what_was_said_is_listed_newest_first_page_by_page(api: Api):
    path, customer = a_page(api)
    history = f"/v1/customers/{customer}/consents"
    spoken = {"channel": "call", "given": False, "source": "phone", "words": "Don't call me"}
    api.done("POST", history, spoken)
    for choice in ("stop", "resume", "stop"):
        api.world.clock.advance(minutes=1)
        choose(api, path, choice)
    api.world.work()

    whole = api.done("GET", history)
    assert [(each["channel"], each["given"], each["covers"]) for each in whole["data"]] == [
        ("email", False, "reminders"),
        ("email", True, "everything"),
        ("email", False, "reminders"),
        ("call", False, "everything"),
    ]
    last = whole["data"][-1]
    assert (last["words"], last["source"]) == ("Don't call me", "phone")
    assert last["recorded_by"].startswith("api_key:ak_")
    assert whole["data"][0]["recorded_by"] == "customer"
    assert (whole["has_more"], whole["url"]) == (False, history)

    first = api.done("GET", f"{history}?limit=3")
    assert first["has_more"] is True
    rest = api.done("GET", f"{history}?limit=3&starting_after={first['data'][-1]['id']}")
    assert [*first["data"], *rest["data"]] == whole["data"]
    back = api.done("GET", f"{history}?limit=3&ending_before={last['id']}")
    assert (back["data"], back["has_more"]) == (first["data"], False)


def test_reminders_only_is_said_of_a_refusal(api: Api):
    _, customer = a_page(api)
    wrong = {"channel": "sms", "given": True, "source": "phone", "covers": "reminders"}
    assert api.post(f"/v1/customers/{customer}/consents", wrong).pointers == ["/covers"]
