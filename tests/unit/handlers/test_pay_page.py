"""The customer's page: what guards it, what it refuses, and the way to the checkout and back."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from chalicelib.ports.payments import ProviderState
from tests.api import Api, Reply, a_customer_body, an_invoice_body
from tests.unit.meanwhile import just_before_the_commit

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def a_page(api: Api, **customer: Any) -> tuple[str, dict[str, Any]]:
    """Post an invoice; return the path of its customer's page, and the invoice."""
    body = an_invoice_body(customer=a_customer_body(external_id="C-1", **customer))
    invoice = api.done("POST", "/v1/invoices", body)
    return urlsplit(invoice["pay_url"]).path, invoice


def choose(api: Api, path: str, **fields: Any) -> Reply:
    form = urlencode({"currency": "eur", **fields}, doseq=True).encode()
    return api.post(f"{path}/checkout", raw=form, headers=FORM, key="")


def test_the_page_shows_what_is_owed_in_the_customers_language(api: Api):
    path, invoice = a_page(api)
    reply = api.get(path, key="")
    html = reply.body.decode()

    assert reply.status == 200
    assert f'action="https://pay.test{path}/checkout"' in html
    assert "1.190,00" in html
    assert invoice["number"] in html
    assert '<html lang="de-DE"' in html


def test_the_page_is_guarded(api: Api):
    path, _ = a_page(api, name="<script>alert(1)</script>")
    reply = api.get(path, key="")
    html = reply.body.decode()

    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["referrer-policy"] == "no-referrer"
    assert reply.headers["x-frame-options"] == "DENY"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "noindex" in reply.headers["x-robots-tag"]
    [style] = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert reply.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "<script" not in html
    assert " style=" not in html
    assert "http" not in re.sub(
        r'action="https://pay\.test/|href="https://nordlicht\.example"|>https://[^<]+<', "", html
    )


def test_a_link_that_isnt_ours_opens_nothing(api: Api):
    for path in ("/pay/nonsense", "/pay/%00", "/pay/" + "a" * 500, "/pay/x/done"):
        reply = api.get(path, key="", headers={"Accept-Language": "fr-CH, fr;q=0.9"})
        assert reply.status == 404
        assert '<html lang="fr' in reply.body.decode()
        assert reply.headers["cache-control"] == "no-store"
    assert choose(api, "/pay/nonsense", invoice="in_1").status == 404
    weird = api.get("/pay/nonsense", key="", headers={"Accept-Language": "<script>"})
    assert '<html lang="en' in weird.body.decode()


def test_an_old_link_says_so(api: Api):
    path, invoice = a_page(api)
    api.world.ports.links.expired = True

    assert api.get(path, key="").status == 410
    assert choose(api, path, invoice=invoice["id"]).status == 410


def test_choosing_leads_to_the_checkout(api: Api):
    path, invoice = a_page(api)
    reply = choose(api, path, invoice=invoice["id"], amount="")

    assert (reply.status, reply.headers["location"]) == (303, "https://checkout.test/cs_0001")
    assert reply.headers["referrer-policy"] == "no-referrer"
    [request] = api.world.payments.requests
    assert (request.amount.amount, request.named) == (119000, (invoice["id"],))
    assert request.success_url == f"https://pay.test{path}/done"


def test_a_part_is_read_as_the_customer_writes_it(api: Api):
    path, invoice = a_page(api)
    assert choose(api, path, invoice=invoice["id"], amount="1.000,50 €").status == 303
    assert api.world.payments.requests[-1].amount.amount == 100050


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 422),
        ({"invoice": "in_unknown"}, 422),
        ({"invoice": "in_" + "0" * 32}, 422),
        ({"invoice": "<id>", "amount": "0"}, 422),
        ({"invoice": "<id>", "amount": "-5"}, 422),
        ({"invoice": "<id>", "amount": "1,999"}, 422),
        ({"invoice": "<id>", "amount": "99.999,00"}, 422),
        ({"invoice": "<id>", "amount": "viel"}, 422),
        ({"invoice": "<id>", "currency": "usd"}, 422),
        ({"invoice": "<id>", "currency": "xxx"}, 422),
        ({"invoice": [f"in_{each}" for each in range(600)]}, 422),
    ],
)
def test_what_cant_be_paid_shows_the_page_again(api: Api, fields: dict[str, Any], status: int):
    path, invoice = a_page(api)
    chosen = {name: invoice["id"] if value == "<id>" else value for name, value in fields.items()}
    reply = choose(api, path, **chosen)

    assert reply.status == status
    assert 'role="alert"' in reply.body.decode()
    assert f'action="https://pay.test{path}/checkout"' in reply.body.decode()
    assert api.world.payments.requests == []


