"""An id says what it names and which customer's partition holds it, so a lookup needs no index.

`cus_` + 16 characters names a customer; everything in the customer's partition is
`<prefix>_` + the customer's 16 characters + 16 of its own. The first ten of each 16 are
milliseconds since 1970 in Crockford's base 32 (as in ULID), so ids sort by time.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PART = 16
_TIME_CHARS = 10
_CHANCE_CHARS = PART - _TIME_CHARS
CHANCE_BITS = 5 * _CHANCE_CHARS
"""How many random bits the last characters of a part carry."""

NOBODY = "0" * PART
"""Stands for the customer's part in the id of an event that concerns no customer."""

CUSTOMER = "cus"
INVOICE = "in"
CASE = "case"
PAYMENT = "pay"
CREDIT_NOTE = "cn"
CHARGE = "chg"
PROMISE = "prm"
PAYMENT_PLAN = "plan"
COMMUNICATION = "cm"
TASK = "task"
DISPUTE = "dis"
SERVICE = "svc"
EVENT = "evt"


@dataclass(frozen=True, slots=True)
class Address:
    """Where a record lives: the customer's part and its own."""

    customer: str
    own: str


def encode(number: int, length: int) -> str:
    """Write a number in Crockford's base 32, padded with zeros to `length` characters."""
    characters = []
    for _ in range(length):
        number, digit = divmod(number, 32)
        characters.append(ALPHABET[digit])
    return "".join(reversed(characters))


def part(at: datetime, chance: int) -> str:
    """Return the 16 characters for a moment and `CHANCE_BITS` bits that tell equals apart."""
    return encode(int(at.timestamp() * 1000), _TIME_CHARS) + encode(chance, _CHANCE_CHARS)


def meaning(*facts: str) -> int:
    """Return `CHANCE_BITS` bits that depend on the facts alone (for ids made of meaning)."""
    digest = hashlib.sha256("\x1f".join(facts).encode()).digest()
    return int.from_bytes(digest[:8], "big") % (1 << CHANCE_BITS)


def steady(*facts: str) -> str:
    """Return a part that depends on the facts alone: whoever makes it again gets the same."""
    digest = hashlib.sha256("\x1f".join(facts).encode()).digest()
    return encode(int.from_bytes(digest[: PART * 5 // 8], "big"), PART)


def customer_id(own: str) -> str:
    """Return the id of the customer with that part."""
    return f"{CUSTOMER}_{own}"


def customer_part(identifier: str) -> str:
    """Return the 16 characters of a customer's id. Raises ValueError for what isn't one."""
    prefix, _, body = identifier.partition("_")
    if prefix != CUSTOMER or not _is_part(body):
        raise ValueError(f"{identifier!r} is not a customer's id")
    return body


def child_id(prefix: str, customer: str, own: str) -> str:
    """Return the id of a record with part `own` in the partition of customer id `customer`."""
    return f"{prefix}_{customer_part(customer)}{own}"


def parse(prefix: str, identifier: str) -> Address:
    """Take an id of the given kind apart. Raises ValueError for what isn't one."""
    found, _, body = identifier.partition("_")
    if found != prefix or not (_is_part(body[:PART]) and _is_part(body[PART:])):
        raise ValueError(f"{identifier!r} is not an id of kind {prefix!r}")
    return Address(customer=body[:PART], own=body[PART:])


def owner_of(identifier: str) -> str:
    """Return the id of the customer in whose partition the record lives."""
    prefix, _, _ = identifier.partition("_")
    return customer_id(parse(prefix, identifier).customer)


def sibling(identifier: str, prefix: str) -> str:
    """Return the id of another kind with the same parts: the case of an invoice and back."""
    return f"{prefix}_{identifier.partition('_')[2]}"


def _is_part(text: str) -> bool:
    return len(text) == PART and all(character in ALPHABET for character in text)
