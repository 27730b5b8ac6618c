"""What a Checkout Session is asked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain import ids
from chalicelib.domain.money import Money
from chalicelib.gateways.stripe_checkout import expiry, locale_of, session_params
from chalicelib.gateways.stripe_metadata import Ours, ours_in, written
from tests.builders import JPY, TEST, customer_id, eur, record_id
from tests.unit.gateways.stripe_payloads import METADATA, OURS, REQUEST


def test_a_session_names_what_is_paid_and_whose_it_is():
    params = session_params(REQUEST, 1772449200)
    lines = [
        (line["price_data"]["product_data"]["name"], line["price_data"]["unit_amount"])
        for line in params["line_items"]
    ]
    assert lines == [("Rechnung R-1", 1000), ("Rechnung R-2", 500)]
    assert params["metadata"] == params["payment_intent_data"]["metadata"] == METADATA
    assert (params["mode"], params["locale"], params["expires_at"]) == ("payment", "de", 1772449200)
    assert params["customer_email"] == "kunde@kunde.example"
    assert params["client_reference_id"] == customer_id()


@pytest.mark.parametrize("email", [None, "", "nobody", "jürgen@kunde.example"])
def test_an_address_that_stripe_would_refuse_is_left_out(email: str | None):
    assert "customer_email" not in session_params(replace(REQUEST, email=email), 0)


def test_lines_must_add_up_to_what_is_charged():
    with pytest.raises(ValueError, match="add up"):
        session_params(replace(REQUEST, amount=eur(1499)), 0)


def test_many_lines_become_one():
    many = replace(REQUEST, lines=tuple((f"R-{n}", eur(1)) for n in range(150)), amount=eur(150))
    items = session_params(many, 0)["line_items"]
    assert len(items) == 100
    assert items[-1]["price_data"]["product_data"]["name"] == "+ 51"
    assert sum(item["price_data"]["unit_amount"] for item in items) == 150


def test_whole_yen_stay_whole():
    money = Money(500, JPY)
    params = session_params(replace(REQUEST, amount=money, lines=(("R-1", money),)), 0)
    assert params["line_items"][0]["price_data"] == {
        "currency": "jpy",
        "product_data": {"name": "R-1"},
        "unit_amount": 500,
    }


@pytest.mark.parametrize(
    ("locale", "page"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("en_GB", "en-GB"),
        ("en-US", "en"),
        ("fr-CA", "fr-CA"),
        ("pt-BR", "pt-BR"),
        ("nn-NO", "nb"),
        ("eo", "auto"),
    ],
)
def test_the_page_speaks_the_customers_language_where_stripe_can(locale: str, page: str):
    assert locale_of(locale) == page


def test_a_session_is_open_for_one_to_two_hours_and_the_same_within_the_hour():
    hour = datetime(2026, 3, 2, 9, tzinfo=UTC)
    closes = {expiry(hour + timedelta(minutes=minute)) for minute in range(60)}
    assert closes == {int((hour + timedelta(hours=2)).timestamp())}


@pytest.mark.parametrize("count", [0, 1, 13, 14, 200])
def test_any_number_of_invoices_fits_into_metadata(count: int):
    named = tuple(record_id(ids.INVOICE, f"R-{n}") for n in range(count))
    metadata = written(replace(OURS, named=named))
    assert len(metadata) <= 50
    assert all(len(key) <= 40 and len(value) <= 500 for key, value in metadata.items())
    assert ours_in(metadata) == replace(OURS, named=named)


def test_too_many_invoices_are_paid_oldest_first():
    named = tuple(record_id(ids.INVOICE, f"R-{n}") for n in range(1000))
    found: Any = ours_in(written(replace(OURS, named=named)))
    assert found == replace(OURS, named=())


def test_metadata_without_a_communication_comes_back():
    bare = Ours(TEST, customer_id())
    assert ours_in(written(bare)) == bare
