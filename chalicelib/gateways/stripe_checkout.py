"""What a Checkout Session is asked for. The same request within the same hour asks for the same."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from chalicelib.domain.money import Money, total
from chalicelib.gateways.email import AddressError, deliverable
from chalicelib.gateways.stripe_amounts import to_stripe
from chalicelib.gateways.stripe_metadata import Ours, written
from chalicelib.ports.payments import CheckoutRequest

MAX_LINES = 100
"""Line items of one session."""
LABEL_LENGTH = 250
HOUR = 3600
# fmt: off
LOCALES = frozenset({
    "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR",
    "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
})
# fmt: on
"""The languages of Stripe's page; for others it follows the browser (`auto`)."""


def expiry(now: datetime) -> int:
    """Return when a session opened now closes: on the full hour, one to two hours from now.

    A session left open longer invites paying what was paid meanwhile. Stripe wants between 30
    minutes and 24 hours; the full hour keeps a repeated request the same.
    """
    return (int(now.timestamp()) // HOUR + 2) * HOUR


def session_params(request: CheckoutRequest, expires_at: int) -> dict[str, Any]:
    """Return the parameters of the session. Raises InvalidError for amounts Stripe can't take."""
    metadata = written(
        Ours(request.tenant, request.customer_id, request.named, request.communication_id)
    )
    params: dict[str, Any] = {
        "mode": "payment",
        "line_items": [_line_item(label, money) for label, money in _lines(request)],
        "client_reference_id": request.customer_id,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "adaptive_pricing": {"enabled": False},
        "locale": locale_of(request.locale),
        "success_url": request.success_url,
        "cancel_url": request.cancel_url,
        "expires_at": expires_at,
    }
    if email := _known_email(request.email):
        params["customer_email"] = email
    return params


def locale_of(locale: str) -> str:
    """Return the language of Stripe's page for a locale (`de-AT` → `de`)."""
    tag = locale.replace("_", "-")
    language = {"no": "nb", "nn": "nb"}.get(tag.partition("-")[0], tag.partition("-")[0])
    return next((each for each in (tag, language) if each in LOCALES), "auto")


def _known_email(email: str | None) -> str | None:
    """Return the address for Stripe's form; one that mail can't be sent to, Stripe refuses too."""
    try:
        return deliverable(email) if email else None
    except AddressError:
        return None


def _lines(request: CheckoutRequest) -> list[tuple[str, Money]]:
    """Return the lines to show; what is beyond Stripe's number of lines becomes one."""
    lines = [(label, money) for label, money in request.lines if money]
    if total([money for _, money in lines], request.amount.currency) != request.amount:
        raise ValueError("the lines don't add up to the amount")
    if len(lines) <= MAX_LINES:
        return lines
    shown, rest = lines[: MAX_LINES - 1], lines[MAX_LINES - 1 :]
    return [
        *shown,
        (f"+ {len(rest)}", total([money for _, money in rest], request.amount.currency)),
    ]


def _line_item(label: str, money: Money) -> dict[str, Any]:
    return {
        "price_data": {
            "currency": money.currency.code,
            "product_data": {"name": label[:LABEL_LENGTH]},
            "unit_amount": to_stripe(money),
        },
        "quantity": 1,
    }
