"""Checkout Sessions in payment mode: made, shown, expired. Paying one is in collect.py."""

from babel.numbers import list_currencies

from local.stripe_emulator import forms, shapes
from local.stripe_emulator.announce import announce
from local.stripe_emulator.errors import Refused, missing, no_such
from local.stripe_emulator.store import Json, Store

# The bank debit that Stripe offers in a currency; without one there are only cards.
DEBITS = {"eur": "sepa_debit", "gbp": "bacs_debit", "usd": "us_bank_account"}

_SHORTEST, _LONGEST = 30 * 60, 24 * 3600
_SMALLEST = {"gbp": 30, "jpy": 50}
_LARGEST = 99_999_999
_MOST_LINES = 100
# fmt: off
_LOCALES = (
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr",
    "fr-CA", "hi-IN", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl",
    "pt", "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
)
# fmt: on

CREATE: dict[str, forms.Spec] = {
    "adaptive_pricing": {"enabled": forms.flag},
    "billing_address_collection": forms.one_of("auto", "required"),
    "cancel_url": forms.url,
    "client_reference_id": forms.at_most(200),
    "custom_text": {"submit": {"message": forms.at_most(1200)}},
    "customer_creation": forms.one_of("always", "if_required"),
    "customer_email": forms.email,
    "expand": [forms.text],
    "expires_at": forms.whole,
    "line_items": [
        {
            "price_data": {
                "currency": forms.text,
                "product_data": {
                    "name": forms.text,
                    "description": forms.text,
                    "metadata": forms.metadata,
                },
                "unit_amount": forms.whole,
            },
            "quantity": forms.whole,
        }
    ],
    "locale": forms.one_of(*_LOCALES),
    "metadata": forms.metadata,
    "mode": forms.one_of("payment"),
    "payment_intent_data": {
        "description": forms.at_most(1000),
        "metadata": forms.metadata,
        "receipt_email": forms.email,
        "statement_descriptor": forms.at_most(22),
        "statement_descriptor_suffix": forms.at_most(22),
    },
    "payment_method_types": [forms.one_of("card", *DEBITS.values())],
    "submit_type": forms.one_of("auto", "book", "donate", "pay"),
    "success_url": forms.url,
    "ui_mode": forms.one_of("hosted_page"),
}


def create(store: Store, account: str, params: Json, *, url_base: str) -> Json:
    """An open session. `params` have passed CREATE."""
    for required in ("mode", "line_items", "success_url"):
        forms.require(params, required)
    lines = [_line(index, item) for index, item in enumerate(params["line_items"])]
    currency = _check_lines(lines)
    now = store.now()
    params.setdefault("expires_at", now + _LONGEST)
    if params["expires_at"] < now + _SHORTEST:
        raise Refused(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session "
            "creation.",
            param="expires_at",
        )
    if params["expires_at"] > now + _LONGEST:
        raise Refused(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    params.setdefault("payment_method_types", _methods(currency))
    session = shapes.checkout_session(params, created=now, url_base=url_base, lines=lines)
    intent_data = params.get("payment_intent_data", {})
    return store.put(account, session, lines=lines, payment_intent_data=intent_data)


def expire(store: Store, session: Json) -> Json:
    """Close an open session; a session that is complete or expired refuses."""
    if session["status"] != "open":
        raise Refused(
            "Only Checkout Sessions with a status in `open` can be expired. This Checkout Session "
            f"has a status of `{session['status']}`.",
        )
    session["status"], session["url"] = "expired", None
    store.changed = True
    announce(store, "checkout.session.expired", session)
    return session


def expire_old(store: Store) -> None:
    """Close the sessions whose time is up."""
    now = store.now()
    for session in list(store.newest_first("checkout.session")):
        if session["status"] == "open" and session["expires_at"] <= now:
            expire(store, session)


def found(store: Store, identifier: str, *, account: str | None = None) -> Json:
    """The session, or Stripe's refusal."""
    session = store.get("checkout.session", identifier, account=account)
    if session is None:
        raise no_such("checkout.session", identifier, param="session")
    return session


def _line(index: int, item: Json) -> Json:
    name = f"line_items[{index}]"
    price = item.get("price_data")
    if price is None:
        raise missing(f"{name}[price_data]")
    for required in ("currency", "unit_amount", "product_data.name"):
        forms.require({name: {"price_data": price}}, f"{name}.price_data.{required}")
    currency = price["currency"].lower()
    if currency.upper() not in list_currencies():
        raise Refused(
            f"Invalid currency: {currency}.", code="parameter_invalid", param=f"{name}[price_data]"
        )
    if (many := forms.require({name: item}, f"{name}.quantity")) < 1:
        raise Refused(
            "Quantity must be at least 1.", code="parameter_invalid", param=f"{name}[quantity]"
        )
    product = price["product_data"]
    return shapes.line_item(
        name=product["name"],
        description=product.get("description"),
        currency=currency,
        unit=price["unit_amount"],
        many=many,
    )


def _check_lines(lines: list[Json]) -> str:
    if not lines or len(lines) > _MOST_LINES:
        raise Refused(f"You must pass 1 to {_MOST_LINES} line items.", param="line_items")
    currency: str = lines[0]["currency"]
    if any(line["currency"] != currency for line in lines):
        raise Refused("All line items must have the same currency.", param="line_items")
    total = sum(line["amount_total"] for line in lines)
    if total < _SMALLEST.get(currency, 50):
        raise Refused(
            "The Checkout Session's total amount due must add up to at least "
            f"{_SMALLEST.get(currency, 50)} {currency} in the minor unit",
            code="amount_too_small",
        )
    if total > _LARGEST:
        raise Refused(
            f"The Checkout Session's total amount must be no more than {_LARGEST} {currency} in "
            "the minor unit",
            code="amount_too_large",
        )
    return currency


def _methods(currency: str) -> list[str]:
    return ["card", DEBITS[currency]] if currency in DEBITS else ["card"]
