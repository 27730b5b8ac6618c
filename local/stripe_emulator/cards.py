"""Stripe's published test cards, and what their banks answer."""

from dataclasses import dataclass

from local.stripe_emulator.store import Json, new_id


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a bank says no: Stripe's error code, decline code and sentence."""

    code: str
    decline_code: str
    message: str


_NO = "Your card was declined."
# Stripe's published test numbers.
DECLINES = {
    "4000000000000002": Decline("card_declined", "generic_decline", _NO),
    "4000000000009995": Decline(
        "card_declined", "insufficient_funds", "Your card has insufficient funds."
    ),
    "4000000000009987": Decline("card_declined", "lost_card", _NO),
    "4000000000009979": Decline("card_declined", "stolen_card", _NO),
    "4000000000000069": Decline("expired_card", "expired_card", "Your card has expired."),
    "4000000000000127": Decline(
        "incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect."
    ),
    "4000000000000119": Decline(
        "processing_error",
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
}
ACCEPTED = {
    "4242424242424242": "visa",
    "4000056655665556": "visa",
    "5555555555554444": "mastercard",
    "378282246310005": "amex",
}
DISPUTED = "4000000000000259"  # pays, and is disputed as fraudulent at once

FAILED_DEBIT = Decline(
    "insufficient_funds", "insufficient_funds", "The customer's account has insufficient funds."
)


def brand(number: str) -> str | None:
    """The brand of a test card, or None for any other number."""
    known = number in DECLINES or number == DISPUTED
    return "visa" if known else ACCEPTED.get(number)


def method(kind: str, *, name: str, email: str, details: Json) -> Json:
    """What a charge keeps of the payment method."""
    return {
        "id": new_id("pm_1"),
        "type": kind,
        "name": name or None,
        "email": email or None,
        "details": details,
    }


def card(brand_: str, number: str) -> Json:
    """A card's details, of its number only the end."""
    return {
        "brand": brand_,
        "checks": {
            "address_line1_check": None,
            "address_postal_code_check": None,
            "cvc_check": "pass",
        },
        "country": "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": new_id("", 16),
        "funding": "credit",
        "installments": None,
        "last4": number[-4:],
        "mandate": None,
        "network": brand_,
        "three_d_secure": None,
        "wallet": None,
    }


def outcome(*, succeeded: bool, reason: str | None = None) -> Json:
    """What the network and Radar said."""
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network" if succeeded else "declined_by_network",
        "reason": reason,
        "risk_level": "normal",
        "risk_score": 21,
        "seller_message": "Payment complete."
        if succeeded
        else "The bank did not return any further details with this decline.",
        "type": "authorized" if succeeded else "issuer_declined",
    }
