"""The file that an agency's or a lawyer's system reads: one row for each open item (RFC 4180).

Amounts are decimals in major units, days ISO 8601, names of columns English in every language. What
a spreadsheet would read as a formula begins with an apostrophe instead.
"""

from __future__ import annotations

import csv
import io
import re

from chalicelib.domain.dossier import Dossier
from chalicelib.rendering.formats import decimal
from chalicelib.rendering.hygiene import one_line

COLUMNS = (
    *("hand_over", "creditor", "customer_number", "name", "street", "postal_code", "city"),
    *("region", "country", "email", "phone", "kind", "invoice", "issue_date", "due_date"),
    *("currency", "amount", "charges", "settled", "remaining", "disputed"),
)
_FORMULA = re.compile(r"[=+\-@](?![0-9]+$)")
"""How a formula begins (OWASP, CSV Injection); a telephone number in E.164 is none."""


def table_of(dossier: Dossier) -> bytes:
    """Return the file, in UTF-8."""
    customer, address = dossier.customer, dossier.customer.address
    who = (
        dossier.id,
        dossier.creditor.name,
        customer.external_id,
        customer.name,
        ", ".join(address.lines) if address else None,
        address.postal_code if address else None,
        address.city if address else None,
        address.region if address else None,
        address.country if address else customer.country,
        customer.email,
        customer.phone,
        customer.kind.value,
    )
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for item in dossier.items:
        amounts = (item.amount, item.charges, item.settled, item.remaining, item.disputed)
        texts = map(_text, (*who, item.number))
        days = (item.issue_date.isoformat(), item.due_date.isoformat())
        code = item.amount.currency.code.upper()
        table.writerow([*texts, *days, code, *(str(decimal(each)) for each in amounts)])
    return written.getvalue().encode()


def _text(value: str | None) -> str:
    text = one_line(value or "")
    return f"'{text}" if _FORMULA.match(text) else text
