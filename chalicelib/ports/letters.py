"""Letters on paper: where they are kept, and who prints and posts them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from chalicelib.domain.address import PostalAddress
from chalicelib.domain.creditor import Creditor
from chalicelib.domain.notice import LetterContent
from chalicelib.domain.tenant import Tenant
from chalicelib.ports.messages import Handover


class DocumentsUnavailableError(Exception):
    """Documents can't be kept just now."""


@dataclass(frozen=True, slots=True)
class LetterMessage:
    """A letter ready to print. `to` is the address on one line, by which it may be suppressed."""

    tenant: Tenant
    communication_id: str
    creditor: Creditor
    name: str
    address: PostalAddress
    to: str
    content: LetterContent


@dataclass(frozen=True, slots=True)
class DocumentLink:
    """An address that opens a document for a while; `expires_at` is UTC."""

    url: str
    expires_at: datetime


class Documents(Protocol):
    """Keeps each letter under the id of its communication, and what is handed over under an id of
    that shape; `ending` says which file of it."""

    def put(self, tenant: Tenant, document_id: str, content: bytes, *, ending: str = "pdf") -> None:
        """Keep it; again with the same bytes changes nothing. Raises DocumentsUnavailableError."""

    def link(
        self, tenant: Tenant, document_id: str, now: datetime, *, ending: str = "pdf"
    ) -> DocumentLink | None:
        """Return an address that opens it, or None where it isn't kept (any more)."""

    def remove(self, tenant: Tenant, customer_id: str, before: datetime | None = None) -> None:
        """Remove a customer's documents, also those that wait to be picked up: all of them, or
        those whose id is of an earlier moment. Raises DocumentsUnavailableError."""


class LetterGateway(Protocol):
    """Hands letters to a print service.

    Other than e-mail and SMS, a print job has our id: handed over again it is the same job. So the
    gateway itself asks again where an answer was lost, and only if no answer comes at all is it
    UNKNOWN whether the letter was taken.
    """

    def send(self, message: LetterMessage, deadline: datetime) -> Handover:
        """Hand the letter over; NOT_NOW where that would only begin after the deadline."""
