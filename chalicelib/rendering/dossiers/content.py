"""What a dossier's layout gets: strings in their places, in the customer's language.

The layout takes each as text, never as markup, so that no name can be read as a command of it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from chalicelib.domain.dossier import Dossier, DossierItem, Line
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.hygiene import one_line
from chalicelib.rendering.letters.postal import address_lines
from chalicelib.rendering.locales import reading

Words = dict[str, Any]
_COLUMNS = ("invoice", "issued", "due", "amount", "charges", "settled", "disputed", "open")


def content_of(dossier: Dossier, folder: Path) -> dict[str, Any]:
    """Return everything that the layout asks for, ready for JSON."""
    reader = reading(dossier.customer.locale)
    words, formats = _words(folder, reader.language), Formats(reader.formats)
    heads = words["heads"]
    return {
        "language": reader.language,
        "id": dossier.id,
        "dated": [dossier.day.year, dossier.day.month, dossier.day.day],
        "title": words["title"],
        "test": words["test"] if dossier.is_test else None,
        "creditor": one_line(dossier.creditor.name),
        "facts": [[label, lines] for label, lines in _facts(dossier, words, formats) if any(lines)],
        "items": {
            "title": words["items"],
            "heads": [heads[each] for each in _COLUMNS],
            "rows": [_item(item, formats) for item in dossier.items],
        },
        "total": words["total"],
        "totals": [formats.money(each) for each in dossier.totals],
        "charges": {
            "title": words["charges"],
            "heads": [heads[each] for each in ("invoice", "kind", "day", "amount")],
            "rows": [
                [
                    one_line(each.invoice),
                    words["kinds"][each.kind],
                    formats.date(each.day),
                    formats.money(each.amount),
                ]
                for each in dossier.charges
            ],
        },
        "timeline": {
            "title": words["timeline"],
            "heads": [heads["day"], heads["what"]],
            "rows": [
                [formats.date(line.day), _line(line, words, formats)] for line in dossier.timeline
            ],
        },
        "page": words["page"].split("{}"),
    }


def _facts(dossier: Dossier, words: Words, formats: Formats) -> list[tuple[str, list[str]]]:
    creditor, customer = dossier.creditor, dossier.customer
    name = one_line(customer.name)
    who = [name]
    if customer.address:
        who = list(address_lines(customer.name, customer.address, posted_in=creditor.country))
    return [
        (words["to"], [one_line(dossier.to)]),
        (words["date"], [formats.date(dossier.day)]),
        (words["creditor"], [one_line(each) for each in (creditor.name, *creditor.address)]),
        (words["customer"], who),
        (words["number"], [one_line(customer.external_id or "")]),
        (words["phone"], [customer.phone or ""]),
        (words["email"], [customer.email or ""]),
    ]


def _item(item: DossierItem, formats: Formats) -> list[str]:
    amounts = (item.amount, item.charges, item.settled, item.disputed, item.remaining)
    days = (item.issue_date, item.due_date)
    return [one_line(item.number), *map(formats.date, days), *map(formats.money, amounts)]


def _line(line: Line, words: Words, formats: Formats) -> str:
    first = line.about[0] if line.about else ""
    channel, subject, status = (*line.about, "", "", "")[:3]
    about = words["ends"].get(first) or words["reasons"].get(first) or first
    return str(words["happened"][line.what.value]).format(
        invoices=formats.join([one_line(each) for each in line.invoices]),
        amount=formats.money(line.amount) if line.amount else "",
        about=about,
        kind=words["kinds"].get(first, first),
        channel=words["channels"].get(channel, channel),
        subject=one_line(subject),
        status=words["statuses"].get(status, status),
    )


@cache
def _words(folder: Path, language: str) -> Words:
    text = (folder / "dossier" / "_words" / f"{language}.json").read_text(encoding="utf-8")
    words: Words = json.loads(text)
    return words
