"""The QR code of a SEPA credit transfer: EPC069-12, version 002, as banking apps scan it."""

from __future__ import annotations

from chalicelib.domain.creditor import BankDetails
from chalicelib.domain.money import Money
from chalicelib.rendering.formats import decimal
from chalicelib.rendering.hygiene import one_line

SEPA = frozenset({
    "AD", "AL", "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GI",
    "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL",
    "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "SM", "VA",
})  # fmt: skip
"""Countries of IBANs that take SEPA credit transfers (EPC409-09, list of SEPA countries)."""
NO_EEA = frozenset({"AD", "AL", "CH", "GB", "GI", "MC", "MD", "ME", "MK", "RS", "SM", "VA"})
"""Those outside the European Economic Area: version 002 wants a BIC there."""
LONGEST_NAME = 70
LONGEST_TEXT = 140
_BIC_LENGTHS = (8, 11)
_MOST = 99_999_999_999
"""Minor units of what a transfer may carry: EUR 999,999,999.99."""


def epc_payload(bank: BankDetails | None, owed: Money, text: str) -> bytes | None:
    """Return what the code of a transfer says, or None where there can be none.

    There is one for euros to an account within SEPA; what's too long is cut, as the text is for
    people, who have it in print beside the code.
    """
    if bank is None or owed.currency.code != "eur" or not 0 < owed.amount <= _MOST:
        return None
    iban = "".join(one_line(bank.iban).split()).upper()
    holder = one_line(bank.account_holder)[:LONGEST_NAME].strip()
    if iban[:2] not in SEPA or not holder or not text:
        return None
    bic = "".join(one_line(bank.bic or "").split()).upper()
    bic = bic if len(bic) in _BIC_LENGTHS else ""
    if iban[:2] in NO_EEA and not bic:
        return None
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        bic,
        holder,
        iban,
        f"EUR{decimal(owed):.2f}".rstrip("0").rstrip("."),
        "",
        "",
        text[:LONGEST_TEXT].rstrip(),
    ]
    return _within(lines)


def _within(lines: list[str], most: int = 331) -> bytes:
    """Encode, cutting the text until the whole is as short as the code may be (331 bytes)."""
    while len(data := "\n".join(lines).encode()) > most:
        lines = [*lines[:-1], lines[-1][:-1]]
    return data
