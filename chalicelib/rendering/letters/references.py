"""References by which a bank's statement names the invoice that was paid.

QR reference: 26 digits and a check digit by modulo 10, recursive (SIX, Swiss Implementation
Guidelines QR-bill, annex B). Creditor reference: `RF`, two check digits by ISO 7064 modulo 97-10
and up to 21 letters and digits (ISO 11649).
"""

from __future__ import annotations

import re

_CARRY = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
_QR_DIGITS = 26
_RF_LENGTH = 21
_SPACES_AND_MARKS = re.compile(r"[^0-9A-Za-z]")
_QR_IIDS = range(30_000, 32_000)
"""Institution identifiers that only QR-IBANs have."""


def is_qr_iban(iban: str) -> bool:
    """Say whether an IBAN (without spaces) is one to which only QR references are paid."""
    return iban[:2] in ("CH", "LI") and iban[4:9].isdecimal() and int(iban[4:9]) in _QR_IIDS


def qr_reference(number: str) -> str | None:
    """Return the QR reference made of an invoice number's digits; None without, or with too many.

    Letters have no place in it: numbers that differ in their letters only share a reference.
    """
    digits = "".join(each for each in number if each in "0123456789")
    if not digits.strip("0") or len(digits) > _QR_DIGITS:
        return None
    padded = digits.zfill(_QR_DIGITS)
    return padded + str(_check_digit(padded))


def creditor_reference(number: str) -> str | None:
    """Return the creditor reference of an invoice number, or None where it doesn't fit."""
    text = _SPACES_AND_MARKS.sub("", number).upper()
    if not number.isascii() or not 0 < len(text) <= _RF_LENGTH:
        return None
    digits = "".join(str(int(each, 36)) for each in f"{text}RF00")
    return f"RF{98 - int(digits) % 97:02}{text}"


def _check_digit(digits: str) -> int:
    carry = 0
    for digit in digits:
        carry = _CARRY[(carry + int(digit)) % 10]
    return (10 - carry) % 10


def groups(text: str, size: int, *, first: int = 0) -> str:
    """Write a reference in groups, as on paper: the first may be shorter."""
    head, rest = text[:first], text[first:]
    parts = [rest[start : start + size] for start in range(0, len(rest), size)]
    return " ".join([head, *parts] if head else parts)
