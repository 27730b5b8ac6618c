"""Who may say something in Stripe's name: whoever holds one of the creditor's webhook secrets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from chalicelib.domain.errors import ForgedError

TOLERANCE = timedelta(seconds=300)
"""How old or how far ahead a webhook's timestamp may be (Stripe's own default)."""


def verify(payload: bytes, signature: str, secrets: tuple[str, ...], now: datetime) -> None:
    """Raise ForgedError unless one of the secrets signed this body, and lately.

    The SDK checks the signature; the age is checked against the given time, both ways.
    """
    import stripe

    for secret in secrets if signature.isascii() else ():
        try:
            stripe.WebhookSignature.verify_header(payload, signature, secret)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        if abs(now - _signed_at(signature)) <= TOLERANCE:
            return
    raise ForgedError("the signature is wrong, missing or too old")


def _signed_at(signature: str) -> datetime:
    stamp = next(part for part in signature.split(",") if part.startswith("t="))
    try:
        return datetime.fromtimestamp(int(stamp.removeprefix("t=")), UTC)
    except (ValueError, OverflowError, OSError):
        raise ForgedError("the signature has no time") from None
