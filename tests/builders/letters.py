"""Letters ready to print."""

from __future__ import annotations

from typing import Any

from chalicelib.domain import ids
from chalicelib.domain.address import PostalAddress
from chalicelib.domain.notice import LetterContent
from chalicelib.ports.letters import LetterMessage
from tests.builders.basics import LIVE, record_id
from tests.builders.parties import a_creditor

HAMBURG = PostalAddress(("Lange Straße 12a",), "Hamburg", "DE", postal_code="20457")


def a_letter(name: str = "one", **facts: Any) -> LetterMessage:
    """Return a letter to Hamburg; `name` makes the communication's id."""
    letter: dict[str, Any] = {
        "tenant": LIVE,
        "communication_id": record_id(ids.COMMUNICATION, name),
        "creditor": a_creditor(),
        "name": "Muster KG",
        "address": HAMBURG,
        "to": HAMBURG.one_line,
        "content": LetterContent("Zahlungserinnerung", b"%PDF-1.7 letter"),
    }
    return LetterMessage(**{**letter, **facts})
