"""Stripe counts some currencies in other units than ISO 4217 does.

From Stripe's page "Supported currencies": zero-decimal currencies are whole units; ISK and UGX
are written with two digits that are always 00; three-decimal currencies take multiples of ten.
"""

from __future__ import annotations

from chalicelib.domain.errors import InvalidError
from chalicelib.domain.money import Currency, Money, UnknownCurrencyError, currency

# fmt: off
ZERO_DECIMAL = frozenset({
    "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf",
    "xof", "xpf",
})
# fmt: on
"""ISK and UGX, whole units by ISO 4217, aren't among them."""
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
_LAST_DIGIT = 10


def to_stripe(money: Money) -> int:
    """Return the amount as Stripe counts it.

    Raises InvalidError where Stripe can't take exactly that amount (1.234 KWD, 0.50 MGA).
    """
    up, down = _scale(money.currency)
    amount, rest = divmod(money.amount * up, down)
    if rest or (money.currency.code in THREE_DECIMAL and amount % _LAST_DIGIT):
        raise InvalidError(f"this amount of {money.currency.code.upper()} can't be paid by card")
    return amount


def from_stripe(amount: int, code: str) -> Money:
    """Return the money that Stripe speaks of. Raises InvalidError for what can't be."""
    try:
        found = currency(code)
    except UnknownCurrencyError as error:
        raise InvalidError(str(error)) from None
    up, down = _scale(found)
    units, rest = divmod(amount * down, up)
    if rest:
        raise InvalidError(f"{amount} isn't a whole amount of {found.code.upper()}")
    return Money(units, found)


def _scale(of: Currency) -> tuple[int, int]:
    """Return by what to multiply and divide ISO's minor units to get Stripe's."""
    digits = 0 if of.code in ZERO_DECIMAL else 3 if of.code in THREE_DECIMAL else 2
    return 10 ** max(0, digits - of.digits), 10 ** max(0, of.digits - digits)
