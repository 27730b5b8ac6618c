"""What a letter's layout gets: strings in their places, and nothing left to calculate.

The layout takes each as text, never as markup, so that no name can be read as a command of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from chalicelib.domain.money import Money, zero
from chalicelib.domain.notice import Notice, NoticeItem
from chalicelib.rendering.environment import text_environment
from chalicelib.rendering.facts import InvoiceFacts, NoticeFacts, notice_facts
from chalicelib.rendering.formats import Formats
from chalicelib.rendering.hygiene import one_line
from chalicelib.rendering.letters.payment import payment_of, slips_of
from chalicelib.rendering.letters.postal import address_lines, address_of
from chalicelib.rendering.letters.windows import window_of
from chalicelib.rendering.locales import Reading

Words = dict[str, Any]
TEST_MARK = "TEST"


@dataclass(frozen=True, slots=True)
class LetterWriter:
    """Writes the texts of one notice; `path` is the folder of its message and language."""

    folder: Path
    path: str
    notice: Notice
    reader: Reading

    def content(self) -> dict[str, Any]:
        """Return everything that the layout asks for, ready for JSON."""
        notice, formats = self.notice, Formats(self.reader.formats)
        facts = notice_facts(notice, formats)
        common = self._words(f"_words/{self.reader.language}.jinja")
        own = self._words(f"{self.path}/words.jinja")
        letter = self._words(f"letter/_words/{self.reader.language}.jinja")
        slips = slips_of(notice, self.reader.language, self.folder)
        return {
            "language": self.reader.language,
            "window": asdict(window_of(notice.creditor)),
            "dated": [notice.today.year, notice.today.month, notice.today.day],
            "test_mark": common["test_mark"] if notice.test_mode else None,
            "sender": _sender(facts),
            "recipient": _recipient(notice, facts),
            "beside": self._beside(facts, letter),
            "subject": self._subject(facts),
            "greeting": _flat(common["greeting"](facts)),
            "opening": _flat(own["opening"](facts)),
            "table": _table(notice, facts, formats, {**common, **letter}),
            "request": _flat(own["request"](facts)),
            "payment": asdict(payment_of(notice, facts, {**common, **letter}, slips=len(slips))),
            "closing": [
                _flat(letter["already_paid"](facts)),
                _flat(letter["questions"](facts)),
            ],
            "regards": common["regards"],
            "unsigned": letter["unsigned"],
            "page": letter["page"].split("{}"),
            "id": notice.communication_id,
            "slips": [asdict(slip) for slip in slips],
        }

    def _subject(self, facts: NoticeFacts) -> str:
        """Return what the letter is about, on one line."""
        template = text_environment(self.folder).get_template(f"{self.path}/subject.txt")
        subject = one_line(template.render(n=facts))
        return f"[{TEST_MARK}] {subject}" if self.notice.test_mode else subject

    def _beside(self, facts: NoticeFacts, words: Words) -> dict[str, Any]:
        own = address_of(self.notice.creditor)
        place = own.city if own and own.region is None else None  # not where that isn't the custom
        rows = [
            (words["customer_number"], one_line(self.notice.customer_number or "")),
            (words["phone"], facts.creditor.phone or ""),
            (words["email"], facts.creditor.reply_to),
        ]
        return {
            "rows": [row for row in rows if row[1]],
            "place_and_date": f"{place}, {facts.date}" if place else facts.date,
        }

    def _words(self, name: str) -> Words:
        return vars(text_environment(self.folder).get_template(name).module)


def _sender(facts: NoticeFacts) -> dict[str, Any]:
    """Return the sender; the line in the window leaves the country out, as DIN 5008 does."""
    lines = list(facts.creditor.address)
    return {
        "name": facts.creditor.name,
        "lines": lines,
        "line": " · ".join([facts.creditor.name, *lines[:-1]]),
        "website": facts.creditor.website,
        "reply_to": facts.creditor.reply_to,
        "phone": facts.creditor.phone,
    }


def _recipient(notice: Notice, facts: NoticeFacts) -> list[str]:
    if notice.recipient is None:
        return [facts.customer]
    posted_in = notice.creditor.country
    return list(address_lines(notice.customer_name, notice.recipient, posted_in=posted_in))


def _table(notice: Notice, facts: NoticeFacts, formats: Formats, words: Words) -> dict[str, Any]:
    """Return the statement of open items; what was charged, paid or disputed has a column where
    anything was.

    Where there are two of these columns, the date of issue gives its room up.
    """
    charged = any(item.charges for item in facts.items)
    settled = any(item.settled for item in notice.items)
    disputed = any(item.disputed for item in notice.items)
    has_room = charged + settled + disputed <= 1
    columns: list[tuple[str, Callable[[NoticeItem, InvoiceFacts], str]]] = [
        ("invoice", lambda _, written: written.number),
        *([("issued", lambda _, written: written.issued)] if has_room else []),
        ("due", lambda _, written: written.due),
        ("amount", lambda _, written: written.amount),
        *([("charges", lambda item, _: formats.money(_charges(item)))] if charged else []),
        *([("settled", lambda item, _: formats.money(item.settled))] if settled else []),
        *(
            [("disputed", lambda item, _: formats.money(item.owed - item.remaining))]
            if disputed
            else []
        ),
        ("open", lambda _, written: written.remaining),
    ]
    heads = [name for name, _ in columns]
    rows = [
        [write(item, written) for _, write in columns]
        for item, written in zip(notice.items, facts.items, strict=True)
    ]
    return {
        "title": words["items"],
        "heads": [words[head] for head in heads],
        "rows": rows,
        "total": words["total"],
        "totals": list(facts.totals),
    }


def _disputed(item: NoticeItem) -> Money:
    return item.owed - item.remaining


def _charges(item: NoticeItem) -> Money:
    return item.charges or zero(item.amount.currency)


def _flat(text: str) -> str:
    """Put a paragraph on one line; no-break spaces stay."""
    return " ".join(word for word in text.replace("\n", " ").split(" ") if word)