def test_nobody_pays_anothers_invoice(api: Api):
    path, _ = a_page(api)
    other = an_invoice_body("R-2", customer=a_customer_body(external_id="C-2"))
    foreign = api.done("POST", "/v1/invoices", other)

    assert choose(api, path, invoice=foreign["id"]).status == 422
    assert foreign["number"] not in api.get(path, key="").body.decode()


def test_when_the_provider_is_down_nothing_is_lost(api: Api):
    path, invoice = a_page(api)
    api.world.payments.down = True
    reply = choose(api, path, invoice=invoice["id"])

    assert reply.status == 503
    assert 'role="alert"' in reply.body.decode()
    assert api.get(f"{path}/done", key="").status == 200


@pytest.mark.parametrize(
    ("amount", "said"),
    [("0,30", "kann nicht online bezahlt werden"), ("viel", "als Zahl"), ("9999", "übersteigen")],
)
def test_an_amount_that_cant_be_paid_is_told_in_the_customers_language(
    api: Api, amount: str, said: str
):
    path, invoice = a_page(api)
    api.world.payments.least = 50
    reply = choose(api, path, invoice=invoice["id"], amount=amount)

    assert reply.status == 422
    [banner] = re.findall(r'role="alert">([^<]+)<', reply.body.decode())
    assert said in banner
    assert invoice["number"] in reply.body.decode()


def test_too_large_a_form_is_refused(api: Api):
    path, _ = a_page(api)
    reply = api.post(f"{path}/checkout", raw=b"a" * 70_000, headers=FORM, key="")
    assert reply.status == 413
    assert reply.headers["content-type"].startswith("text/html")
    assert "<h1>This did not work</h1>" in reply.body.decode()


def test_a_fault_of_ours_is_told_on_a_page(api: Api):
    def break_down() -> None:
        raise RuntimeError("the table is on fire")

    path, invoice = a_page(api)
    just_before_the_commit(api.world, break_down)
    fault = choose(api, path, invoice=invoice["id"])

    assert fault.status == 500
    assert fault.headers["content-type"] == "text/html; charset=utf-8"
    assert fault.headers["cache-control"] == "no-store"
    assert "The fault is ours" in fault.body.decode()
    assert "fire" not in fault.body.decode()


def test_an_address_that_only_takes_forms_says_so_on_a_page(api: Api):
    path, _ = a_page(api)
    reply = api.get(f"{path}/checkout", key="", headers={"Accept-Language": "de"})

    assert (reply.status, reply.headers["allow"]) == (405, "POST")
    assert "<h1>Das hat nicht geklappt</h1>" in reply.body.decode()


def test_coming_back_before_the_webhook_settles_the_invoice(api: Api):
    path, invoice = a_page(api)
    choose(api, path, invoice=invoice["id"])
    assert 'role="status"' not in api.get(f"{path}/done", key="").body.decode()
    fact = api.world.payments.pay("cs_0001", at=api.world.clock.now())
    page = api.get(f"{path}/done", key="").body.decode()

    assert 'role="status"' in page
    assert api.done("GET", f"/v1/invoices/{invoice['id']}")["status"] == "paid"
    payload, signature = api.world.payments.event(fact.tenant.creditor_id, fact)
    hook = f"/webhooks/stripe/{fact.tenant.creditor_id}"
    assert api.post(hook, raw=payload, headers={"Stripe-Signature": signature}).status == 200
    customer = api.done("GET", f"/v1/customers/{invoice['customer']}")
    assert (customer["balance"], customer["credit"]) == ({}, {})


def test_a_payment_on_its_way_says_so(api: Api):
    path, invoice = a_page(api)
    choose(api, path, invoice=invoice["id"])
    api.world.payments.pay("cs_0001", state=ProviderState.PROCESSING, at=api.world.clock.now())
    page = api.get(f"{path}/done", key="").body.decode()

    assert 'role="status"' in page
    assert choose(api, path, invoice=invoice["id"]).status == 422


def test_only_known_notices_come_from_the_address(api: Api):
    path, _ = a_page(api)
    assert 'role="status"' in api.get(f"{path}?notice=cancelled", key="").body.decode()
    assert 'role="status"' not in api.get(f"{path}?notice=paid", key="").body.decode()
